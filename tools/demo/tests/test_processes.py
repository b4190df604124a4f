import sys

import pytest
from processes import Processes

READY = [sys.executable, "-c", "print('ready http://here', flush=True); import sys; sys.stdin.read()"]
BROKEN = [sys.executable, "-c", "import sys; print('port taken', file=sys.stderr); sys.exit(3)"]


def test_a_program_says_when_it_is_ready_and_ends_with_the_demo(tmp_path):
    with Processes(tmp_path) as processes:
        assert processes.start("server", READY) == "http://here"
        (_, process), = processes._running
        assert process.poll() is None
    assert process.poll() is not None


def test_a_program_that_ends_before_it_is_ready_tells_its_last_words(tmp_path):
    with Processes(tmp_path) as processes, pytest.raises(Processes.Ended, match="ended with 3(.|\n)*port taken"):
        processes.start("server", BROKEN)


def test_a_program_that_ends_while_the_demo_serves_is_noticed(tmp_path):
    with Processes(tmp_path) as processes:
        processes.start("server", [sys.executable, "-c", "print('ready x', flush=True)"])
        with pytest.raises(Processes.Ended, match="The server ended with 0"):
            processes.wait_for_any()
