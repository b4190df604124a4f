"""Bodies that no decent client sends. After each of these the server is alive and well."""

import json

import pytest

from gear.client import mesh_execute
from gear.raw import authorized, exchange, request
from gear.sse import types

DEEP = 20_000
BROKEN_JSON = {
    "nothing": b"",
    "blank": b"   ",
    "half": b'{"input": "x"',
    "two values": b'{"input":"x"}{"input":"y"}',
    "a trailing comma": b'{"input":"x",}',
    "single quotes": b"{'input':'x'}",
    "a comment": b'{"input":"x"} // hello',
    "NaN": b'{"input":"x","timeout_seconds":NaN}',
    "not UTF-8": b'{"input":"\xff\xfe"}',
    "a lone surrogate": b'{"input":"\\ud800"}',
    "a byte order mark": b'\xef\xbb\xbf{"input":"x"}',
    "UTF-16": '{"input":"x"}'.encode("utf-16"),
    "a number": b"7",
    "a string": b'"input"',
    "a list": b"[1,2,3]",
    "null": b"null",
    "deep lists": b"[" * DEEP + b"]" * DEEP,
    "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "a deep input": b'{"input":' + b'{"a":' * DEEP + b"1" + b"}" * DEEP + b"}",
    "a member twice": b'{"input":"x","input":"y"}',
    "a control character": b'{"input":"a\nb"}',
}


@pytest.mark.parametrize(
    "path", ["/api/v1/tasks", "/api/v1/tasks/stream", "/v1/mcp", "/v1/mcp/stream", "/api/v1/agents"]
)
def test_broken_json_is_refused_with_a_sentence(client, path):
    for name, raw in BROKEN_JSON.items():
        head = authorized(client, "Accept: application/json, text/event-stream", f"Content-Length: {len(raw)}")
        status, headers, body = exchange(client.server, request("POST", path, head) + raw)
        assert status in (200, 400, 413, 422), f"{name}: {status} {body}"
        told = body.decode()
        if status == 200:  # JSON-RPC puts its errors into the body
            assert path.startswith("/v1/mcp") and '"error"' in told, f"{name}: {told}"
        else:
            assert len(told) < 4000 and json.loads(told), name


@pytest.mark.parametrize(
    "body",
    [
        {"jsonrpc": "2.0", "id": "i" * 100_000, "method": "ping"},
        {"jsonrpc": "2.0", "id": 10**400, "method": "ping"},
        {"jsonrpc": "2.0", "id": 1.5, "method": "ping"},
        {"jsonrpc": "2.0", "id": None, "method": "ping"},
        {"jsonrpc": "2.0", "id": {"a": 1}, "method": "ping"},
        {"jsonrpc": "2.0", "id": [1], "method": "ping"},
        {"jsonrpc": "1.0", "id": 1, "method": "ping"},
        {"jsonrpc": 2, "id": 1, "method": "ping"},
        {"jsonrpc": "2.0", "id": 1, "method": 7},
        {"jsonrpc": "2.0", "id": 1, "method": ""},
        {"jsonrpc": "2.0", "id": 1, "method": "m" * 100_000},
        {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": [1]},
        {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "mesh_execute"}},
        {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": 7, "arguments": {}}},
        {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "nope", "arguments": {}}},
        {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "mesh_execute", "arguments": [1]}},
        mesh_execute({"not": "text"}),
        mesh_execute(""),
        mesh_execute("x", capabilities="text"),
        mesh_execute("x", capabilities=["c"] * 20_000),
        mesh_execute("x", agents=["a"] * 20_000),
        mesh_execute("x", timeout_seconds=-1),
        mesh_execute("x", timeout_seconds=1e308),
        mesh_execute("x", routing_strategy="no_such"),
        {"jsonrpc": "2.0", "id": 1, "result": {}},
        [],
        [{"jsonrpc": "2.0", "id": n, "method": "ping"} for n in range(20_000)],
    ],
    ids=lambda body: json.dumps(body)[:70],
)
@pytest.mark.parametrize("path", ["/v1/mcp", "/v1/mcp/stream"])
def test_wrong_json_rpc_is_answered_and_hurts_nobody(client, path, body):
    with client.stream("POST", path, body) as stream:
        assert stream.status in (200, 202, 400, 413, 422), stream.text()
        if stream.headers.get("content-type", "").startswith("text/event-stream"):
            assert types(stream.rest())[-1] == "[DONE]"
        elif stream.status != 202:
            told = stream.text()
            # An answer may repeat an id; it never repeats megabytes of nonsense.
            assert json.loads(told) and len(told) < 250_000


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"input": None},
        {"input": 7},
        {"input": [1, 2]},
        {"input": ""},
        {"input": "x", "required_capabilities": ["c"] * 20_000},
        {"input": "x", "agents": "writer"},
        {"input": "x", "timeout_seconds": 0},
        {"input": "x", "timeout_seconds": "soon"},
        {"input": "x", "max_retries": -1},
        {"input": "x", "max_retries": 10**9},
        {"input": "x", "on_disconnect": "explode"},
        {"input": "x", "context": "text"},
        {"input": "x", "task_type": "t" * 100_000},
    ],
    ids=lambda body: json.dumps(body)[:60],
)
def test_a_wrong_task_is_refused_with_422_and_names_the_member(client, body):
    answer = client.post("/api/v1/tasks", body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "VALIDATION_FAILED" and len(answer.text) < 4000
    member = next((name for name in body if name != "input"), "input")
    assert member in answer.json()["detail"]


@pytest.mark.parametrize("id", ["x" * 3000, "'; DROP TABLE events; --", "%F0%9F%92%A9", "t_\u0000", "..", "*"])
def test_strange_task_ids_are_just_unknown(client, id):
    for tail in ("", "/events", "/stream", "/result"):
        assert client.get(f"/api/v1/tasks/{id}{tail}").status_code in (400, 404)


@pytest.mark.parametrize(
    "query", ["limit=-1", "limit=0", "limit=99999999999999999999", "limit=abc", "skip=-1", "status=nope"]
)
def test_a_strange_query_of_a_list_is_refused(client, query):
    assert client.get(f"/api/v1/tasks?{query}").status_code in (400, 422)


def test_a_body_of_another_type_is_refused(client):
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        answer = client.call("POST", "/api/v1/tasks", {"input": "x"}, headers={"Content-Type": kind})
        assert answer.status_code == 415, kind


def test_wrong_methods_name_the_right_ones(client):
    for method, path in (("PUT", "/v1/mcp"), ("DELETE", "/api/v1/tasks"), ("POST", "/health"), ("PATCH", "/version")):
        answer = client.call(method, path)
        assert answer.status_code == 405 and answer.headers["Allow"], f"{method} {path}: {answer.status_code}"
