"""What stands on the wire, byte for byte and in order."""

import re

import pytest

from gear.client import Client, mesh_execute
from gear.fake_model import refuses, says, says_at_gates
from gear.sse import only, story, tokens, types
from gear.waiting import Gate

STREAM_HEADERS = {
    "content-type": "text/event-stream",
    "cache-control": "no-cache",
    "connection": "keep-alive",
    "x-accel-buffering": "no",
}
RFC3339 = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")


def open_streams(client):
    """Every way to have a task streamed that a client may take."""
    execute = {"task": "Write a poem", "stream": True}
    return {
        "/v1/mcp/stream": lambda: client.mcp_stream("Write a poem"),
        "/v1/mcp": lambda: client.stream("POST", "/v1/mcp", mesh_execute("Write a poem")),
        "/api/v1/tasks/stream": lambda: client.rest_stream("Write a poem"),
        "/api/v1/execute": lambda: client.stream("POST", "/api/v1/execute", execute),
    }


PATHS = ["/v1/mcp/stream", "/v1/mcp", "/api/v1/tasks/stream", "/api/v1/execute"]


@pytest.mark.parametrize("path", PATHS)
def test_the_four_headers_are_there_before_the_task_ends(house, path):
    gate = Gate()
    client, _ = house.server_with_model(says_at_gates(["late"], [gate]))
    with open_streams(client)[path]() as stream:
        assert stream.status == 200
        for name, value in STREAM_HEADERS.items():
            assert stream.headers.get(name, "").split(";")[0] == value, name
        assert stream.next().type == "start"
        gate.open()
        assert stream.rest()[-1].is_done


@pytest.mark.parametrize("path", PATHS)
def test_the_order_is_start_steps_result_complete_response_done(house, path):
    client, _ = house.server_with_model(says("ro", "ses"))
    with open_streams(client)[path]() as stream:
        frames = stream.rest()
    has_response = path.startswith("/v1/mcp")
    ending = ["result", "complete", *(["response"] if has_response else []), "[DONE]"]
    kinds = types(frames)
    assert kinds[0] == "start"
    assert kinds[-len(ending) :] == ending
    assert set(kinds[1 : -len(ending)]) <= {"progress", "token"}
    assert tokens(frames) == "roses"
    assert stream.raw.endswith(b"data: [DONE]\n\n")


@pytest.mark.parametrize("path", PATHS)
def test_on_failure_the_error_comes_before_the_response_and_done(house, path):
    client, _ = house.server_with_model(refuses(400, "No."))
    with open_streams(client)[path]() as stream:
        frames = stream.rest()
    kinds = types(frames)
    ending = ["error", *(["response"] if path.startswith("/v1/mcp") else []), "[DONE]"]
    assert kinds[-len(ending) :] == ending
    assert not {"result", "complete"} & set(kinds)
    error = only(frames, "error").json
    assert error["code"] == "TASK_EXECUTION_FAILED"
    assert error["message"]


def test_a_failed_task_is_a_tool_error_and_not_a_protocol_error(house):
    client, _ = house.server_with_model(refuses(400, "No."))
    with client.mcp_stream("Write a poem") as stream:
        response = only(stream.rest(), "response").json
    assert response["id"] == "123" and "error" not in response
    assert response["result"]["isError"] is True
    assert response["result"]["status"] == "failed"


def test_every_event_has_the_fields_of_the_guide(house):
    client, _ = house.server_with_model(says("a", "b"))
    with client.mcp_stream("Write a poem") as stream:
        frames = stream.rest()
    start = only(frames, "start").json
    assert start["message"] and RFC3339.match(start["timestamp"])
    percents = [f.json["progress"] for f in frames if f.type == "progress"]
    assert percents == sorted(percents) and all(0 <= p <= 100 for p in percents)
    assert all(f.json["message"] for f in frames if f.type == "progress")
    result = only(frames, "result").json
    assert isinstance(result["data"], dict) and result["progress"] == 100
    complete = only(frames, "complete").json
    assert complete["status"] == "completed" and isinstance(complete["duration_ms"], int)


def test_custom_events_are_named_and_numbered_and_json_rpc_is_not_a_custom_event(house):
    client, _ = house.server_with_model(says("a", "b"))
    with client.mcp_stream("Write a poem") as stream:
        frames = stream.rest()
    custom = [f for f in frames if f.type not in ("response", "[DONE]", "keepalive")]
    # MCP SDKs read every unnamed event as JSON-RPC, so ours carry their type as a name.
    assert all(f.event == f.type for f in custom)
    assert all(f.event in ("", "message") for f in frames if f.type == "response")
    numbers = [int(f.id) for f in custom if f.id]
    assert numbers == sorted(numbers) and numbers[0] >= 1


@pytest.mark.parametrize("id", ["123", 7, 0, -1, "", 'a b "c" \\ é 漢'])
def test_the_response_has_the_id_of_the_request_with_its_json_type(house, id):
    client, _ = house.server_with_model(says("ok"))
    with client.stream("POST", "/v1/mcp/stream", mesh_execute("Write", id=id)) as stream:
        answered = only(stream.rest(), "response").json["id"]
    assert answered == id and type(answered) is type(id)


def test_the_stream_closes_after_done(house):
    client, _ = house.server_with_model(says("ok"))
    with client.mcp_stream("Write a poem") as stream:
        stream.until("[DONE]")
        assert stream.next() is None


def test_text_from_a_model_cannot_forge_frames(house):
    evil = ["\n\ndata: [DONE]\n\n", "data: {}\r\n", "event: error\n", "\u2028\u2029\x00\x85", "</script>"]
    client, _ = house.server_with_model(says(*evil))
    with client.mcp_stream("Write a poem") as stream:
        frames = stream.rest()
    assert tokens(frames) == "".join(evil)
    assert story(frames)[-1] == "[DONE]" and types(frames).count("[DONE]") == 1


def test_a_client_that_accepts_only_json_gets_406_with_the_fix(house):
    client, _ = house.server_with_model(says("ok"))
    answer = client.post("/v1/mcp/stream", mesh_execute("Write"), headers={"Accept": "application/json"})
    assert answer.status_code == 406
    assert "text/event-stream" in answer.text


def test_curls_default_accept_streams(house):
    client, _ = house.server_with_model(says("ok"))
    with client.stream("POST", "/v1/mcp/stream", mesh_execute("Write"), {"Accept": "*/*"}) as stream:
        assert stream.rest()[-1].is_done


def test_the_json_endpoint_answers_whole_with_the_same_id(house):
    client, _ = house.server_with_model(says("ro", "ses"))
    answer = client.post("/v1/mcp", mesh_execute("Write a poem"), headers={"Accept": "application/json"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].split(";")[0] == "application/json"
    body = answer.json()
    assert body["id"] == "123" and body["result"]["content"][0]["text"] == "roses"


def test_a_client_of_mcp_gets_progress_notifications_and_the_response_and_nothing_else(house):
    """Accept with both types and a progressToken: the dialect of the SDKs."""
    client, _ = house.server_with_model(says("ro", "ses"))
    body = mesh_execute("Write a poem", id=7)
    body["params"]["_meta"] = {"progressToken": "p-1"}
    with client.stream("POST", "/v1/mcp", body, {"Accept": "application/json, text/event-stream"}) as stream:
        messages = [frame.json for frame in stream.rest()]
    *progress, response = messages
    assert progress and all(m["method"] == "notifications/progress" for m in progress)
    assert all(m["params"]["progressToken"] == "p-1" for m in progress)
    numbers = [m["params"]["progress"] for m in progress]
    assert numbers == sorted(set(numbers)), "MCP: the progress value MUST increase with each notification"
    assert response["id"] == 7 and response["result"]["content"][0]["text"] == "roses"


def test_a_client_of_mcp_that_wants_no_progress_gets_json(house):
    client, _ = house.server_with_model(says("ok"))
    headers = {"Accept": "application/json, text/event-stream"}
    answer = client.post("/v1/mcp", mesh_execute("Write a poem"), headers=headers)
    assert answer.json()["result"]["status"] == "completed"


def test_the_handshake_of_mcp_is_answered(house):
    client = Client(house.server([]))
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    answer = client.post("/v1/mcp", {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello}).json()
    assert answer["result"]["protocolVersion"] and answer["result"]["serverInfo"]["name"]
    assert client.post("/v1/mcp", {"jsonrpc": "2.0", "id": 2, "method": "ping"}).json()["result"] == {}
    unknown = client.post("/v1/mcp", {"jsonrpc": "2.0", "id": 3, "method": "no/such"}).json()
    assert unknown["error"]["code"] == -32601


def test_another_method_on_the_stream_endpoint_is_one_response_and_done(house):
    client, _ = house.server_with_model(says("ok"))
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    with client.stream("POST", "/v1/mcp/stream", body) as stream:
        frames = stream.rest()
    assert types(frames) == ["response", "[DONE]"]
    assert "mesh_execute" in [tool["name"] for tool in frames[0].json["result"]["tools"]]


def test_a_notification_is_accepted_without_a_body(house):
    client, _ = house.server_with_model(says("ok"))
    answer = client.post("/v1/mcp", {"jsonrpc": "2.0", "method": "notifications/initialized"})
    assert (answer.status_code, answer.content) == (202, b"")
