"""The demo as a newcomer runs it: the real binary, and a model on loopback or the local one."""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
BINARY = pathlib.Path(os.environ.get("MESHAI_BINARY") or ROOT / "build" / "release" / "meshai")
DEMO_SECONDS_MAX = 100


def test_the_demo_runs_one_task_and_ends_cleanly():
    assert BINARY.exists(), f"There is no {BINARY}; './dev build' makes it."
    run = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "demo"), "--once"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DEMO_SECONDS_MAX
    )
    assert run.returncode == 0, run.stdout + run.stderr
    steps = [line.split(" s  ", 1)[1].split()[0] for line in run.stdout.splitlines() if " s  " in line]
    assert steps[0] == "start" and steps[-3:] == ["result", "complete", "answer"]
    assert "token" in steps
