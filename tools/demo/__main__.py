"""Shows the whole product: a model, a server with that model as its agent, one
task streamed live. Then it keeps serving, or ends with --once.

`./dev demo` builds and runs this. Everything it makes lies in a temporary
folder, and everything it starts ends with it.
"""

import argparse
import signal
import sys
import tempfile

import live_stream
import model
import screen
import server
from processes import Processes

TASK = "Write a haiku about a river"


def main(arguments):
    parser = argparse.ArgumentParser(prog="./dev demo", description=__doc__.splitlines()[0])
    parser.add_argument("--once", action="store_true", help="end after the task")
    parser.add_argument("--task", default=TASK, help=f"what to ask; '{TASK}' if absent")
    options = parser.parse_args(arguments)

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="meshai-demo-") as folder, Processes(folder) as processes:
        try:
            return tell(options, folder, processes)
        except processes.Ended as problem:
            screen.say(f"\n{problem}")
            return 1
        except KeyboardInterrupt:
            screen.say("\nEnding.")
            return 0 if not options.once else 130


def tell(options, folder, processes):
    chosen = model.choose(processes)
    screen.fact("model", chosen.story)
    running = server.start(folder, chosen, processes)
    screen.fact("server", running.url)
    screen.fact("task", options.task)
    screen.say("")

    went_well = live_stream.show(running, options.task)
    if not options.once:
        print_how_to_call(running)
        processes.wait_for_any()
    return 0 if went_well else 1


def print_how_to_call(running):
    screen.say(f"""
Still serving, until ^C. In another terminal:

  export MESHAI_URL={running.url} MESHAI_API_KEY={running.key}

  curl -N $MESHAI_URL/v1/mcp/stream -H "Authorization: Bearer $MESHAI_API_KEY" \\
    -H 'Content-Type: application/json' -d '{{"jsonrpc":"2.0","id":"1","method":"tools/call",
    "params":{{"name":"mesh_execute","arguments":{{"task":"Tell me a joke"}}}}}}'

  curl $MESHAI_URL/api/v1/agents -H "Authorization: Bearer $MESHAI_API_KEY"

  build/release/meshai run "Tell me a joke"
""")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
