"""The sample agents do their work behind the real server."""

import pathlib
import shutil
import subprocess
import sys

import pytest

from gear.client import Client
from gear.lines import first_line
from gear.meshai import command_agent, http_agent
from gear.sse import only, tokens

HERE = pathlib.Path(__file__).parent
START_SECONDS_MAX = 20
TASK = "the quick brown fox"
ANSWER = {"words": 4, "reversed": "fox brown quick the"}


@pytest.fixture
def sample():
    """Starts a sample agent and gives its URL."""
    running = []

    def start(*argv):
        process = subprocess.Popen(argv, cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        running.append(process)
        line = first_line(process, START_SECONDS_MAX)
        assert line.startswith("ready "), line
        return line.split()[1]

    yield start
    for process in running:
        process.stdin.close()
        process.wait()
        process.stdout.close()


def run(house, agent, task=TASK):
    with Client(house.server([agent])).rest_stream(task) as stream:
        return stream.rest()


SERVERS = {
    "Python": (sys.executable, "execute_agent.py"),
    "Node": (shutil.which("node"), "execute_agent.mjs"),
}


@pytest.mark.parametrize("language", SERVERS)
def test_an_execute_agent_answers(house, sample, language):
    url = sample(*SERVERS[language])
    assert only(run(house, http_agent(url)), "result").json["data"] == ANSWER


@pytest.mark.parametrize("language", SERVERS)
def test_an_execute_agent_streams(house, sample, language):
    url = sample(*SERVERS[language], "--stream")
    frames = run(house, http_agent(url))
    assert only(frames, "result").json["data"] == ANSWER
    assert tokens(frames).split() == ["fox", "brown", "quick", "the"]
    assert "Counting words" in [frame.json["message"] for frame in frames if frame.type == "progress"]


def test_a_program_answers_in_events(house):
    frames = run(house, command_agent([sys.executable, str(HERE / "command_agent.py")]))
    assert only(frames, "result").json["data"] == ANSWER
    assert tokens(frames).split() == ["fox", "brown", "quick", "the"]


def test_a_program_answers_in_plain_text(house):
    frames = run(house, command_agent([sys.executable, str(HERE / "command_agent.py"), "--plain"]))
    assert only(frames, "result").json["data"] == {"text": "4 words: fox brown quick the"}


def test_a_program_that_cannot_says_why(house):
    agent = command_agent([sys.executable, str(HERE / "command_agent.py")])
    error = only(run(house, agent, task={"input": ""}), "error").json
    assert error["code"] == "TASK_EXECUTION_FAILED"
    assert "There are no words to count." in error["message"]
