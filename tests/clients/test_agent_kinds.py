"""Agents of every kind, real ones and misbehaving ones: always one ending with a stable code."""

import json
import pathlib
import sys

import pytest

from gear.client import Client, task_id_of
from gear.fake_model import refuses, says
from gear.meshai import command_agent, http_agent, model_agent
from gear.sse import only, story, tokens, types
from gear.waiting import Gate, eventually

CODES = {
    "AGENT_PROTOCOL_ERROR",
    "TASK_EXECUTION_FAILED",
    "AGENT_UNAVAILABLE",
    "TIMEOUT",
    "TOO_LARGE",
}


def run(client, task="Work", **members):
    """Streams one task to its end."""
    with client.rest_stream(task, **members) as stream:
        return stream.rest()


# --- http


def test_an_execute_agent_gets_the_whole_contract(house):
    client, agent = house.server_with_agent(lambda call: call.complete({"sum": 3}))
    frames = run(client, "Add", task_type="analysis", context={"session_id": "s-1"}, timeout_seconds=20)
    assert only(frames, "result").json["data"] == {"sum": 3}
    call = agent.calls[0]
    assert call.path == "/execute"
    assert call.task_id == task_id_of(frames)
    assert call.body["task_type"] == "analysis"
    assert call.payload == {"input": "Add"}, "a text is wrapped: real agents take objects only"
    assert call.body["context"]["session_id"] == "s-1"
    assert 0 < call.body["timeout_seconds"] <= 20


def test_an_object_is_the_payload_as_it_is(house):
    client, agent = house.server_with_agent(lambda call: call.complete("fine"))
    run(client, {"numbers": [1, 2]})
    assert agent.calls[0].payload == {"numbers": [1, 2]}


def test_execute_is_appended_to_the_url_once(house):
    agent = house.agent(lambda call: call.complete("fine"))
    client = Client(house.server([http_agent(agent.url + "/execute")]))
    run(client)
    assert agent.calls[0].path == "/execute"


def test_a_simple_agent_can_stream_in_the_guides_dialect(house):
    gates = [Gate(), Gate()]

    def script(call):
        call.event(type="start", message="Here I am")
        call.event(type="progress", message="Loading data...", progress=10)
        call.wait_for(gates[0])
        call.event(type="progress", message="Analyzing patterns...", progress=50)
        call.wait_for(gates[1])
        call.event(type="result", data={"analysis": "fine"}, progress=100)
        call.done()

    client, _ = house.server_with_agent(script)
    with client.rest_stream("Analyze") as stream:
        seen = until_progress(stream, "Loading data...")
        assert seen["progress"] == 10
        gates[0].open()
        assert until_progress(stream, "Analyzing patterns...")["progress"] == 50
        gates[1].open()
        frames = stream.rest()
    assert only(frames, "result").json["data"] == {"analysis": "fine"}
    assert story(frames)[-3:] == ["result", "complete", "[DONE]"]


def until_progress(stream, message):
    while True:
        progress = stream.until("progress").json
        if progress["message"] == message:
            return progress


def half_a_frame(call):
    call.begin()
    call.send(b'data: {"type":"progress","message":"hal')
    call.end()


def ends_in_the_middle(call):
    call.event(type="progress", message="working", progress=1)
    call.cut()


def two_endings(call):
    call.event(type="result", data={"n": 1})
    call.event(type="result", data={"n": 2})
    call.event(type="error", message="or not", code="TASK_ERROR")
    call.done()


def no_ending(call):
    call.event(type="progress", message="working", progress=1)
    call.done()


def endless_line(call):
    call.begin()
    while True:
        call.send(b"x" * 65536)


def endless_output(call):
    while True:
        call.event(type="token", text="x" * 30_000)


MISBEHAVING = {
    "an error of its own": lambda call: call.answer(500, {"detail": "out of ideas"}),
    "a timeout of its own": lambda call: call.answer(408, {"detail": "too slow"}),
    "no JSON": lambda call: call.answer(200, b"hello"),
    "half of JSON": lambda call: call.answer(200, b'{"status":"comple'),
    "the wrong type": lambda call: call.answer(200, b"<html>", content_type="text/html"),
    "a list": lambda call: call.answer(200, [1, 2]),
    "nothing": lambda call: call.answer(200, b""),
    "invalid UTF-8": lambda call: call.answer(200, b'{"status":"completed","result":"\xff\xfe"}'),
    "a redirect": lambda call: call.answer(302, b"", {"Location": "http://127.0.0.1:1/elsewhere"}),
    "a status nobody knows": lambda call: call.answer(799, {}),
    "a failure": lambda call: call.answer(200, {"status": "failed", "error": "could not"}),
    "half a frame": half_a_frame,
    "an end in the middle": ends_in_the_middle,
    "two endings": two_endings,
    "no ending": no_ending,
    "an endless line": endless_line,
    "an endless output": endless_output,
    "no answer at all": lambda call: call.cut(),
}


@pytest.mark.parametrize("name", MISBEHAVING)
def test_a_misbehaving_agent_leads_to_one_ending_with_a_stable_code(house, name):
    client, agent = house.server_with_agent(MISBEHAVING[name])
    frames = run(client)
    endings = [frame for frame in frames if frame.type in ("result", "error")]
    assert len(endings) == 1 and types(frames)[-1] == "[DONE]"
    if name == "two endings":
        assert endings[0].type == "error" or endings[0].json["data"] == {"n": 1}
    elif name != "invalid UTF-8" or endings[0].type == "error":
        assert endings[0].json["code"] in CODES, endings[0].data
        assert endings[0].json["message"]
    assert client.task(task_id_of(frames))["status"] in ("completed", "failed")
    # It has been asked and may have worked: it is not idempotent, so it is not asked again.
    assert len(agent.calls) == 1


def test_an_agent_that_hangs_ends_with_the_tasks_deadline(house):
    client, agent = house.server_with_agent(lambda call: call.hang())
    assert only(run(client, timeout_seconds=1), "error").json["code"] == "TIMEOUT"
    assert eventually(lambda: agent.calls[0].gone_at, within=1)


def test_an_agent_that_is_silent_too_long_is_left(house):
    def script(call):
        call.event(type="progress", message="working", progress=1)
        call.hang()

    client, agent = house.server_with_agent(script, limits={"agent_silence": "500ms"})
    assert only(run(client), "error").json["code"] in ("TIMEOUT", "AGENT_PROTOCOL_ERROR")
    assert eventually(lambda: agent.calls[0].gone_at, within=1)


def test_an_agent_that_is_not_there_is_said_to_be_unavailable(house):
    client = Client(house.server([http_agent("http://127.0.0.1:9")]))
    assert only(run(client, max_retries=0), "error").json["code"] in ("AGENT_UNAVAILABLE", "ROUTING_FAILED")


# --- openai


def test_a_model_gets_its_instructions_as_system_prompt_and_its_key(house):
    model = house.model(says("ok"))
    key_file = house.server_folder([]).folder / "key"
    key_file.write_text("sk-test")
    key_file.chmod(0o600)
    agent = model_agent(model, instructions="Answer in rhymes.", api_key_file=str(key_file))
    client = Client(house.server([agent]))
    run(client, "Tell me about the sea")
    call = model.calls[0]
    assert "Answer in rhymes." in call.system
    assert call.prompt == "Tell me about the sea"
    assert call.headers["Authorization"] == "Bearer sk-test"
    assert call.body["model"] == "fake" and call.body["stream"] is True


def test_a_busy_model_is_asked_again_when_it_said_so(house):
    def script(call):
        if call.number == 1:
            return call.refuse(429, "Too many requests", {"Retry-After": "1"})
        return call.say("ok")

    client, model = house.server_with_model(script)
    frames = run(client)
    assert tokens(frames) == "ok"
    assert model.calls[1].arrived_at - model.calls[0].arrived_at >= 1
    assert client.task(task_id_of(frames))["retry_count"] == 1


def test_a_model_that_breaks_off_is_asked_again_and_the_rerun_is_announced(house):
    def script(call):
        call.token("half ")
        if call.number == 1:
            call.cut()
        call.say("whole")

    client, model = house.server_with_model(script)
    frames = run(client)
    data = only(frames, "result").json["data"]
    assert data["text"] == "half whole"
    started = [e for e in client.events(task_id_of(frames)) if e["kind"] == "started"]
    assert [e["attempt"] for e in started] == [1, 2] and started[1]["reason"]
    # The client is told that what it has so far is void.
    assert any(f.type == "progress" and f.json.get("details", {}).get("attempt") == 2 for f in frames)


def test_a_model_that_always_fails_is_asked_a_bounded_number_of_times(house):
    client, model = house.server_with_model(refuses(503, "Overloaded"))
    error = only(run(client, max_retries=1, timeout_seconds=60), "error").json
    assert error["code"] in ("AGENT_UNAVAILABLE", "TASK_EXECUTION_FAILED", "RESOURCE_ERROR")
    assert len(model.calls) == 2


def test_usage_is_kept(house):
    client, _ = house.server_with_model(says("a", "b", "c"))
    frames = run(client)
    completed = client.events(task_id_of(frames))[-1]
    assert completed["kind"] == "completed"
    assert completed["usage"]["input_tokens"] == 7 and completed["usage"]["output_tokens"] == 3


def test_more_tasks_than_an_agent_takes_wait_and_are_all_done(house):
    gate = Gate()

    def script(call):
        call.wait_for(gate)
        call.say("ok")

    model = house.model(script)
    client = Client(house.server([model_agent(model, max_concurrent_tasks=2)]))
    ids = [client.submit(f"Task {n}") for n in range(6)]
    model.wait_for_call(2)
    assert len(model.calls) == 2
    gate.open()
    assert {client.wait_until(task_id)["status"] for task_id in ids} == {"completed"}


# --- command


def program(tmp_path, source):
    path = pathlib.Path(tmp_path) / "program.py"
    path.write_text(source)
    return [sys.executable, "-u", str(path)]


def test_a_program_that_prints_text_is_an_agent(house, tmp_path):
    source = "import sys, json\nasked = sys.stdin.read()\nprint('I heard', len(asked) > 0)\n"
    client = Client(house.server([command_agent(program(tmp_path, source))]))
    assert "I heard True" in json.dumps(only(run(client), "result").json["data"])


def test_a_program_may_print_the_guides_events_one_a_line(house, tmp_path):
    source = (
        'print(\'{"type":"progress","message":"half","progress":50}\')\nprint(\'{"type":"result","data":{"n":1}}\')\n'
    )
    client = Client(house.server([command_agent(program(tmp_path, source))]))
    frames = run(client)
    assert "half" in [f.json["message"] for f in frames if f.type == "progress"]
    assert only(frames, "result").json["data"] == {"n": 1}


BAD_PROGRAMS = {
    "fails": "import sys\nprint('no', file=sys.stderr)\nsys.exit(3)\n",
    "is killed": "import os\nos.kill(os.getpid(), 9)\n",
    "prints without end": "while True: print('x' * 1000)\n",
    "prints one endless line": "import sys\nwhile True: sys.stdout.write('x' * 65536)\n",
}


@pytest.mark.parametrize("name", BAD_PROGRAMS)
def test_a_program_that_misbehaves_leads_to_one_error(house, tmp_path, name):
    client = Client(house.server([command_agent(program(tmp_path, BAD_PROGRAMS[name]))]))
    error = only(run(client), "error").json
    assert error["code"] in CODES and error["message"]


def test_a_program_that_is_not_there_is_one_error(house):
    client = Client(house.server([command_agent(["/nowhere/program"])]))
    assert only(run(client, max_retries=0), "error").json["code"] in ("AGENT_UNAVAILABLE", "ROUTING_FAILED")


def test_cancelling_ends_the_program_and_its_children(house, tmp_path):
    source = (
        "import os, subprocess, sys, time\n"
        f"child = subprocess.Popen(['sleep', '600'])\n"
        f"open({str(tmp_path / 'pids')!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}\\n')\n"
        "time.sleep(600)\n"
    )
    client = Client(house.server([command_agent(program(tmp_path, source))]))
    task_id = client.submit("Work")
    pids = eventually(lambda: (tmp_path / "pids").exists() and (tmp_path / "pids").read_text().split())
    client.cancel(task_id)

    def are_gone():
        return not any(is_alive(pid) for pid in pids)

    eventually(are_gone, within=2, why="The whole process group ended")
    assert client.wait_until(task_id)["status"] == "cancelled"


def is_alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_program_gets_no_shell_and_no_secrets_of_the_server(house, tmp_path, monkeypatch):
    monkeypatch.setenv("SOME_SECRET_TOKEN", "sesame")
    source = "import os, sys, json\nprint(json.dumps(sys.argv[1:]), 'sesame' in str(os.environ))\n"
    argv = [*program(tmp_path, source), "$(echo hi)", "; ls", "*"]
    client = Client(house.server([command_agent(argv)]))
    said = json.dumps(only(run(client), "result").json["data"])
    assert "$(echo hi)" in said and "; ls" in said
    assert "False" in said
