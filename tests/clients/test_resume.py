"""Cut anywhere, come back, and have every byte once."""

import pytest

from gear.client import task_id_of
from gear.fake_model import says, says_at_gates
from gear.sse import types
from gear.waiting import Gate

TOKENS = ["The ", "train ", "enters ", "a ", "tunnel."]


def joined(frames):
    """The bytes of a stream. A keepalive tells the time, has no id, and is never repeated."""
    return b"".join(frame.raw for frame in frames if frame.type != "keepalive")


def last_id(frames):
    """Where the client stands: the id it saw last, or nothing."""
    return next((frame.id for frame in reversed(frames) if frame.id), None)


def tells_of_the_start(frame):
    """The progress event that says that the agent has begun."""
    return frame.type == "progress" and "attempt" in frame.json.get("details", {})


def uncut(client, task_id):
    with client.attach(task_id, after=0) as stream:
        return stream.rest()


@pytest.fixture
def finished(house):
    """A client and the id of a task that has ended."""
    client, _ = house.server_with_model(says(*TOKENS))
    task_id = client.submit("Write about trains")
    client.wait_until(task_id, "completed")
    return client, task_id


def test_a_replay_is_the_live_stream_byte_for_byte(house):
    client, _ = house.server_with_model(says(*TOKENS))
    with client.rest_stream("Write about trains") as stream:
        live = stream.rest()
    assert joined(uncut(client, task_id_of(live))) == joined(live)


@pytest.mark.parametrize("way", ["Last-Event-ID", "?after="])
def test_a_stream_cut_at_every_event_joins_to_the_uncut_one(finished, way):
    client, task_id = finished
    whole = uncut(client, task_id)
    for cut in range(1, len(whole)):
        with client.attach(task_id) as stream:
            seen = stream.take(cut)
            stream.cut()
        place = last_id(seen)
        resumed = {"last_event_id": place} if way == "Last-Event-ID" else {"after": place}
        with client.attach(task_id, **resumed) as stream:
            seen = seen + stream.rest()
        assert joined(seen) == joined(whole), f"cut after {cut} of {len(whole)} frames, at id {place}"


def test_a_live_task_whose_client_is_cut_after_every_event_loses_nothing(house):
    gates = [Gate() for _ in TOKENS]
    client, _ = house.server_with_model(says_at_gates(TOKENS, gates))
    seen = []
    with client.rest_stream("Write about trains") as stream:
        seen += stream.take(1)
        stream.cut()
    task_id = task_id_of(seen)
    waiting = iter(gates)
    while not seen[-1].is_done:
        with client.attach(task_id, last_event_id=last_id(seen)) as stream:
            # The next token is let out only after the client is back: it is seen live.
            if tells_of_the_start(seen[-1]) or seen[-1].type == "token":
                next(waiting, Gate()).open()
            seen += stream.take(1)
            stream.cut()
    assert joined(seen) == joined(uncut(client, task_id))


def test_two_followers_from_different_starts_see_the_same_end(house):
    gates = [Gate() for _ in TOKENS]
    client, _ = house.server_with_model(says_at_gates(TOKENS, gates))
    task_id = client.submit("Write about trains")
    gates[0].open()
    with client.attach(task_id) as early:
        early.until("token")
        with client.attach(task_id, last_event_id=early.frames[-1].id) as late:
            for gate in gates[1:]:
                gate.open()
            behind = late.rest()
        assert joined(early.rest()).endswith(joined(behind))
        assert len(early.frames) > len(behind)


def test_a_follower_that_has_seen_all_gets_only_the_end(finished):
    client, task_id = finished
    with client.attach(task_id, last_event_id=last_id(uncut(client, task_id))) as stream:
        assert types(stream.rest()) == ["[DONE]"]


def test_an_event_id_of_another_task_is_refused(finished):
    client, task_id = finished
    other = client.submit("Write about ships")
    client.wait_until(other, "completed")
    foreign = last_id(uncut(client, other))
    for stream in (client.attach(task_id, last_event_id=foreign), client.attach(task_id, after=foreign)):
        assert stream.status == 400
        assert "task" in stream.text()


@pytest.mark.parametrize("bad", ["abc", "-1", "1.5", "99999999999999999999999", "1e3", "%00"])
def test_an_event_id_that_is_no_number_is_refused(finished, bad):
    client, task_id = finished
    assert client.attach(task_id, after=bad).status == 400


def test_the_listed_events_are_numbered_from_one_without_gaps(finished):
    client, task_id = finished
    events = client.events(task_id)
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert client.events(task_id, after=3) == events[3:]


def test_posting_the_guides_call_again_with_its_key_and_place_continues_the_stream(house):
    """An MCP client knows only its own request: the same call, the same key, and where it was."""
    client, model = house.server_with_model(says(*TOKENS))
    key = {"Idempotency-Key": "trains-1"}
    with client.mcp_stream("Write about trains", headers=key) as stream:
        whole = stream.rest()
    for cut in range(1, len(whole)):
        place = last_id(whole[:cut])
        with client.mcp_stream("Write about trains", headers={**key, "Last-Event-ID": place}) as stream:
            assert joined(whole[:cut]) + joined(stream.rest()) == joined(whole), f"cut after {cut} frames"
    assert len(model.calls) == 1


def test_a_reader_that_reads_nothing_for_a_while_catches_up_from_the_log(house):
    """4 MiB do not fit into the buffers of a connection; the task ends all the same."""
    piece = "y" * 4096
    client, _ = house.server_with_model(lambda call: call.say(*[piece] * 1024))
    with client.rest_stream("Write a lot") as slow:
        slow.take(1)
        client.wait_until(task_id_of(slow.frames), "completed")
        text = "".join(f.json["text"] for f in slow.rest() if f.type == "token")
    assert text == piece * 1024
