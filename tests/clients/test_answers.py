"""Tasks that ask, on a real server: client libraries of MCP answer an
elicitation, programs answer over REST and by the command line, a person on a
terminal and by a link in a browser. Who answered is in the log."""

import html
import json
import os
import pty
import re
import subprocess

import pytest
import requests

from gear.client import Client
from gear.fixture import Fixture
from gear.meshai import binary, free_port, model_agent
from gear.sdk import Driver, Way
from gear.waiting import eventually, patient

FAILED, USAGE, NOT_FOUND = 1, 2, 5
WAYS = [
    Way("sdk1", "http", "legacy", "2025-11-25"),
    Way("sdk2", "http", "legacy", "2025-11-25"),
    Way("sdk2", "http", "auto", "2026-07-28"),
    Way("mcp1", "http", "legacy", "2025-11-25"),
    Way("mcp2", "http", "legacy", "2025-11-25"),
    Way("mcp2", "http", "auto", "2026-07-28"),
    Way("sdk1", "stdio", "legacy", "2025-11-25"),
    Way("mcp2", "stdio", "auto", "2026-07-28"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Fixture(tmp_path_factory.mktemp("fixture")).start()
    yield server
    assert server.is_running, server.errors.all_text()[-4000:]
    server.close()


@pytest.fixture
def client(server):
    return Client(server)


class Asking:
    """A task of an agent that wants to know whether it may delete a file."""

    def __init__(self, client, file="notes.txt"):
        self.client = client
        wanted = {"agents": ["confirm_delete"], "required_capabilities": ["confirm_delete"]}
        self.id = client.submit({"filename": file}, **wanted)
        client.wait_until(self.id, "input_required")

    @property
    def input(self):
        return f"/api/v1/tasks/{self.id}/input"

    @property
    def question(self):
        (question,) = self.client.get(self.input).json()["questions"]
        return question

    def answers(self, **body):
        return self.client.post(self.input, body)

    def result(self):
        return self.client.wait_until(self.id)["result"]["text"]

    def given(self):
        events = self.client.events(self.id)
        return [(event["key"], event["by"]) for event in events if event["kind"] == "input_given"]


# R6, R1: elicitation/create on the stream of the call, or an input_required result and the call again.
@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_client_library_answers_what_a_task_of_its_call_asks(server, client, way):
    plan = {"tool": "confirm_delete", "accepts_with": {"confirm": True}}
    with Driver(way, server, server.key(), {"filename": "notes.txt"}, **plan) as driver:
        told = driver.end()
    assert told.one("connected")["version"] == way.revision
    assert told.one("asked")["message"] == "Delete notes.txt?"
    assert told.one("result")["text"] == "Deleted notes.txt."
    assert told.order.index("asked") < told.order.index("result")
    assert not told.complaints and "Traceback" not in told.errors
    task = client.get("/api/v1/tasks?limit=1").json()[0]
    events = client.events(task["task_id"])
    assert [event["by"] for event in events if event["kind"] == "input_given"] == ["suite"]


def test_a_program_answers_over_rest(client):
    asking = Asking(client)
    assert client.task(asking.id)["input_required"][0]["key"] == "confirm"
    assert asking.question["message"] == "Delete notes.txt?"
    refused = asking.answers(key="confirm", answer={"confirm": "maybe"})
    assert refused.status_code == 422 and '"confirm"' in refused.json()["detail"]
    assert asking.answers(answer=True).status_code == 200
    assert asking.result() == "Deleted notes.txt."
    assert asking.given() == [("confirm", "suite")]
    late = asking.answers(key="confirm", answer=False)
    assert (late.status_code, late.json()["outcome"]) == (409, "answered")


def test_a_stream_says_what_is_asked_and_who_answered(client):
    asking = Asking(client)
    stream = client.attach(asking.id)
    asked = stream.until("input_required").json
    assert asked["key"] == "confirm" and asked["answer_url"] == asking.input
    assert asked["link"] == asking.question["link"]
    asking.answers(answer=False)
    assert stream.until("input_given").json["by"] == "suite"


def test_a_person_answers_by_the_page_of_a_link(server, client):
    asking = Asking(client, file="<script>notes</script>")
    url = server.url.rstrip("/") + asking.question["link"]
    page = requests.get(url, timeout=patient(10))
    assert page.status_code == 200 and page.headers["Content-Type"].startswith("text/html")
    assert "<script" not in page.text and "Delete <script>notes</script>?" in html.unescape(page.text)
    field = re.search(r'<select id="(\w+)"', page.text)[1]
    forged = requests.post(url, data={"action": "accept"}, headers={"Origin": "https://evil.example"}, timeout=10)
    assert forged.status_code == 403
    # As a browser sends it.
    origin = {"Origin": server.url.rstrip("/"), "Sec-Fetch-Site": "same-origin"}
    done = requests.post(url, data={field: "true", "action": "accept"}, headers=origin, timeout=patient(10))
    assert done.status_code == 200, done.text
    assert asking.result().startswith("Deleted")
    assert asking.given() == [("confirm", "link:suite")]
    assert requests.get(url, timeout=10).status_code == 409
    assert requests.get(url[:-4] + "AAAA", timeout=10).status_code == 404


def test_the_command_line_answers_by_flags(server, client):
    asking = Asking(client)
    silent = server.client("task", "answer", asking.id)
    assert silent.returncode == USAGE and "Delete notes.txt?" in silent.stderr and "--accept" in silent.stderr
    assert not asking.given()
    done = server.client("task", "answer", asking.id, "--set", "confirm=yes")
    assert (done.returncode, done.stdout) == (0, "confirm is answered\n"), done
    assert asking.result() == "Deleted notes.txt."
    again = server.client("task", "answer", asking.id, "--question", "confirm", "--decline")
    assert again.returncode == FAILED and "answered by suite" in again.stderr
    assert server.client("task", "answer", asking.id, "--accept").returncode == NOT_FOUND
    declined = Asking(client)
    reply = server.client("task", "answer", declined.id, "--decline", "-o", "json")
    assert json.loads(reply.stdout)["answered"][0]["answer"] == {"action": "decline"}
    assert declined.result() == "Kept notes.txt."


# --- the product itself: a model that asks its person


def asks_for_a_colour(call):
    said = call.tool_answers()
    if said:
        call.say("Painted ", said[-1])
    else:
        call.use_tool("ask_human", question="Which colour?")


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_client_library_answers_what_a_model_asks(house, way):
    model = house.model(asks_for_a_colour)
    server = house.server([model_agent(model, delegates=True)])
    with Driver(way, server, server.key(), {"task": "Paint the door"}, accepts_with={"answer": "red"}) as driver:
        told = driver.end()
    assert told.one("asked")["message"] == "Which colour?"
    assert told.one("result")["text"] == "Painted red"
    assert not told.complaints and "Traceback" not in told.errors


def test_a_question_and_its_link_outlive_a_kill(house):
    model = house.model(asks_for_a_colour)
    server = house.server([model_agent(model, delegates=True)], port=free_port())
    client = Client(server)
    task = client.submit("Paint the door", recovery="rerun")
    client.wait_until(task, "input_required")
    (question,) = client.get(f"/api/v1/tasks/{task}/input").json()["questions"]
    url = server.url.rstrip("/") + question["link"]
    server.kill()
    server.start()
    page = requests.get(url, timeout=patient(10))
    assert page.status_code == 200 and "Which colour?" in page.text
    field = re.search(r'name="(f\d+)"', page.text)[1]
    assert requests.post(url, data={field: "blue", "action": "accept"}, timeout=patient(10)).status_code == 200
    assert client.wait_until(task)["result"] == "Painted blue"
    given = [event for event in client.events(task) if event["kind"] == "input_given"]
    assert len(given) == 1 and given[0]["by"].startswith("link:")


# --- a person at a terminal


class Terminal:
    """A command with a person in front of it."""

    def __init__(self, server, *arguments):
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [binary(), *arguments], stdin=theirs, stdout=subprocess.PIPE, stderr=theirs,
            env=server.client_environment(), start_new_session=True,
        )
        os.close(theirs)
        self._seen = ""

    def reads_until(self, words):
        def look():
            try:
                self._seen += os.read(self._ours, 4096).decode(errors="replace")
            except OSError:  # the command has ended
                assert words in self._seen, f"It ended after: {self._seen}"
            assert words in self._seen, self._seen
            return True

        eventually(look, 20, f"{words!r} on the terminal")

    def types(self, line):
        os.write(self._ours, f"{line}\n".encode())

    def end(self):
        out, _ = self.process.communicate(timeout=patient(20))
        os.close(self._ours)
        return self.process.returncode, out.decode()


def test_run_asks_the_person_at_its_terminal(server):
    run = ("run", "Please", "--agent", "confirm_delete", "--capability", "confirm_delete")
    terminal = Terminal(server, *run)
    terminal.reads_until("answer? [y]es, [n]o, [c]ancel: ")
    terminal.types("y")
    terminal.reads_until("confirm * (yes | no): ")
    terminal.types("yes")
    code, out = terminal.end()
    assert code == 0 and "Deleted" in out


def test_a_question_that_somebody_else_answers_is_taken_from_the_terminal(server, client):
    asking = Asking(client)
    terminal = Terminal(server, "task", "watch", asking.id)
    terminal.reads_until("answer? [y]es, [n]o, [c]ancel: ")
    asking.answers(answer=False)
    code, out = terminal.end()
    assert code == 0 and "Kept" in out
