"""The real, small model of the demo, served by tools/model/serve.py."""

import pathlib
import subprocess
import sys
import threading

from gear.lines import first_line

ROOT = pathlib.Path(__file__).resolve().parents[3]
START_SECONDS_MAX = 90
ANSWER_TOKENS_MAX = 40  # enough to stream; a small model rambles to whatever its bound is


class RealModel:
    """Runs until close(); also ends with this process, whose pipe it watches."""

    name = "smollm2-135m-instruct"

    def __init__(self):
        script = ROOT / "tools" / "model" / "serve.py"
        # The interpreter that the pins of the model were made for.
        python = "/usr/bin/python3" if pathlib.Path("/usr/bin/python3").exists() else sys.executable
        self._process = subprocess.Popen(
            [python, str(script), "--until-stdin-closes", "--answer-tokens", str(ANSWER_TOKENS_MAX)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._errors = []
        threading.Thread(target=self._collect_errors, daemon=True).start()
        line = first_line(self._process, START_SECONDS_MAX)
        if not line.startswith("ready "):
            raise AssertionError(f"The model server did not start: {line!r} {''.join(self._errors)}")
        self.url = line.removeprefix("ready ").strip()

    def _collect_errors(self):
        for line in self._process.stderr:
            self._errors.append(line)

    def close(self):
        self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
