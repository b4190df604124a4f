"""One key, one task, one call of the agent."""

import threading

import pytest

from gear.client import Client, mesh_execute, task_id_of
from gear.fake_model import echoes
from gear.sse import only, types

PARALLEL = 100


def all_at_once(count, action):
    """Runs the action in `count` threads that start together; gives what they gave."""
    start = threading.Barrier(count)
    given = [None] * count

    def run(number):
        start.wait()
        given[number] = action(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given


def test_a_hundred_parallel_submits_with_one_key_are_one_task_and_one_call(house):
    client, model = house.server_with_model(echoes)
    body = {"input": "Write a poem", "task_type": "creative"}

    def submit(_):
        answer = Client(client.server, client.key).post("/api/v1/tasks", body, headers={"Idempotency-Key": "poem-1"})
        return answer.status_code, answer.json().get("task_id")

    answers = all_at_once(PARALLEL, submit)
    assert {status for status, _ in answers} <= {200, 201}
    assert len({task_id for _, task_id in answers}) == 1
    client.wait_until(answers[0][1], "completed")
    assert len(client.get("/api/v1/tasks?limit=1000").json()) == 1
    assert len(model.calls) == 1


def test_a_hundred_parallel_streams_with_one_key_see_the_same_bytes(house):
    client, model = house.server_with_model(echoes)

    def stream(_):
        with client.rest_stream("Write a poem", headers={"Idempotency-Key": "poem-1"}) as stream:
            stream.rest()
            return stream.raw

    assert len(set(all_at_once(PARALLEL, stream))) == 1
    assert len(model.calls) == 1


@pytest.mark.parametrize("path", ["/api/v1/tasks", "/api/v1/tasks/stream", "/api/v1/execute"])
def test_the_same_key_with_other_arguments_is_a_conflict(house, path):
    client, model = house.server_with_model(echoes)
    headers = {"Idempotency-Key": "k-1", "Accept": "*/*"}
    first = client.post(path, {"task": "Write a poem"}, headers=headers)
    assert first.status_code in (200, 201), first.text
    other = client.post(path, {"task": "Write a novel"}, headers=headers)
    assert other.status_code == 409
    assert other.json()["code"] == "CONFLICT"
    assert all(call.prompt != "Write a novel" for call in model.calls)


def test_the_same_key_with_other_arguments_is_a_conflict_in_json_rpc_too(house):
    client, model = house.server_with_model(echoes)
    key = {"Idempotency-Key": "k-1"}
    client.post("/v1/mcp", mesh_execute("Write a poem"), headers=key)
    answer = client.post("/v1/mcp", mesh_execute("Write a novel"), headers=key).json()
    assert answer["error"]["data"]["code"] == "CONFLICT"
    with client.mcp_stream("Write a novel", headers=key) as stream:
        frames = stream.rest()
    assert types(frames) == ["error", "response", "[DONE]"]
    assert frames[0].json["code"] == "CONFLICT"
    assert all(call.prompt != "Write a novel" for call in model.calls)


def test_the_key_belongs_to_the_tenant(house):
    client, model = house.server_with_model(echoes)
    stranger = Client(client.server, client.server.key("another"))
    ids = {who.submit("Write a poem", headers={"Idempotency-Key": "k-1"}) for who in (client, stranger)}
    assert len(ids) == 2


def test_the_key_is_remembered_across_a_restart_and_across_doors(house):
    client, model = house.server_with_model(echoes)
    key = {"Idempotency-Key": "k-1"}
    task_id = client.submit("Write a poem", headers=key)
    client.wait_until(task_id, "completed")
    client.server.kill()
    client.server.start()
    assert client.submit("Write a poem", headers=key) == task_id
    with client.rest_stream("Write a poem", headers=key) as stream:
        assert task_id_of(stream.rest()) == task_id
    assert len(model.calls) == 1


def test_no_key_means_a_new_task_each_time(house):
    client, _ = house.server_with_model(echoes)
    assert client.submit("Write a poem") != client.submit("Write a poem")


def test_a_key_that_is_too_long_is_refused(house):
    client, model = house.server_with_model(echoes)
    answer = client.post("/api/v1/tasks", {"input": "x"}, headers={"Idempotency-Key": "k" * 300})
    assert answer.status_code == 400
    assert not model.calls


def test_a_repeated_guides_call_gives_the_same_task_and_its_own_request_id(house):
    client, model = house.server_with_model(echoes)
    key = {"Idempotency-Key": "k-1"}
    answers = []
    for id in ("first", "second"):
        with client.stream("POST", "/v1/mcp/stream", mesh_execute("Write a poem", id=id), key) as stream:
            answers.append(stream.rest())
    assert task_id_of(answers[0]) == task_id_of(answers[1])
    assert [only(frames, "response").json["id"] for frames in answers] == ["first", "second"]
    assert len(model.calls) == 1
