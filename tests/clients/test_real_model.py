"""A real model, token by token, through the whole path. Shape and order only:
the model is small and knows nothing."""

import pytest

from gear.client import Client, task_id_of
from gear.meshai import model_agent
from gear.sse import only, story, tokens, types

TASK = "Tell me a story about a lighthouse."


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
