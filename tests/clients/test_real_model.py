"""A real model, token by token, through the whole path. Shape and order only:
the model is small and knows nothing."""

import pytest

from gear.client import Client, task_id_of
from gear.mcp import NEW, OLD
from gear.meshai import model_agent
from gear.newsroom import assert_a_sound_stream, ends_of, over_mcp, steps_of, text_of
from gear.sdk import Driver, Way
from gear.sse import only, story, tokens, types

TASK = "Tell me a story about a lighthouse."
ARTICLE = {
    "name": "article",
    "steps": [
        {"id": "draft", "task": "Write two sentences about ${input.topic}."},
        {"id": "critique", "after": ["draft"], "task": "Say what is weak in this text:\n${steps.draft.result}"},
        {"id": "revise", "after": ["critique"],
         "task": "Write it again.\n${steps.draft.result}\nMind this:\n${steps.critique.result}"},
    ],
}


@pytest.fixture
def client(house, real_model):
    return Client(house.server([model_agent(real_model)]))


def assert_streamed_live(frames):
    """Many tokens, each in a frame of its own, which joined are the answer."""
    assert types(frames).count("token") >= 8
    answer = only(frames, "result").json["data"]
    text = answer if isinstance(answer, str) else answer.get("result", answer.get("text"))
    assert tokens(frames) == text


def test_the_model_streams_over_mcp(client):
    with client.mcp_stream(TASK) as stream:
        frames = stream.rest()
    assert_streamed_live(frames)
    assert [t for t in story(frames) if t not in ("progress", "token")] == [
        "start",
        "result",
        "complete",
        "response",
        "[DONE]",
    ]
    assert only(frames, "complete").json["duration_ms"] > 0
    response = only(frames, "response").json
    assert response["id"] == "123"
    assert response["result"]["status"] == "completed"
    assert response["result"]["content"][0]["text"] == tokens(frames)


def test_the_model_streams_over_rest(client):
    with client.rest_stream(TASK) as stream:
        frames = stream.rest()
    assert_streamed_live(frames)
    task = client.task(task_id_of(frames))
    assert task["status"] == "completed"


def test_the_first_token_is_seen_while_the_model_still_writes(client):
    with client.mcp_stream(TASK) as stream:
        stream.until("token")
        task = client.task(task_id_of(stream.frames))
        assert task["status"] == "executing"
        stream.rest()


def test_meshai_run_prints_progress_on_stderr_and_only_the_result_on_stdout(client):
    ended = client.server.client("run", TASK, within=60)
    assert ended.returncode == 0, ended.stderr
    newest = client.get("/api/v1/tasks?limit=1").json()[0]
    result = client.task(newest["task_id"])["result"]
    text = result if isinstance(result, str) else result.get("result", result.get("text"))
    assert ended.stdout == text.rstrip("\n") + "\n"
    assert ended.stderr.strip()


# --- workflows


def step_tokens(frames, step):
    """What the model wrote in this step, as it was seen on the workflow's own stream."""
    return "".join(frame.json["text"] for frame in frames if frame.type == "token" and frame.json["step"] == step)


def results_of_steps(client, task_id):
    return {step["step"]: step["result"] for step in client.task(task_id)["steps"]}


def test_a_draft_is_criticised_and_revised(client):
    wanted = {"workflow_type": "graph", "payload": ARTICLE, "input": {"topic": "a lighthouse"}}
    frames = over_mcp(client, "submit_workflow", **wanted)
    assert_a_sound_stream(frames)
    steps = ["draft", "critique", "revise"]
    assert steps_of(frames) == [f"{step} {state}" for step in steps for state in ("started", "executing", "completed")]
    results = results_of_steps(client, task_id_of(frames))
    for step in steps:
        assert results[step] and step_tokens(frames, step) == results[step]
    assert text_of(frames) == results["revise"]
    # Each step was given what the ones before it wrote: the model has read more and more.
    usages = [client.task(step["task_id"])["usage"] for step in client.task(task_id_of(frames))["steps"]]
    critique, draft, revise = (usage["input_tokens"] for usage in usages)
    assert draft < critique < revise
    whole = client.task(task_id_of(frames))["usage"]
    assert whole["input_tokens"] == draft + critique + revise


@pytest.mark.parametrize("way", [Way("mcp1", "http", "legacy", OLD), Way("mcp2", "http", "auto", NEW)], ids=str)
def test_a_client_library_sees_the_three_steps_progress(client, way):
    wanted = {"workflow_type": "graph", "payload": ARTICLE, "input": {"topic": "a lighthouse"}}
    with Driver(way, client.server, client.key, wanted, tool="submit_workflow") as driver:
        told = driver.end()
    lines = [line for line in told.until("result") if line["said"] == "progress"]
    numbers = [line["progress"] for line in lines]
    assert numbers == sorted(set(numbers)) and len(numbers) >= 3
    said = [line["message"] or "" for line in lines]
    first = [next(at for at, message in enumerate(said) if step in message) for step in ("draft", "critique", "revise")]
    assert first == sorted(first)
    result = told.one("result")
    assert not result["isError"]
    assert result["text"] == results_of_steps(client, result["structured"]["task_id"])["revise"]
    assert not told.complaints and "Traceback" not in told.errors


@pytest.fixture
def two_minds(house, real_model):
    """One model behind two agents; what the second is always told is much longer."""
    poet = {"instructions": "You are a poet."}
    engineer = {"instructions": "You are an engineer. " + "You answer in plain, short and sober sentences. " * 6}
    agents = [model_agent(real_model, "poet", **poet), model_agent(real_model, "engineer", **engineer)]
    return Client(house.server(agents))


def test_two_minds_work_on_one_task_and_one_text_comes_of_it(two_minds):
    together = {"agents": ["poet", "engineer"], "routing_strategy": "collaborative"}
    frames = over_mcp(two_minds, "mesh_execute", task="Describe a lighthouse.", **together)
    assert_a_sound_stream(frames)
    assert len(ends_of(frames)) == 3 and set(ends_of(frames).values()) == {"completed"}, steps_of(frames)
    told = steps_of(frames)
    (last,) = [line.split()[0] for line in told[-1:]]
    assert told.index(f"{last} started") > max(
        at for at, line in enumerate(told) if line.endswith("completed") and not line.startswith(last)
    ), "what is made of both comes after both"
    results = results_of_steps(two_minds, task_id_of(frames))
    assert text_of(frames) == results[last] == step_tokens(frames, last)
    both = [step for step in two_minds.task(task_id_of(frames))["steps"] if step["step"] != last]
    read = {step["agent_id"]: two_minds.task(step["task_id"])["usage"]["input_tokens"] for step in both}
    # The same task, and each with instructions of its own: the longer ones were read, too.
    assert read["engineer"] > read["poet"] + 40


def test_the_familys_call_shows_what_each_of_two_minds_wrote(two_minds):
    body = {"task": "Describe a lighthouse.", "agents": ["poet", "engineer"], "routing_strategy": "parallel"}
    answer = two_minds.post("/multi-agent/execute", body, within=60)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert set(told["agent_results"]) == {"poet", "engineer"} and told["summary"]
    assert all(one["result"] for one in told["agent_results"].values())
