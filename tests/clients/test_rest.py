"""REST beside the streams: the three body forms, lists, continued tasks, and agents that register themselves."""

import pytest

from gear.client import Client
from gear.fake_model import echoes, says
from gear.meshai import model_agent
from gear.waiting import Gate, eventually


@pytest.fixture
def client(house):
    return house.server_with_model(echoes)[0]


FORMS = {
    "input": {"task_type": "analysis", "input": "Count the ships", "required_capabilities": ["data-analysis"]},
    "payload": {"user_id": "u", "tenant_id": "default", "payload": {"prompt": "Count the ships"}},
    "task": {"task": "Count the ships"},
}


@pytest.mark.parametrize("form", FORMS)
def test_three_forms_of_a_body_are_the_same_task(client, form):
    answer = client.post("/api/v1/tasks", FORMS[form])
    assert answer.status_code == 201
    accepted = answer.json()
    assert accepted["status"] == "submitted" and accepted["message"]
    assert answer.headers["Location"] == f"/api/v1/tasks/{accepted['task_id']}"
    task = client.wait_until(accepted["task_id"], "completed")
    assert "Count the ships" in str(task["result"])
    assert task["execution_time_seconds"] >= 0 and task["routing_strategy_used"] == "capability_match"


def test_the_tenant_of_a_body_is_not_believed(client):
    """Tenant and subject come from the key."""
    task_id = client.submit("Write", tenant_id="another", user_id="somebody")
    assert client.task(task_id)["task_id"] == task_id
    stranger = Client(client.server, client.server.key("another"))
    assert stranger.get(f"/api/v1/tasks/{task_id}").status_code == 404


def test_tasks_are_listed_newest_first_in_pages_and_by_state(house):
    gate = Gate()

    def script(call):
        if "wait" in call.prompt:
            call.wait_for(gate)
        call.say("ok")

    client, model = house.server_with_model(script)
    done = [client.submit(f"Task {n}") for n in range(5)]
    for task_id in done:
        client.wait_until(task_id, "completed")
    waiting = client.submit("wait")
    model.wait_for_call(6)

    def ids(query):
        return [task["task_id"] for task in client.get(f"/api/v1/tasks?{query}").json()]

    newest_first = [waiting, *reversed(done)]
    assert ids("") == newest_first
    assert ids("skip=1&limit=2") == newest_first[1:3]
    assert ids("skip=100") == []
    assert ids("status=completed") == newest_first[1:]
    assert eventually(lambda: ids("status=executing") == [waiting])
    gate.open()


def test_the_history_of_a_task_is_pending_routing_executing_completed(client):
    task_id = client.submit("Write")
    client.wait_until(task_id, "completed")
    kinds = [event["kind"] for event in client.events(task_id)]
    assert kinds[:3] == ["submitted", "routed", "started"] and kinds[-1] == "completed"


def test_a_continued_task_knows_the_one_before(house):
    client, model = house.server_with_model(says("roses"))
    parent = client.submit("Name a flower")
    client.wait_until(parent, "completed")
    answer = client.post("/api/v1/continue", {"task_id": parent, "additional_instructions": "Another one"})
    assert answer.status_code == 201
    child = client.wait_until(answer.json()["task_id"], "completed")
    assert child["parent_task_id"] == parent
    asked = model.calls[1].raw_body.decode()
    assert "Another one" in asked and "Name a flower" in asked and "roses" in asked


def test_execute_waits_for_the_result(client):
    answer = client.post("/api/v1/execute", {"task": "roses are red"})
    assert answer.status_code == 200
    assert answer.json()["status"] == "completed" and "roses are red" in str(answer.json()["result"])


def test_a_task_that_no_agent_can_do_says_so(house):
    client = Client(house.server([model_agent(house.model(echoes), capabilities=["reasoning"])]))
    task_id = client.submit("Draw", required_capabilities=["image_generation"], max_retries=0)
    task = client.wait_until(task_id)
    assert (task["status"], task["error_code"]) == ("failed", "ROUTING_FAILED")
    assert task["error"].startswith("No suitable agent found for task")


def test_wanted_agents_come_first_and_a_fallback_is_said(house):
    models = {name: house.model(says(name)) for name in ("first", "second")}
    client = Client(house.server([model_agent(model, name) for name, model in models.items()]))
    wanted = client.wait_until(client.submit("Write", agents=["second"]), "completed")
    assert wanted["result"] == "second"
    with client.rest_stream("Write", agents=["nobody"]) as stream:
        frames = stream.rest()
    routed = [f.json["details"] for f in frames if f.type == "progress" and "fallback" in f.json.get("details", {})]
    assert routed[0]["fallback"] is True


# --- agents

RECORD = {
    "id": "analyst",
    "name": "Analyst",
    "framework": "langchain",
    "capabilities": ["Data-Analysis"],
    "endpoint": "https://agents.example/analyst",
    "tags": ["night"],
    "authentication": {"type": "api_key", "key": "very-secret"},
}


def test_the_life_of_an_agent(client):
    made = client.post("/api/v1/agents", RECORD)
    assert made.status_code == 201
    assert made.json()["capabilities"] == ["data_analysis"] and made.json()["status"] == "active"
    assert client.post("/api/v1/agents", RECORD).status_code == 409

    assert client.get("/api/v1/agents/analyst").json()["name"] == "Analyst"
    assert client.call("PATCH", "/api/v1/agents/analyst", {"tags": ["day"]}).json()["tags"] == ["day"]
    assert client.call("PUT", "/api/v1/agents/analyst", {"name": "Senior Analyst"}).json()["name"] == "Senior Analyst"
    beat = client.post("/api/v1/agents/analyst/heartbeat").json()
    assert (beat["agent_id"], beat["status"], beat["next_heartbeat_in"]) == ("analyst", "acknowledged", 30)
    found = client.post("/api/v1/agents/discover", {"capabilities": ["data_analysis"], "tags": ["day"]}).json()
    assert [agent["id"] for agent in found] == ["analyst"]

    assert client.call("DELETE", "/api/v1/agents/analyst").json()["status"] == "success"
    assert client.get("/api/v1/agents/analyst").status_code == 404
    assert client.post("/api/v1/agents/analyst/heartbeat").status_code == 404


def test_a_registered_agent_survives_a_kill_and_its_key_is_never_told(client):
    client.post("/api/v1/agents", RECORD)
    client.server.kill()
    client.server.start()
    told = client.get("/api/v1/agents/analyst").text + client.get("/api/v1/agents").text
    assert "Analyst" in told and "very-secret" not in told
    assert "very-secret" not in client.server.errors.text


@pytest.mark.parametrize("kind", ["command", "nonsense"])
def test_a_client_cannot_register_a_program(client, kind):
    answer = client.post("/api/v1/agents", {**RECORD, "kind": kind, "argv": ["/bin/sh", "-c", "id"]})
    assert answer.status_code == 422
    assert client.post("/api/v1/agents", {**RECORD, "allow_private": True}).status_code == 422


def test_a_registered_agent_inside_our_own_network_is_never_called(house):
    """What a client may register must not become a way to our loopback."""
    victim = house.agent(lambda call: call.complete("internal secrets"))
    client = Client(house.server([]))
    inside = {"id": "inside", "name": "inside", "framework": "custom", "capabilities": ["reasoning"]}
    # What says so itself is refused at the door…
    for host in ("127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]", "10.0.0.1"):
        refused = client.post("/api/v1/agents", {**inside, "endpoint": f"http://{host}:{victim.port}/execute"})
        assert refused.status_code == 422, host
        assert "is a loopback or private address" in refused.json()["detail"]
    # …and what only resolves to it, when it is called: once, for it would be refused again.
    for host in ("127.1", "2130706433"):
        registered = client.post("/api/v1/agents", {**inside, "endpoint": f"http://{host}:{victim.port}/execute"})
        assert registered.status_code == 201, host
        task = client.wait_until(client.submit("Solve", agents=["inside"]), "failed")
        assert "may be called" in task["error"], host
        started = [event for event in client.events(task["task_id"]) if event["kind"] == "started"]
        assert len(started) == 1, host
        client.call("DELETE", "/api/v1/agents/inside")
    assert not victim.calls


def test_the_operator_may_allow_registered_agents_on_private_addresses(house):
    agent = house.agent(lambda call: call.complete("from next door"))
    client = Client(house.server([], server={"allow_private_agents": True}))
    record = {"id": "near", "name": "near", "framework": "custom", "capabilities": ["reasoning"]}
    assert client.post("/api/v1/agents", {**record, "endpoint": agent.url}).status_code == 201
    assert client.wait_until(client.submit("Solve", agents=["near"]), "completed")["result"] == "from next door"


def test_an_operators_agent_cannot_be_changed_over_rest(client):
    for method, body in (("PATCH", {"name": "mine"}), ("DELETE", None)):
        assert client.call(method, "/api/v1/agents/writer", body).status_code in (403, 404, 409)
    agents = client.get("/api/v1/agents").json()
    assert [agent["name"] for agent in agents] == ["writer"]
    assert "127.0.0.1" not in str(agents), "where the operator's agents live is nobody's business"
