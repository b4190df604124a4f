"""Conversations of the real binary: over REST, through a client library of MCP, at
the terminal, and across a `kill -9`. With a real model the shape alone is looked at."""

import concurrent.futures

import pytest

from gear.client import Client
from gear.fake_model import echoes, says, says_at_gates
from gear.meshai import model_agent
from gear.sdk import Driver, Way
from gear.sse import only, tokens, types
from gear.waiting import Gate

TALKS = "/api/v1/conversations"
NEW_ERA = Way("mcp2", "http", "2026-07-28", "2026-07-28")
OLD_ERA = Way("mcp1", "http", "legacy", "2025-11-25")


def begin(client, **body):
    answer = client.post(TALKS, body)
    assert answer.status_code == 201, answer.text
    return answer.json()["conversation_id"]


def say(client, conversation, message, **more):
    """A turn, read as a stream to its end."""
    body = {"message": message, **more}
    headers = {"Accept": "text/event-stream"}
    with client.stream("POST", f"{TALKS}/{conversation}/turns", body, headers=headers) as stream:
        return stream.rest()


def answer_of(frames):
    data = only(frames, "result").json["data"]
    return data.get("text", data)


def messages_heard(call):
    return [message["content"] for message in call.body["messages"] if message["role"] != "system"]


def context_of(frames):
    """What the turn says of what was left out; None where nothing was."""
    for frame in frames:
        details = frame.json.get("details", {}) if frame.type == "progress" else {}
        if "context" in details:
            return details["context"]
    return None


def test_several_turns_with_the_real_model_over_rest(house, real_model):
    client = Client(house.server([model_agent(real_model)]))
    conversation = begin(client, title="A lighthouse")
    for message in ("Tell me about a lighthouse.", "Who lives in it?", "How does it end?"):
        frames = say(client, conversation, message)
        assert types(frames).count("token") >= 2
        assert tokens(frames) == answer_of(frames)
    whole = client.get(f"{TALKS}/{conversation}").json()
    assert whole["turn_count"] == 3
    turns = client.get(f"{TALKS}/{conversation}/turns").json()["turns"]
    assert [turn["status"] for turn in turns] == ["completed"] * 3
    # Each turn is told what was said before it: its prompt grows.
    asked = [turn["usage"]["input_tokens"] for turn in turns]
    assert asked == sorted(asked) and asked[0] < asked[2]


@pytest.mark.parametrize("way", [OLD_ERA, NEW_ERA], ids=str)
def test_several_turns_with_the_real_model_through_a_client_library(house, real_model, way):
    client = Client(house.server([model_agent(real_model)]))
    wanted = {"message": "Tell me about a lighthouse."}
    for turn in (1, 2, 3):
        with Driver(way, client.server, client.key, wanted, tool="stream_chat") as driver:
            told = driver.end()
        result = told.one("result")
        assert not result["isError"], result
        assert told.all("progress") and not told.complaints
        conversation = result["structured"]["conversation_id"]
        assert client.get(f"{TALKS}/{conversation}").json()["turn_count"] == turn
        wanted = {"message": "And then?", "conversation_id": conversation}


def test_a_summary_by_the_real_model_stands_in_for_the_oldest_turns(house, real_model):
    client = Client(house.server([model_agent(real_model)]))
    conversation = begin(client, context={"max_turns": 2, "policy": "summarise"})
    for message in ("Name a colour.", "Name a town.", "Name a bird."):
        assert context_of(say(client, conversation, message)) is None
    said = context_of(say(client, conversation, "And now a tree."))
    assert said["turns"] == 3
    assert (said["summarised"], said["dropped"]) == (2, 0)


def test_turns_are_remembered_over_a_kill_and_the_cut_one_is_run_again(house):
    gate = Gate()
    model = house.model(says("Noted."))
    server = house.server([model_agent(model)])
    client = Client(server)
    conversation = begin(client)
    say(client, conversation, "My name is Ann.")
    model.script = says_at_gates(["You are Ann."], [gate])
    with client.stream("POST", f"{TALKS}/{conversation}/turns", {"message": "Who am I?", "stream": True}) as stream:
        stream.until("start")
        task_id = stream.frames[0].json["task_id"]
        server.kill()
    gate.open()
    server.start()
    assert client.wait_until(task_id)["status"] == "completed"
    assert messages_heard(model.calls[-1]) == ["My name is Ann.", "Noted.", "Who am I?"]
    assert client.get(f"{TALKS}/{conversation}").json()["turn_count"] == 2


def test_any_agent_takes_a_turn_and_a_fork_goes_its_own_way(house):
    first, second = house.model(echoes), house.model(echoes)
    client = Client(house.server([model_agent(first, "one"), model_agent(second, "two")]))
    conversation = begin(client, agents=["one"])
    say(client, conversation, "red")
    say(client, conversation, "blue", agent="two")
    assert messages_heard(second.calls[-1]) == ["red", "red ", "blue"]
    fork = begin(client, fork={"conversation_id": conversation, "turn": 1})
    say(client, fork, "green")
    assert messages_heard(first.calls[-1]) == ["red", "red ", "green"]
    turns = client.get(f"{TALKS}/{fork}/turns").json()["turns"]
    assert [turn["number"] for turn in turns] == [1, 2]
    assert client.call("DELETE", f"{TALKS}/{conversation}").status_code == 200
    say(client, fork, "violet")
    assert messages_heard(first.calls[-1])[0] == "red"


def test_of_many_turns_at_once_one_is_said(house):
    gate = Gate()
    model = house.model(says_at_gates(["Done."], [gate]))
    client = Client(house.server([model_agent(model)]))
    conversation = begin(client)

    def ask(number):
        return client.post(f"{TALKS}/{conversation}/turns", {"message": f"Now {number}", "wait": False}).status_code

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(ask, range(8)))
    gate.open()
    assert statuses == [201] + [409] * 7


def test_meshai_chat_says_a_line_a_turn_and_prints_the_answers(house):
    client, model = house.server_with_model(echoes)
    server = client.server
    ended = server.cli("chat", env=server.client_environment(), stdin="Hello there\n\nAgain\n")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == "Hello there \nAgain \n"
    assert messages_heard(model.calls[-1]) == ["Hello there", "Hello there ", "Again"]
