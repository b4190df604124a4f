"""How both Python drivers tell what happened: one line of JSON on stdout each."""

import json
import logging
import sys
import traceback

import anyio

PLAN = json.loads(sys.argv[1])
TOOL = PLAN.get("tool") or "mesh_execute"
HEADERS = {"Authorization": f"Bearer {PLAN['key']}"} if PLAN.get("key") else {}
# What the library complains about goes to stderr, where the test reads it.
logging.basicConfig(level=logging.WARNING, stream=sys.stderr)


def say(said, **members):
    print(json.dumps({"said": said, **members}, separators=(",", ":")), flush=True)


async def say_progress(progress, total, message):
    say("progress", progress=progress, total=total, message=message)


def person(result_type):
    """A callback that accepts with what the plan says; without it nobody can be asked."""
    if PLAN.get("accepts_with") is None:
        return None

    async def answer(context, params):
        say("asked", message=params.message)
        return result_type(action="accept", content=PLAN["accepts_with"])

    return answer


async def told_to_give_up():
    """Until the test says so, with a line on stdin."""
    await anyio.to_thread.run_sync(sys.stdin.readline)


def say_result(content, is_error, structured):
    text = "".join(block.text for block in content if block.type == "text")
    say("result", text=text, isError=bool(is_error), structured=structured)


def finish(main):
    """Runs the story; a failure is told as a line, too."""
    try:
        anyio.run(main)
    except BaseException:
        say("failed", text=traceback.format_exc())
        raise
