"""Both eras of MCP on one endpoint, seen from outside. The numbers are those of
tests/conformance/requirements.txt; what the public suite tests is not repeated."""

import json
import re

import pytest

from gear.client import Client, mesh_execute
from gear.fake_model import says, says_at_gates
from gear.mcp import NEW, OLD, TASKS, Answer, Session, Stateless, post
from gear.stdio import StdioClient
from gear.waiting import Gate

TOOL_NAME = re.compile(r"^[A-Za-z0-9_.-]{1,128}$")
SESSIONS = ["2024-11-05", "2025-03-26", "2025-06-18", OLD]


@pytest.fixture
def client(house):
    client, _ = house.server_with_model(says("ro", "ses"))
    return client


# N10: one endpoint for both. B10: nothing is remembered but what a session id or a task id names.
def test_both_eras_live_on_one_endpoint_at_the_same_time(client):
    old, new = Session(client), Stateless(client)
    for _ in range(2):
        assert "resultType" not in old.ask("tools/list").result()
        assert new.ask("tools/list").result()["resultType"] == "complete"


def test_a_request_of_the_new_era_is_not_helped_by_a_session(client):
    session = Session(client)
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    answer = post(client, "/v1/mcp", body, {"MCP-Protocol-Version": NEW, "Mcp-Method": "tools/list",
                                            "Mcp-Session-Id": session.id})
    assert (answer.status, answer.error()["code"]) == (400, -32602)


# H14: session and event ids of the older revisions are ignored, and none are handed out.
def test_the_new_era_has_no_sessions(client):
    answer = Stateless(client).ask("tools/list", headers={"Mcp-Session-Id": "nobodys", "Last-Event-ID": "7"})
    assert answer.status == 200 and "mcp-session-id" not in answer.headers


# N1
@pytest.mark.parametrize("version", SESSIONS)
def test_a_session_has_the_revision_that_was_asked_for(client, version):
    assert Session(client, version).hello["protocolVersion"] == version


@pytest.mark.parametrize("version", ["2020-01-01", NEW, "newest", ""])
def test_a_session_that_asks_for_another_revision_is_offered_the_newest(client, version):
    assert Session(client, version).hello["protocolVersion"] == OLD


# N2: "The server SHOULD NOT send requests other than pings and logging before receiving initialized".
def test_a_session_that_is_not_initialized_hears_nothing_but_answers(client):
    session = Session(client, initialized=False)
    assert [list(message) for message in session.ask("ping").messages()] == [["jsonrpc", "id", "result"]]


# F1: what is served is declared, and what is not declared is an unknown method.
@pytest.mark.parametrize("feature, method", [("tools", "tools/list"), ("resources", "resources/list"),
                                             ("prompts", "prompts/list")])
def test_a_feature_is_declared_exactly_if_it_is_served(client, feature, method):
    session = Session(client)
    served = "result" in session.ask(method).response()
    assert served == (feature in session.hello["capabilities"])
    assert served == (feature in Stateless(client).ask("server/discover").result()["capabilities"])


# F9, F3
def test_tools_have_legal_names_and_the_same_order_for_everybody(client):
    lists = [[tool["name"] for tool in asker.ask("tools/list").result()["tools"]]
             for asker in (Session(client), Stateless(client), Stateless(Client(client.server, client.server.key())))]
    assert lists[0] == lists[1] == lists[2]
    assert all(TOOL_NAME.match(name) for name in lists[0]) and len(set(lists[0])) == len(lists[0])


# F7: an unknown tool is an error of the protocol; bad arguments are a result.
@pytest.mark.parametrize("era", [Session, Stateless])
def test_an_unknown_tool_is_an_error_and_bad_arguments_are_a_result(client, era):
    asker = era(client)
    assert asker.call("no_such_tool").error()["code"] == -32602
    result = asker.call("mesh_execute", {"task": 7}).result()
    assert result["isError"] is True and "task" in result["content"][0]["text"]


# F8: what a key may not do, it may not do by any tool.
@pytest.mark.parametrize("era", [Session, Stateless])
def test_a_key_that_may_only_read_lists_tools_and_executes_nothing(client, era):
    reader = era(Client(client.server, client.server.create_key(scopes="mcp:read")["key"]))
    assert reader.ask("tools/list").result()["tools"]
    refused = reader.call("mesh_execute", {"task": "Write a poem"})
    assert refused.status == 403 and "mcp:execute" in refused.headers["www-authenticate"]
    assert client.get("/api/v1/tasks").json() == []


# B5
@pytest.mark.parametrize("raw, code", [(b"{", -32700), (b"7", -32600), (b'{"jsonrpc":"2.0","id":1}', -32600)])
def test_what_is_no_request_has_the_codes_of_json_rpc(client, raw, code):
    answer = post(client, "/v1/mcp", raw)
    assert answer.status == 400 and answer.error()["code"] == code


# H5
def test_a_notification_is_accepted_and_an_answer_that_nobody_waits_for_too(client):
    session = Session(client)
    for body in ({"jsonrpc": "2.0", "method": "notifications/no_such"}, {"jsonrpc": "2.0", "id": 99, "result": {}}):
        answer = session.send(body)
        assert (answer.status, answer.messages()) == (202, [])


# H4
def test_a_method_of_http_that_is_not_offered_is_405_and_says_what_is(client):
    answer = Answer(client.server.address, "PUT", "/mcp", {}, client.authorization)
    assert answer.status == 405 and "POST" in answer.headers["allow"]


# H2, O3: a key in the query is no key.
@pytest.mark.parametrize("path", ["/v1/mcp", "/mcp", "/"])
def test_without_a_key_in_the_header_nothing_is_served(client, path):
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    for where in (path, f"{path}?access_token={client.key}&key={client.key}"):
        answer = Answer(client.server.address, "POST", where, body, {"Content-Type": "application/json"})
        assert answer.status == 401 and answer.headers["www-authenticate"].startswith("Bearer")


# H15, H20, H21
def test_a_stream_of_the_new_era_has_notifications_one_answer_and_no_buffering(client):
    answer = Stateless(client).call("mesh_execute", {"task": "Write a poem"}, meta={"progressToken": "p"})
    assert answer.is_stream and answer.headers["x-accel-buffering"] == "no"
    *notifications, response = answer.messages()
    assert notifications and all("id" not in message for message in notifications)
    assert response["id"] == 1 and response["result"]["structuredContent"]["status"] == "completed"


# T3, and O11: on stdio the key comes from the environment.
def test_a_program_on_stdio_is_asked_nothing_in_the_new_era(client):
    program = StdioClient(env=client.server.client_environment())
    meta = {**Stateless(client).meta(), "progressToken": "p"}
    asked = program.asks("tools/call", name="mesh_execute", arguments={"task": "Write a poem"}, _meta=meta)
    assert program.answer(asked)["result"]["structuredContent"]["status"] == "completed"
    assert program.leaves() == 0
    assert not [message for message in program.messages() if "method" in message and "id" in message]
    program.close()


# N12: with the extension the call is a task, without it the client gets what the core has.
def test_a_call_becomes_a_task_for_a_client_that_knows_tasks_only(client):
    with_tasks = Stateless(client, capabilities={"extensions": {TASKS: {}}})
    assert with_tasks.call("mesh_execute", {"task": "Write a poem"}).result()["resultType"] == "task"
    plain = Stateless(client).call("mesh_execute", {"task": "Write a poem"}).result()
    assert plain["resultType"] == "complete" and plain["content"][0]["text"] == "roses"


# K9: "task ids MUST be unguessable", and whoever has another's key does not find it.
def test_the_task_of_another_tenant_is_unknown(client):
    capabilities = {"extensions": {TASKS: {}}}
    task_id = Stateless(client, capabilities=capabilities).call("mesh_execute", {"task": "x"}).result()["taskId"]
    stranger = Stateless(Client(client.server, client.server.key("another")), capabilities=capabilities)
    error = stranger.ask("tasks/get", {"taskId": task_id}).error()
    nobodys = stranger.ask("tasks/get", {"taskId": task_id[:-4] + "zzzz"}).error()
    assert error["code"] == nobodys["code"] == -32602
    assert len(task_id) >= 22


# F16: what is no URI of ours is not found, however it is written.
@pytest.mark.parametrize("uri", ["file:///etc/passwd", "meshai://tasks/../../etc/passwd", "meshai://tasks/%2e%2e/x",
                                 "not a uri", "", "http://169.254.169.254/"])
def test_a_resource_that_is_not_ours_is_not_found(client, uri):
    assert Session(client).ask("resources/read", {"uri": uri}).error()["code"] in (-32002, -32602)


# L4: "an empty result", tagged, and then the end; L6: nothing else on it.
def test_a_server_that_ends_says_goodbye_to_its_listeners(house):
    client, _ = house.server_with_model(says("ok"))
    with Stateless(client).ask("subscriptions/listen", {"notifications": {"toolsListChanged": True}}, id="sub") as stream:
        first = stream.next().message
        assert first["method"] == "notifications/subscriptions/acknowledged"
        assert Stateless(client).call("mesh_execute", {"task": "x"}, meta={"progressToken": "p"}).result()
        client.server.terminate()
        rest = stream.messages()
    assert len(rest) == 1 and rest[0]["id"] == "sub" and rest[0]["result"]["resultType"] == "complete"


# K11: a notification of a task is the whole task.
def test_a_listener_of_a_task_hears_the_whole_task(house):
    gate = Gate()
    client, _ = house.server_with_model(says_at_gates(["roses"], [gate]))
    knows_tasks = Stateless(client, capabilities={"extensions": {TASKS: {}}})
    task_id = knows_tasks.call("mesh_execute", {"task": "x"}).result()["taskId"]
    with knows_tasks.ask("subscriptions/listen", {"notifications": {"taskIds": [task_id]}}, id=7) as stream:
        stream.next()
        gate.open()
        done = stream.until(lambda message: message.get("params", {}).get("status") == "completed")
    assert done["method"] == "notifications/tasks"
    told, asked = done["params"], knows_tasks.ask("tasks/get", {"taskId": task_id}).result()
    for member in ("taskId", "status", "createdAt", "lastUpdatedAt", "result"):
        assert told[member] == asked[member], member


def test_the_guides_own_body_needs_neither_session_nor_version(client):
    """The guide decides where it speaks: a bare request at /v1/mcp."""
    bare = Answer(client.server.address, "POST", "/v1/mcp", json.dumps(mesh_execute("Write a poem")).encode(),
                  {**client.authorization, "Content-Type": "application/json"})
    assert bare.result()["status"] == "completed"
    strict = Answer(client.server.address, "POST", "/mcp", mesh_execute("Write a poem"), client.authorization)
    assert strict.status == 400
