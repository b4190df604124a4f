"""Runs the guide's own clients (guide/sample.mjs, guide/sample.py) as they are printed.

Only the URL and the token are replaced; each replacement must fit exactly
once, so that an edited sample is noticed.
"""

import dataclasses
import os
import pathlib
import subprocess
import sys

from gear.waiting import patient

SAMPLES = pathlib.Path(__file__).resolve().parents[1] / "guide"
URL = "https://auth.meshai.dev/v1/mcp/stream"


@dataclasses.dataclass(frozen=True)
class Sample:
    """One printed program and how it is run."""

    file: str
    token: str  # how the sample writes the access token
    command: tuple

    def __str__(self):
        return self.file


JAVASCRIPT = Sample("sample.mjs", "${accessToken}", (os.environ.get("MESHAI_NODE") or "node",))
# This interpreter has the packages that the sample imports: requests and sseclient-py.
PYTHON = Sample("sample.py", "{access_token}", (sys.executable, "-u"))
BOTH = [JAVASCRIPT, PYTHON]


@dataclasses.dataclass(frozen=True)
class Printed:
    """What a sample said until it ended by itself."""

    lines: list
    errors: str

    def starting_with(self, word):
        return [line for line in self.lines if line.startswith(word)]

    @property
    def everything(self):
        return "\n".join(self.lines) + "\n" + self.errors


def _replace_once(text, old, new):
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the sample."
    return text.replace(old, new)


def run(sample, server, key, folder, task=None, within=60.0):
    """Runs the sample against the server; it must end by itself, with exit code 0.
    `task` replaces the words of the task, for tests that need a longer answer."""
    source = (SAMPLES / sample.file).read_text()
    source = _replace_once(source, URL, f"{server.url}/v1/mcp/stream")
    source = _replace_once(source, sample.token, key)
    if task is not None:
        source = _replace_once(source, "Analyze this data", task)
    program = folder / sample.file
    program.write_text(source)
    ended = subprocess.run(
        [*sample.command, str(program)], capture_output=True, text=True, timeout=patient(within), check=False
    )
    assert ended.returncode == 0, f"{sample} ended with {ended.returncode}: {ended.stderr}"
    return Printed(ended.stdout.splitlines(), ended.stderr)
