"""`meshai mcp`: MCP over stdin and stdout, as a bridge and as a server of its own."""

import json
import signal
import subprocess

import pytest

from gear.fake_model import echoes, says_at_gates
from gear.meshai import binary, free_port, model_agent
from gear.stdio import StdioClient
from gear.waiting import Gate, eventually, patient


@pytest.fixture
def start(house):
    """Starts `meshai mcp`: a bridge to a server, or with --config one of its own."""
    started = []

    def begin(*arguments, server, env=None):
        environment = server.environment(**(env or {})) if env is not None else server.client_environment()
        started.append(StdioClient(*arguments, env=environment))
        return started[-1]

    yield begin
    for client in started:
        client.close()
        said = client.errors.all_text()
        assert "AddressSanitizer" not in said and "ThreadSanitizer" not in said, said


def call(client, task, **params):
    return client.asks("tools/call", name="mesh_execute", arguments={"task": task}, **params)


# --- a bridge


def test_a_client_lists_tools_and_runs_a_task_with_progress(house, start):
    gate = Gate()
    model_client, _ = house.server_with_model(says_at_gates(["one ", "two"], [Gate(is_open=True), gate]))
    client = start(server=model_client.server)
    assert client.initializes()["protocolVersion"] == "2025-11-25"
    tools = client.answer(client.asks("tools/list"))["result"]["tools"]
    assert "mesh_execute" in [tool["name"] for tool in tools]
    asked = call(client, "Count", _meta={"progressToken": "p"})
    assert client.hears("notifications/progress")["params"]["progressToken"] == "p"
    gate.open()
    assert "one two" in json.dumps(client.answer(asked)["result"])
    assert client.leaves() == 0


def test_lines_that_are_no_messages_are_answered_and_the_next_is_served(house, start):
    client = start(server=house.server_with_model(echoes)[0].server)
    client.says_line("this is no JSON")
    client.says_line("")
    eventually(lambda: client.messages(), why="The answer to no JSON")
    assert client.messages()[0]["error"]["code"] == -32700 and client.messages()[0]["id"] is None
    client.initializes()
    assert "result" in client.answer(client.asks("ping"))
    assert client.leaves() == 0


def test_what_is_piped_in_is_answered_before_the_end(house):
    server = house.server_with_model(echoes)[0].server
    lines = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize",
         "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}}},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/list"},
    ]  # fmt: skip
    ended = server.cli("mcp", env=server.client_environment(), stdin="\n".join(map(json.dumps, lines)))
    assert ended.returncode == 0, ended.stderr
    assert sorted(json.loads(line)["id"] for line in ended.stdout.splitlines()) == [1, 2]


def test_two_calls_run_at_the_same_time(house, start):
    gate = Gate()
    script = says_at_gates(["done"], [gate])
    client = start(server=house.server_with_model(lambda c: script(c) if c.prompt == "wait" else echoes(c))[0].server)
    client.initializes()
    slow = call(client, "wait")
    fast = call(client, "hello")
    assert "hello" in json.dumps(client.answer(fast)["result"])
    gate.open()
    assert "done" in json.dumps(client.answer(slow)["result"])
    assert client.leaves() == 0


def test_a_cancelled_call_is_never_answered(house, start):
    model_client, model = house.server_with_model(lambda c: c.hang())
    client = start(server=model_client.server)
    client.initializes()
    asked = call(client, "think", _meta={"progressToken": 1})
    model.wait_for_call()
    client.notifies("notifications/cancelled", requestId=asked, reason="enough")
    assert "result" in client.answer(client.asks("ping"))
    assert client.leaves() == 0
    assert asked not in [message.get("id") for message in client.messages()]


# O11: over stdio the credentials come from the environment.
def test_an_unreachable_server_a_wrong_and_a_missing_key_are_said_for_each_request(house, start):
    server = house.server_with_model(echoes)[0].server
    nobody = f"http://127.0.0.1:{free_port()}"
    for env, word in [
        ({"MESHAI_URL": nobody, "MESHAI_API_KEY": "msk_live_x"}, "does not answer"),
        ({"MESHAI_URL": server.url, "MESHAI_API_KEY": "msk_live_wrong"}, "MESHAI_API_KEY"),
        ({"MESHAI_URL": server.url}, "There is no API key"),
    ]:
        client = start(server=server, env=env)
        for _ in range(2):
            error = client.answer(client.asks("initialize"))["error"]
            assert word in error["message"], error
        assert client.leaves() == 0
        assert "msk_live" not in client.errors.all_text()


def test_a_server_that_is_restarted_is_found_again(house, start):
    model = house.model(echoes)
    server = house.server([model_agent(model)], port=free_port())
    client = start(server=server)
    client.initializes()
    assert "result" in client.answer(call(client, "one"))
    server.stop()
    assert "error" in client.answer(client.asks("ping"))
    server.start()
    # The first request may be the one that learns that its session is gone.
    eventually(lambda: "result" in client.answer(client.asks("ping")), why="The server")
    assert "two" in json.dumps(client.answer(call(client, "two"))["result"])
    assert client.leaves() == 0


def test_open_calls_do_not_hold_up_the_end_for_long(house, start):
    model_client, model = house.server_with_model(lambda c: c.hang())
    client = start(server=model_client.server)
    client.initializes()
    call(client, "think")
    model.wait_for_call()
    assert client.leaves() == 0


def test_a_signal_ends_it_at_once(house, start):
    model_client, model = house.server_with_model(lambda c: c.hang())
    client = start(server=model_client.server)
    client.initializes()
    call(client, "think")
    model.wait_for_call()
    client.process.send_signal(signal.SIGTERM)
    assert client.process.wait(patient(5)) == 0


def test_a_closed_stdin_or_stdout_is_an_end_and_no_crash(house):
    server = house.server_with_model(echoes)[0].server
    for redirection in ("<&-", "</dev/null", "<&- >&-"):
        ended = subprocess.run(
            ["sh", "-c", f'exec "$0" mcp {redirection}', binary()],
            env=server.client_environment(),
            timeout=patient(20),
            capture_output=True,
        )
        assert (ended.returncode, ended.stdout) == (0, b""), (redirection, ended)


# --- a server of its own


def test_it_is_a_server_of_its_own_with_a_configuration(house, start):
    gate = Gate()
    model = house.model(says_at_gates(["one ", "two"], [Gate(is_open=True), gate]))
    server = house.server_folder([model_agent(model)])
    client = start("--config", server.config, server=server, env={})
    client.initializes()
    asked = call(client, "Count", _meta={"progressToken": "p"})
    assert client.hears("notifications/progress")
    gate.open()
    assert "one two" in json.dumps(client.answer(asked)["result"])
    assert client.leaves() == 0


def test_its_store_is_the_operators_and_its_key_goes_with_it(house, start):
    server = house.server_folder([model_agent(house.model(echoes))])
    client = start("--config", server.config, "--tenant", "acme", server=server, env={})
    client.initializes()
    assert "result" in client.answer(call(client, "hello"))
    assert client.leaves() == 0
    assert json.loads(server.cli("key", "ls", "--config", server.config, "-o", "json").stdout) == []
    server.start()
    listed = json.loads(server.client("task", "ls", "-o", "json").stdout)
    assert [task["status"] for task in listed] == ["completed"]


def test_a_store_that_a_server_has_is_an_error_that_says_so(house):
    server = house.server_with_model(echoes)[0].server
    ended = server.cli("mcp", "--config", server.config)
    assert ended.returncode != 0 and ended.stdout == "" and ended.stderr.strip()


def test_a_server_of_its_own_and_a_running_one_cannot_both_be_meant(house):
    server = house.server_folder([])
    ended = server.cli("mcp", "--config", server.config, "--url", "http://127.0.0.1:1")
    assert ended.returncode == 2 and "--config" in ended.stderr and ended.stdout == ""


def test_its_own_server_ends_with_a_task_still_running_which_goes_on_at_the_next_start(house, start):
    again = Gate()

    def script(c):
        if c.number == 1:
            c.hang()
        c.wait_for(again)
        c.say("done")

    model = house.model(script)
    server = house.server_folder([model_agent(model)])
    client = start("--config", server.config, "--tenant", "acme", server=server, env={})
    client.initializes()
    call(client, "think")
    model.wait_for_call()
    client.process.send_signal(signal.SIGTERM)
    assert client.process.wait(patient(15)) == 0
    again.open()
    server.start()
    listed = lambda: json.loads(server.client("task", "ls", "-o", "json").stdout)  # noqa: E731
    eventually(lambda: [task["status"] for task in listed()] == ["completed"], within=30, why="The task's end")
