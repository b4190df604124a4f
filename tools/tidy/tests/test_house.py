"""This checkout itself keeps the rules of the house."""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]


def test_the_house_is_tidy():
    run = subprocess.run([sys.executable, str(ROOT / "tools" / "tidy")], capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stdout + run.stderr
