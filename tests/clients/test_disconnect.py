"""What happens to a task when its client goes away, and when somebody cancels it."""

import json

import pytest

from gear.client import Client, mesh_execute, task_id_of
from gear.fake_model import says, says_at_gates
from gear.meshai import http_agent, model_agent
from gear.raw import RawConnection, request
from gear.sse import only, types
from gear.waiting import Gate, eventually


def hangs_after_a_token(call):
    call.token("so far")
    call.hang()


def cut_after_the_first_token(stream):
    """Kills the client in the middle; gives the id of its task."""
    stream.until("token")
    stream.cut()
    return task_id_of(stream.frames)


def test_cancel_on_disconnect_reaches_the_agent_within_a_second(house):
    client, model = house.server_with_model(hangs_after_a_token)
    task_id = cut_after_the_first_token(client.rest_stream("Think", on_disconnect="cancel"))
    eventually(lambda: model.calls[0].gone_at, within=1, why="The agent's connection closed")
    task = client.wait_until(task_id, "cancelled")
    assert "disconnect" in str(task).lower()


def test_cancel_on_disconnect_works_in_the_guides_call_too(house):
    client, model = house.server_with_model(hangs_after_a_token)
    task_id = cut_after_the_first_token(client.mcp_stream("Think", on_disconnect="cancel"))
    eventually(lambda: model.calls[0].gone_at, within=1, why="The agent's connection closed")
    client.wait_until(task_id, "cancelled")


def test_the_guides_endpoint_lets_the_task_go_on_by_default(house):
    gates = [Gate(), Gate()]
    client, model = house.server_with_model(says_at_gates(["one ", "two"], gates))
    gates[0].open()
    task_id = cut_after_the_first_token(client.mcp_stream("Count"))
    gates[1].open()
    assert client.wait_until(task_id, "completed")["result"]
    assert model.calls[0].gone_at is None


def test_grace_waits_for_the_client_to_come_back(house):
    gate = Gate()

    def script(call):
        call.token("so far, ")
        call.wait_for(gate)
        call.say("so good")

    client, model = house.server_with_model(script, limits={"disconnect_grace": "60s"})
    stream = client.rest_stream("Think", on_disconnect="grace")
    task_id = cut_after_the_first_token(stream)
    with client.attach(task_id, last_event_id=stream.frames[-1].id) as again:
        gate.open()
        assert types(again.rest())[-1] == "[DONE]"
    assert client.task(task_id)["status"] == "completed"


def test_grace_ends_the_task_of_a_client_that_stays_away(house):
    client, model = house.server_with_model(hangs_after_a_token, limits={"disconnect_grace": "200ms"})
    task_id = cut_after_the_first_token(client.rest_stream("Think", on_disconnect="grace"))
    client.wait_until(task_id, "cancelled")
    eventually(lambda: model.calls[0].gone_at, within=1)


def test_the_task_of_two_clients_goes_on_until_both_have_left(house):
    client, model = house.server_with_model(hangs_after_a_token)
    first = client.rest_stream("Think", on_disconnect="cancel")
    first.until("token")
    second = client.attach(task_id_of(first.frames))
    second.until("token")
    first.cut()
    eventually(lambda: client.task(task_id_of(second.frames))["status"] == "executing")
    assert model.calls[0].gone_at is None
    second.cut()
    eventually(lambda: model.calls[0].gone_at, within=1, why="The agent's connection closed")


def test_delete_cancels_and_every_follower_sees_one_ending(house):
    client, model = house.server_with_model(hangs_after_a_token)
    with client.mcp_stream("Think") as stream:
        stream.until("token")
        task_id = task_id_of(stream.frames)
        answer = client.cancel(task_id)
        assert answer.status_code == 200
        assert answer.json()["status"] == "cancelled" and answer.json()["task_id"] == task_id
        frames = stream.rest()
    eventually(lambda: model.calls[0].gone_at, within=1, why="The agent's connection closed")
    assert only(frames, "error").json["code"] == "CANCELLED"
    assert only(frames, "response").json["result"]["isError"] is True
    assert types(frames)[-1] == "[DONE]"


def test_a_finished_task_cannot_be_cancelled(house):
    client, _ = house.server_with_model(says("ok"))
    task_id = client.submit("Write")
    client.wait_until(task_id, "completed")
    # Wire 4.1: the family's client takes 400 as "finished already".
    assert client.cancel(task_id).status_code == 400
    assert client.task(task_id)["status"] == "completed"
    assert client.cancel("t_unknown").status_code == 404


@pytest.mark.parametrize("path", ["/v1/mcp", "/api/v1/execute"])
def test_a_waiting_call_that_leaves_does_not_end_its_task(house, path):
    gate = Gate()
    client, model = house.server_with_model(says_at_gates(["done"], [gate]))
    body = mesh_execute("Write") if path == "/v1/mcp" else {"task": "Write"}
    head = [f"Authorization: Bearer {client.key}", "Content-Type: application/json", "Accept: application/json"]
    with RawConnection(client.server) as connection:
        connection.send(request("POST", path, head, json.dumps(body).encode()))
        model.wait_for_call()
    gate.open()
    newest = client.get("/api/v1/tasks?limit=1").json()[0]["task_id"]
    assert client.wait_until(newest)["status"] == "completed"


def test_a_task_ends_at_its_own_deadline_and_the_agent_hears_of_it(house):
    client, model = house.server_with_model(hangs_after_a_token)
    with client.rest_stream("Think", timeout_seconds=1) as stream:
        error = only(stream.rest(), "error").json
    assert error["code"] == "TIMEOUT"
    eventually(lambda: model.calls[0].gone_at, within=1, why="The agent's connection closed")


def test_cancelling_a_task_that_waits_in_a_queue_never_calls_the_agent(house):
    model = house.model(hangs_after_a_token)
    client = Client(house.server([model_agent(model, max_concurrent_tasks=1)]))
    client.submit("Think")
    model.wait_for_call()
    waiting = client.submit("Think, too")
    assert client.cancel(waiting).status_code == 200
    assert client.task(waiting)["status"] == "cancelled"
    assert len(model.calls) == 1


def test_a_cancelled_execute_agent_sees_its_connection_close(house):
    agent = house.agent(lambda call: call.hang())
    client = Client(house.server([http_agent(agent)]))
    task_id = client.submit("Work")
    call = agent.wait_for_call()
    client.cancel(task_id)
    eventually(lambda: call.gone_at, within=1, why="The agent's connection closed")
