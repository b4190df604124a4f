"""A program as an agent. Python's standard library only.

    python3 command_agent.py [--plain]

The task comes as one line of JSON on standard input. The answer goes to
standard output: the guide's event objects, one a line, or plain text. What
goes wrong is said on standard error, with an exit code that is not 0.
"""

import json
import os
import sys
import time


def text_of(payload):
    """The task's text: a plain input comes as {"input": "…"}."""
    for name in ("input", "prompt", "text"):
        if isinstance(payload.get(name), str):
            return payload[name]
    return json.dumps(payload)


def say(event):
    print(json.dumps(event), flush=True)


def main():
    begin = time.monotonic()
    task = json.loads(sys.stdin.readline())
    words = text_of(task["payload"]).split()
    if not words:
        print("There are no words to count.", file=sys.stderr)
        return 2
    if "--plain" in sys.argv[1:]:
        print(f"{len(words)} words: {' '.join(reversed(words))}")
        return 0
    say({"type": "start", "message": f"Task {os.environ['MESHAI_TASK_ID']}"})
    say({"type": "progress", "message": "Counting words", "progress": 50})
    for word in reversed(words):
        say({"type": "token", "text": word + " "})
    say({"type": "result", "data": {"words": len(words), "reversed": " ".join(reversed(words))}, "progress": 100})
    duration = int((time.monotonic() - begin) * 1000)
    say({"type": "complete", "status": "completed", "duration_ms": duration})
    return 0


sys.exit(main())
