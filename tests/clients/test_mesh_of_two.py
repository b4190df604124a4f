"""Two servers, one the `mesh` agent of the other."""

import pytest

from gear.client import Client, task_id_of
from gear.fake_model import refuses, says, says_at_gates
from gear.meshai import free_port, mesh_agent, model_agent
from gear.sse import only, story, tokens
from gear.waiting import Gate, eventually


@pytest.fixture
def mesh(house):
    """mesh(script) gives a client of the outer server, the inner server, and the model behind it."""

    def build(script, **agent):
        model = house.model(script)
        inner = house.server([model_agent(model)], port=free_port())
        outer = house.server([mesh_agent(inner, inner.key(), **agent)])
        return Client(outer), inner, model

    return build


def test_tokens_and_progress_of_the_inner_server_reach_the_outer_client(mesh):
    client, inner, _ = mesh(says("ro", "ses"))
    with client.mcp_stream("Write a poem") as stream:
        frames = stream.rest()
    assert tokens(frames) == "roses"
    assert only(frames, "result").json["data"] == {"text": "roses"}
    assert story(frames)[-3:] == ["complete", "response", "[DONE]"]
    inner_progress = []
    with Client(inner).attach(only_task(inner), after=0) as stream:
        inner_progress = [f.json["message"] for f in stream.rest() if f.type == "progress"]
    outer_progress = [f.json["message"] for f in frames if f.type == "progress"]
    assert inner_progress and set(inner_progress) <= set(outer_progress)


def only_task(server):
    """The id of the one task that a server has."""
    tasks = Client(server).get("/api/v1/tasks").json()
    assert len(tasks) == 1, tasks
    return tasks[0]["task_id"]


def test_a_token_is_relayed_while_the_inner_task_still_runs(mesh):
    gates = [Gate(), Gate()]
    client, inner, _ = mesh(says_at_gates(["now ", "later"], gates))
    gates[0].open()
    with client.mcp_stream("Write a poem") as stream:
        assert stream.until("token").json["text"] == "now "
        assert Client(inner).task(only_task(inner))["status"] == "executing"
        gates[1].open()
        assert tokens(stream.rest()) == "now later"


def test_the_inner_agents_error_is_the_outer_tasks_error(mesh):
    client, _, _ = mesh(refuses(400, "The model does not like it."))
    with client.mcp_stream("Write a poem") as stream:
        error = only(stream.rest(), "error").json
    assert error["code"] == "TASK_EXECUTION_FAILED"


def test_cancelling_the_outer_task_reaches_the_innermost_agent_within_a_second(mesh):
    client, inner, model = mesh(lambda call: call.hang())
    task_id = client.submit("Think for a long time")
    call = model.wait_for_call()
    assert client.cancel(task_id).status_code == 200
    eventually(lambda: call.gone_at, within=1, why="The agent's connection closed")
    assert Client(inner).wait_until(only_task(inner))["status"] == "cancelled"
    assert client.task(task_id)["status"] == "cancelled"


def test_the_inner_server_is_killed_and_comes_back_and_the_outer_task_completes(mesh):
    """The inner task outlives its server, and the outer one never notices more than a pause."""
    again = Gate()

    def script(call):
        call.token("one ")
        if call.number == 1:
            call.hang()
        call.wait_for(again)
        call.say("two")

    client, inner, model = mesh(script)
    with client.rest_stream("Count", within=60) as stream:
        stream.until("token")
        inner.kill()
        inner.start()
        again.open()
        frames = stream.rest()
    assert only(frames, "result").json["data"]["text"] == "one two"
    # The outer server asked for the same task again: the inner one has only one.
    only_task(inner)
    assert client.task(task_id_of(frames))["status"] == "completed"


def test_an_inner_server_that_stays_away_is_one_clean_error(mesh):
    client, inner, _ = mesh(says("never"))
    inner.kill()
    with client.rest_stream("Count", within=60, max_retries=0) as stream:
        frames = stream.rest()
    assert only(frames, "error").json["code"] in ("AGENT_UNAVAILABLE", "ROUTING_FAILED")


def test_a_wrong_key_for_the_inner_server_is_told_without_the_key(house):
    inner = house.server([model_agent(house.model(says("ok")))])
    wrong = "msk_live_" + "x" * 40
    client = Client(house.server([mesh_agent(inner, wrong)]))
    with client.rest_stream("Count", max_retries=0) as stream:
        frames = stream.rest()
    assert only(frames, "error")
    assert wrong not in stream.raw.decode()
    assert wrong not in client.server.errors.text


@pytest.mark.timeout(180)
def test_keepalives_of_a_silent_inner_task_keep_the_outer_stream_alive(mesh):
    gate = Gate()
    client, _, model = mesh(says_at_gates(["at last"], [gate]))
    with client.rest_stream("Think", within=25) as stream:
        alive = stream.until("keepalive")
        assert alive.json["timestamp"].endswith("Z")
        assert alive.event == "keepalive"
        gate.open()
        assert tokens(stream.rest()) == "at last"
