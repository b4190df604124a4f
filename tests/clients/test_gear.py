"""The test gear itself: if this is wrong, nothing else here means anything."""

import json
import socket

import pytest
import requests

from gear.fake_agent import FakeAgent
from gear.fake_model import FakeModel, echoes, refuses, says, says_at_gates
from gear.sse import FrameCutter, parse_frame, story
from gear.streaming import Cut, Stream
from gear.waiting import Gate, eventually

WHOLE = b'event: start\nid: 1\ndata: {"type":"start"}\n\ndata: [DONE]\n\n'


def chat(model, prompt="hello there", stream=True):
    body = {"model": "fake", "stream": stream, "messages": [{"role": "user", "content": prompt}]}
    return Stream(("127.0.0.1", model.port), "POST", "/v1/chat/completions", body)


@pytest.fixture
def model():
    models = []

    def make(script):
        models.append(FakeModel(script))
        return models[-1]

    yield make
    for each in models:
        each.close()


@pytest.mark.parametrize("cut", range(len(WHOLE) + 1))
def test_frames_are_the_same_however_the_bytes_are_cut(cut):
    cutter = FrameCutter()
    frames = cutter.feed(WHOLE[:cut]) + cutter.feed(WHOLE[cut:])
    assert story(frames) == ["start", "[DONE]"]
    assert (frames[0].event, frames[0].id) == ("start", "1")
    assert b"".join(frame.raw for frame in frames) == WHOLE


@pytest.mark.parametrize(
    "raw",
    [
        b"data:{}\n\n",
        b"data: {}\r\n\r\n",
        b": comment\n\n",
        b"retry: 3\ndata: {}\n\n",
        b"id: 1\n\n",
        b"data: a\ndata: b\n\n",
    ],
)
def test_a_frame_the_guides_clients_cannot_read_is_refused(raw):
    with pytest.raises(AssertionError):
        parse_frame(raw)


def test_the_fake_model_streams_what_its_script_says(model):
    frames = chat(model(says("Hel", "lo"))).rest()
    deltas = [f.json["choices"][0]["delta"].get("content") for f in frames if not f.is_done and f.json["choices"]]
    assert [d for d in deltas if d] == ["Hel", "lo"]
    assert frames[-1].is_done


def test_the_fake_model_also_answers_whole(model):
    answer = json.loads(chat(model(echoes), "one two", stream=False).text())
    assert answer["choices"][0]["message"]["content"] == "one two "
    assert answer["usage"]["completion_tokens"] == 2


def test_a_token_waits_for_its_gate(model):
    gates = [Gate(), Gate()]
    fake = model(says_at_gates(["a", "b"], gates))
    gates[0].open()
    with chat(fake) as stream:
        stream.take(2)
        assert not stream._ready
        gates[1].open()
        assert stream.rest()[-1].is_done


def test_a_refusal_carries_its_headers(model):
    answer = chat(model(refuses(429, Retry_After="7")))
    assert (answer.status, answer.headers["retry-after"]) == (429, "7")


def test_a_cut_answer_is_seen_as_cut(model):
    def script(call):
        call.token("half")
        call.cut()

    with chat(model(script)) as stream, pytest.raises(Cut):
        stream.rest()


def test_the_fake_model_notices_within_a_second_that_its_caller_left(model):
    fake = model(lambda call: call.hang())
    caller = socket.create_connection(("127.0.0.1", fake.port))
    caller.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")
    call = fake.wait_for_call()
    caller.close()
    assert eventually(lambda: call.gone_at, within=1)


def test_the_fake_agent_answers_whole_and_in_events():
    def script(call):
        if call.number == 1:
            return call.complete({"sum": 3})
        call.event(type="progress", message="half", progress=50)
        call.event(type="result", data={"sum": 3})
        return call.done()

    agent = FakeAgent(script)
    try:
        whole = requests.post(agent.url + "/execute", json={"task_id": "t", "payload": {}}, timeout=5)
        assert whole.json()["result"] == {"sum": 3}
        with Stream(("127.0.0.1", agent.port), "POST", "/execute", {"task_id": "t", "payload": {}}) as stream:
            assert story(stream.rest()) == ["progress", "result", "[DONE]"]
    finally:
        agent.close()


def test_waiting_for_what_never_happens_says_what_it_saw():
    with pytest.raises(AssertionError, match="last answer: 0"):
        eventually(lambda: 0, within=0.05)
