"""The command line: a contract that scripts rely on."""

import json
import re
import signal
import subprocess

import pytest

from gear.client import Client
from gear.fake_model import echoes, refuses, says_at_gates
from gear.lines import Lines
from gear.meshai import Meshai, binary, free_port, model_agent
from gear.waiting import Gate, eventually, patient

# The exit codes are part of the contract (meshai --help).
FAILED, USAGE, UNREACHABLE, DENIED, NOT_FOUND, CANCELLED = 1, 2, 3, 4, 5, 6


@pytest.fixture
def client(house):
    return house.server_with_model(echoes)[0]


# --- run


def test_run_prints_exactly_the_result(client):
    ended = client.server.client("run", "roses are red")
    assert (ended.returncode, ended.stdout) == (0, "roses are red \n") or ended.stdout == "roses are red\n", ended
    assert "\x1b" not in ended.stdout + ended.stderr


def test_run_of_a_task_that_fails_prints_nothing_on_stdout_and_says_why(house):
    client, _ = house.server_with_model(refuses(400, "The model does not like it."))
    ended = client.server.client("run", "roses")
    assert (ended.returncode, ended.stdout) == (FAILED, "")
    assert "TASK_EXECUTION_FAILED" in ended.stderr or "does not like it" in ended.stderr


def test_run_in_json_is_one_json_value(client):
    ended = client.server.client("run", "roses are red", "-o", "json")
    assert ended.returncode == 0, ended.stderr
    assert "roses are red" in json.dumps(json.loads(ended.stdout))


def test_interrupting_run_cancels_its_task(house):
    client, model = house.server_with_model(lambda call: call.hang())
    run = client.server.client_starts("run", "think")
    call = model.wait_for_call()
    run.send_signal(signal.SIGINT)
    assert run.wait(patient(10)) == CANCELLED
    run.communicate()
    eventually(lambda: call.gone_at, within=2, why="The agent's connection closed")
    task_id = client.get("/api/v1/tasks").json()[0]["task_id"]
    client.wait_until(task_id, "cancelled")


def test_run_survives_a_restart_of_the_server(house):
    again = Gate()

    def script(call):
        call.token("one ")
        if call.number == 1:
            call.hang()
        call.wait_for(again)
        call.say("two")

    model = house.model(script)
    server = house.server([model_agent(model)], port=free_port())
    run = server.client_starts("run", "count")
    model.wait_for_call()
    task = eventually(lambda: Client(server).get("/api/v1/tasks").json())[0]
    Client(server).attach(task["task_id"]).until("token")
    server.kill()
    server.start()
    again.open()
    out, err = run.communicate(timeout=patient(30))
    assert (run.returncode, out) == (0, "one two\n"), err


def test_run_without_a_server_or_key_says_what_to_do(house):
    server = house.server_folder([])
    ended = server.cli("run", "hello", env={"MESHAI_URL": "http://127.0.0.1:9", "MESHAI_API_KEY": "msk_live_x"})
    assert ended.returncode == UNREACHABLE and "127.0.0.1:9" in ended.stderr
    ended = server.cli("run", "hello", env={"MESHAI_URL": "http://127.0.0.1:9"})
    assert ended.returncode == DENIED and "MESHAI_API_KEY" in ended.stderr


# --- task


def test_tasks_are_listed_got_and_watched(client):
    task_id = client.submit("roses are red")
    client.wait_until(task_id)
    server = client.server
    assert task_id in server.client("task", "ls").stdout
    listed = json.loads(server.client("task", "ls", "-o", "json").stdout)
    assert [task["task_id"] for task in listed] == [task_id]
    got = json.loads(server.client("task", "get", task_id, "-o", "json").stdout)
    assert got["status"] == "completed" and "roses are red" in json.dumps(got["result"])
    watched = server.client("task", "watch", task_id)
    assert watched.returncode == 0 and "roses are red" in watched.stdout


def test_a_task_is_watched_live_and_cancelled(house):
    gate = Gate()
    client, model = house.server_with_model(says_at_gates(["never"], [gate]))
    task_id = client.submit("think")
    model.wait_for_call()
    watch = client.server.client_starts("task", "watch", task_id)
    cancelled = client.server.client("task", "cancel", task_id)
    assert cancelled.returncode == 0, cancelled.stderr
    watch.communicate(timeout=patient(10))
    assert watch.returncode == CANCELLED
    assert client.task(task_id)["status"] == "cancelled"
    again = client.server.client("task", "cancel", task_id)
    assert again.returncode != 0 and again.stderr


def test_an_unknown_task_is_an_error_with_a_sentence(client):
    ended = client.server.client("task", "get", "t_unknown")
    assert (ended.returncode, ended.stdout) == (NOT_FOUND, "") and ended.stderr.strip()


# --- agent


def test_agents_are_listed_added_and_removed(client):
    server = client.server
    assert "writer" in server.client("agent", "ls").stdout
    added = server.client("agent", "add", "helper", "https://agents.example/helper", "--capability", "reasoning")
    assert added.returncode == 0, added.stderr
    names = [agent["name"] for agent in json.loads(server.client("agent", "ls", "-o", "json").stdout)]
    assert sorted(names) == ["helper", "writer"]
    removed = server.client("agent", "rm", "helper")
    assert removed.returncode == 0, removed.stderr
    assert "helper" not in server.client("agent", "ls").stdout


def test_an_agent_of_the_operators_file_cannot_be_removed_over_the_wire(client):
    ended = client.server.client("agent", "rm", "writer")
    assert ended.returncode != 0 and ended.stderr.strip()
    assert "writer" in client.server.client("agent", "ls").stdout


# --- config


BROKEN = {
    "an unknown key": (
        '[server]\nlisten = "127.0.0.1:0"\nlisden = 1\n',
        r"meshai\.toml:3: .*lisden.*did you mean.*listen",
    ),
    "an unknown section": ("\n[servr]\n", r"meshai\.toml:2: .*did you mean.*server"),
    "a wrong type": ('[limits]\nrequests_per_minute = "many"\n', r"meshai\.toml:2: .*requests_per_minute"),
    "a number out of bounds": ("[limits]\n\nrequests_per_minute = 0\n", r"meshai\.toml:3: .*requests_per_minute"),
    "no scheme": (
        '[[agents]]\nname = "w"\nkind = "openai"\nurl = "htp://localhost"\n',
        r"meshai\.toml:4: agents\.w\.url: .*htp://localhost.*http://",
    ),
    "an unknown kind": (
        '[[agents]]\nname = "w"\nkind = "opnai"\nurl = "http://localhost"\n',
        r"meshai\.toml:3: .*openai",
    ),
    "no TOML": ("[server\n", r"meshai\.toml:1: "),
    "a name twice": ('[[agents]]\nname = "w"\nkind = "command"\nargv = ["/bin/cat"]\n' * 2, r"meshai\.toml:\d+: .*w"),
    "a missing secret": (
        '[[agents]]\nname = "w"\nkind = "openai"\nurl = "http://localhost"\napi_key_file = "/nowhere/key"\n',
        r"meshai\.toml:5: .*api_key_file",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_configuration_is_told_with_its_line_and_nothing_starts(house, name):
    text, said = BROKEN[name]
    server = house.server_folder([])
    server.config.write_text(text)
    for words in (("config", "check"), ("serve",)):
        ended = server.cli(*words, "--config", server.config)
        assert ended.returncode == USAGE
        assert re.search(said, ended.stderr + ended.stdout), ended.stderr + ended.stdout
        assert "ready" not in ended.stdout


def test_a_good_configuration_is_told_to_be_good(client):
    ended = client.server.cli("config", "check", "--config", client.server.config)
    assert ended.returncode == 0, ended.stderr


def test_the_environment_and_flags_win_over_the_file(house):
    server = house.server_folder([], log={"level": "info"})
    ended = server.cli("serve", "--config", server.config, env={"MESHAI_LIMITS_REQUESTS_PER_MINUTE": "none"})
    assert ended.returncode == USAGE and "MESHAI_LIMITS_REQUESTS_PER_MINUTE" in ended.stderr


# --- dev, help, version


def test_dev_says_all_one_needs_in_twelve_lines(tmp_path):
    dev = Meshai(tmp_path / "dev")
    process = subprocess.Popen(
        [binary(), "dev", "--port", "0"],
        cwd=dev.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=dev.environment(),
    )
    output, errors = Lines(process.stdout), Lines(process.stderr)
    try:
        url = re.search(r"http://127\.0\.0\.1:\d+", output.wait_for("http://127.0.0.1:", 20))[0]
        key = eventually(lambda: re.search(r"msk_test_\w+", output.text + errors.text))[0]
        dev.url = url
        assert Client(dev, key).get("/api/v1/tasks").json() == []
        assert len(output.lines) <= 12
    finally:
        process.terminate()
        assert process.wait(patient(20)) == 0
    assert not list(dev.folder.glob("*.db*")), "data in memory means no file"


@pytest.mark.parametrize(
    "words", [("--help",), ("serve", "--help"), ("run", "--help"), ("key", "--help"), ("--version",)]
)
def test_help_and_version_are_there(tmp_path, words):
    ended = Meshai(tmp_path / "x").cli(*words)
    assert ended.returncode == 0 and ended.stdout.strip()


@pytest.mark.parametrize(
    "words",
    [
        ("serv",),
        ("run",),
        ("task", "get"),
        ("key", "create"),
        ("serve", "--confg", "x"),
        ("serve", "--config", "/nowhere.toml"),
    ],
)
def test_wrong_words_are_told_on_stderr(tmp_path, words):
    ended = Meshai(tmp_path / "x").cli(*words)
    assert ended.returncode == USAGE and ended.stderr.strip() and ended.stdout == ""
