"""The server ends on purpose, and old tasks go."""

import pytest
import requests

from gear.client import Client, task_id_of
from gear.fake_model import echoes, says_at_gates
from gear.meshai import free_port, http_agent, model_agent
from gear.sse import types
from gear.waiting import Gate, eventually, patient


def joined(frames):
    return b"".join(frame.raw for frame in frames if frame.type != "keepalive")


def test_sigterm_with_nothing_to_do_ends_at_once_with_code_0(house):
    client, _ = house.server_with_model(echoes)
    client.wait_until(client.submit("Write"))
    assert client.server.stop() == 0


def test_sigterm_lets_a_running_task_finish_and_its_stream_end_whole(house):
    gates = [Gate(), Gate()]
    client, _ = house.server_with_model(says_at_gates(["one ", "two"], gates))
    gates[0].open()
    with client.mcp_stream("Count") as stream:
        stream.until("token")
        client.server.terminate()
        gates[1].open()
        seen = read_until_it_ends(stream)
    assert client.server.process.wait(patient(20)) == 0
    client.server.start()
    with client.attach(task_id_of(seen), last_event_id=last_id(seen)) as stream:
        assert types(stream.rest())[-1] == "[DONE]"
    assert client.wait_until(task_id_of(seen))["status"] == "completed"


def read_until_it_ends(stream):
    """The frames until the stream ends, which during a drain may be before [DONE]."""
    while stream.next() is not None:
        pass
    return stream.frames


def last_id(frames):
    return next(frame.id for frame in reversed(frames) if frame.id)


def test_sigterm_ends_streams_with_an_id_to_resume_from(house):
    again = Gate()

    def script(call):
        call.token("before ")
        if call.number == 1:
            call.hang()
        call.wait_for(again)
        call.say("after")

    model = house.model(script)
    server = house.server([model_agent(model)], port=free_port(), server={"drain_time": "500ms"})
    client = Client(server)
    with client.rest_stream("Count") as stream:
        stream.until("token")
        server.terminate()
        # Ended whole frame by whole frame, not cut: a Cut would be raised here.
        before = read_until_it_ends(stream)
    assert server.process.wait(patient(20)) == 0
    assert not before[-1].is_done
    server.start()
    again.open()
    with client.attach(task_id_of(before), last_event_id=last_id(before)) as stream:
        after = stream.rest()
    with client.attach(task_id_of(before), after=0) as stream:
        assert joined(before) + joined(after) == joined(stream.rest())
    assert client.task(task_id_of(before))["status"] == "completed"


def test_a_draining_server_listens_no_more_and_says_so(house):
    gate = Gate()
    client, model = house.server_with_model(says_at_gates(["late"], [gate]))
    with client.rest_stream("Think") as stream:
        model.wait_for_call()
        client.server.terminate()

        def is_closed():
            try:
                requests.get(client.server.url + "/readyz", timeout=patient(2))
            except requests.ConnectionError:
                return True
            return False

        eventually(is_closed, within=5)
        gate.open()
        read_until_it_ends(stream)
    assert client.server.process.wait(patient(20)) == 0


MANY = {"finished_tasks_max": 5}
LARGE = {"size_max": "16MiB"}


@pytest.mark.parametrize("bound", [MANY, LARGE], ids=str)
def test_the_oldest_finished_tasks_make_room_and_are_answered_as_gone(house, bound):
    """Retention by number and by size; its first round is at the start of the server."""
    result = "z" * (3 << 20 if bound is LARGE else 100)
    agent = house.agent(lambda call: call.complete(result))
    client = Client(house.server([http_agent(agent)], store=bound))
    ids = [client.submit("Write a lot") for _ in range(8)]
    for task_id in ids:
        client.wait_until(task_id, "completed")
    first, last = min(ids, key=end_of(client)), max(ids, key=end_of(client))
    with client.attach(first) as stream:
        place = last_id(stream.take(3))
    assert client.server.stop() == 0
    client.server.start()

    eventually(lambda: client.get(f"/api/v1/tasks/{first}").status_code == 410, within=20, why="The first task went")
    for answer in (client.attach(first), client.attach(first, last_event_id=place)):
        assert answer.status == 410
        assert "GONE" in answer.text()
    assert client.task(last)["status"] == "completed"
    stranger = Client(client.server, client.server.key("another"))
    assert stranger.get(f"/api/v1/tasks/{first}").status_code == 404


def end_of(client):
    """When a task ended, for ordering tasks by it."""
    return lambda task_id: client.task(task_id)["completed_at"]
