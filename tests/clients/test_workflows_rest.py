"""Workflows over REST on the real binary: kept with versions, checked, run, answered; what is wrong is
refused with its place. And the family's call for several agents."""

import json

import pytest

from gear.newsroom import APPROVED, STORY, STORY_OF_ROME, WORKFLOWS, Newsroom, copy_of, over_rest, text_of
from gear.waiting import Gate, eventually
from gear.websocket import WebSocket


@pytest.fixture
def room(house):
    return Newsroom(house)


def submit(client, definition, **more):
    answer = client.post(WORKFLOWS, {"workflow_type": "graph", "payload": definition, **more})
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"/api/v1/tasks/{answer.json()['task_id']}"
    return answer.json()["task_id"]


def answers(client, task_id, answer):
    return client.post(f"/api/v1/tasks/{task_id}/input", {"answer": answer})


def test_definitions_are_kept_with_versions_and_forgotten(room):
    made = room.client.post(WORKFLOWS, STORY)
    assert (made.status_code, made.headers["Location"]) == (201, WORKFLOWS + "/story")
    put = room.client.call("PUT", WORKFLOWS + "/story", {**STORY, "description": "A story"})
    assert (put.status_code, put.json()["version"]) == (201, 2)
    assert room.client.get(WORKFLOWS + "/story").json()["versions"] == [2, 1]
    assert room.client.get(WORKFLOWS + "/story@1").json()["description"] == ""
    # What is kept outlives the process.
    room.server.stop()
    room.server.start()
    assert room.client.get(WORKFLOWS + "/story").json()["description"] == "A story"
    assert room.client.call("DELETE", WORKFLOWS + "/story").status_code == 200
    assert room.client.get(WORKFLOWS + "/story").status_code == 404
    assert room.client.call("DELETE", WORKFLOWS + "/code-review").status_code == 403


def test_the_list_is_cut_by_tag_and_category(room):
    room.client.post(WORKFLOWS, {**STORY, "category": "press", "tags": ["text"]})

    def names(query):
        return [line["name"] for line in room.client.get(WORKFLOWS + query).json()["workflows"]]

    assert names("?tag=debugging") == ["debug-fix"]
    assert names("?category=press") == names("?tag=text") == ["story"]
    assert len(names("")) == 7 and len(names("?limit=2")) == 2


def test_a_workflow_is_run_by_name_with_its_result_or_its_events(room):
    room.client.post(WORKFLOWS, STORY)
    frames = over_rest(room.client, WORKFLOWS + "/story/run", input={"topic": "Rome"}, stream=True)
    assert text_of(frames) == STORY_OF_ROME
    task = room.client.task(frames[0].json["task_id"])
    assert (task["status"], task["result"]) == ("completed", STORY_OF_ROME)
    ends = [("draft", "completed"), ("facts", "completed"), ("join", "completed")]
    assert [(step["step"], step["state"]) for step in task["steps"]] == ends
    # Its children are tasks of their own, and no lines of the list.
    children = [room.client.task(step["task_id"]) for step in task["steps"]]
    assert {child["status"] for child in children} == {"completed"}
    assert [line["task_id"] for line in room.client.get("/api/v1/tasks").json()] == [task["task_id"]]


def test_a_running_workflow_keeps_its_version(house):
    gate = Gate()

    def script(call):
        call.wait_for(gate)
        call.say(call.prompt)

    client, _ = house.server_with_model(script)
    steps = [{"id": "a", "task": "old a"}, {"id": "b", "after": ["a"], "task": "old b"}]
    client.post(WORKFLOWS, {"name": "w", "steps": steps})
    with client.stream("POST", WORKFLOWS + "/w/run", {}) as stream:
        stream.until("step")
        assert client.call("PUT", WORKFLOWS + "/w", {"steps": [{"id": "a", "task": "new"}]}).status_code == 201
        gate.open()
        assert text_of(stream.rest()) == "old b"
    assert text_of(over_rest(client, WORKFLOWS + "/w/run")) == "new"


def test_a_workflow_is_run_over_a_websocket_and_as_any_task(room):
    room.client.post(WORKFLOWS, STORY)
    with WebSocket(room.client) as web:
        task_id = web.submit({"topic": "Rome"}, workflow="story")
        web.until("done", task_id=task_id)
        ended = [event["step"] for event in web.of_type("step") if event["state"] == "completed"]
        assert sorted(ended) == ["draft", "facts", "join"] and ended[-1] == "join"
        with room.client.attach(task_id, after=0) as stream:
            assert web.events(task_id) == [(frame.id, frame.data) for frame in stream.rest() if frame.id]
    task = room.client.wait_until(room.client.submit({"topic": "Rome"}, workflow="story@1"))
    assert (task["status"], task["result"]) == ("completed", STORY_OF_ROME)
    assert task["workflow"] == {"name": "story", "version": 1}


def test_an_approval_is_answered_over_a_websocket(room):
    with WebSocket(room.client) as web:
        task_id = submit(room.client, APPROVED)
        web.follow(task_id)
        while not web.of_type("input_required"):
            web.take()
        web.say(op="answer", task_id=task_id, answers={"ask": {"remark": "by wire"}})
        web.until("done", task_id=task_id)
        assert web.of_type("result")[0]["data"] == {"text": "w(Publish: by wire )"}


# --- how it ends early


def test_cancelling_a_workflow_reaches_the_agents_of_its_steps(house):
    client, model = house.server_with_model(lambda call: (call.token("so far"), call.hang()))
    sides = [{"id": "left", "task": "Think"}, {"id": "right", "task": "Think, too"}]
    task_id = submit(client, {"steps": [{"id": "both", "type": "parallel", "steps": sides}]})
    model.wait_for_call(2)
    assert client.cancel(task_id).status_code == 200
    for call in model.calls:
        eventually(lambda call=call: call.gone_at, within=5, why="The agent's connection closed")
    assert client.wait_until(task_id)["status"] == "cancelled"
    children = client.get(f"/api/v1/tasks?parent={task_id}").json()
    assert len(children) == 2
    assert {client.wait_until(child["task_id"])["status"] for child in children} == {"cancelled"}


def test_a_client_that_leaves_takes_the_workflow_along_if_it_said_so(house):
    client, model = house.server_with_model(lambda call: (call.token("so far"), call.hang()))
    task_id = submit(client, {"on_disconnect": "cancel", "steps": [{"id": "a", "task": "Think"}]})
    with client.attach(task_id) as stream:
        stream.until("token")
        stream.cut()
    eventually(lambda: model.calls[0].gone_at, within=5, why="The agent's connection closed")
    assert client.wait_until(task_id)["status"] == "cancelled"


def test_a_budget_of_calls_ends_the_workflow_with_what_was_done(room):
    steps = [{"id": name, "agent": "writer", "task": f"Do {name}"} for name in ("one", "two", "three")]
    for before, after in zip(steps, steps[1:], strict=False):
        after["after"] = [before["id"]]
    task_id = submit(room.client, {"budget": {"calls": 2}, "steps": steps})
    task = room.client.wait_until(task_id)
    assert task["status"] == "failed" and "budget" in task["error"], task
    assert [call.prompt for call in room.writer.calls] == ["Do one", "Do two"]
    (last,) = [event for event in room.client.events(task_id) if event["kind"] == "failed"]
    assert "w(Do two )" in json.dumps(last), last


def test_a_workflow_that_takes_too_long_is_over(room):
    task_id = submit(room.client, {"timeout": "200ms", "steps": [{"id": "long", "type": "wait", "for": "1h"}]})
    task = room.client.wait_until(task_id)
    assert (task["status"], task["error_code"]) == ("failed", "TIMEOUT"), task


# --- approvals


def test_an_approval_is_answered_and_the_log_says_by_whom(room):
    task_id = submit(room.client, APPROVED)
    room.client.wait_until(task_id, "input_required")
    (question,) = room.client.get(f"/api/v1/tasks/{task_id}/input").json()["questions"]
    assert question["message"] == "Publish w(Write of doors )?"
    assert answers(room.client, task_id, {}).status_code == 422, "a remark is required"
    assert answers(room.client, task_id, {"remark": "fine"}).status_code == 200
    task = room.client.wait_until(task_id, "completed")
    assert task["result"] == "w(Publish: fine )"
    (ask,) = [step for step in task["steps"] if step["step"] == "ask"]
    (given,) = [event for event in room.client.events(task_id) if event["kind"] == "input_given"]
    assert ask["result"] == {"approved": True, "content": {"remark": "fine"}, "by": given["by"]}


def test_an_approval_that_is_declined_fails_the_workflow(room):
    task_id = submit(room.client, APPROVED)
    room.client.wait_until(task_id, "input_required")
    assert answers(room.client, task_id, False).status_code == 200
    assert room.client.wait_until(task_id)["status"] == "failed"
    assert len(room.writer.calls) == 1


# --- what is refused


@pytest.mark.parametrize(
    "change, place, what",
    [
        ({"after": ["join"]}, "steps", "draft -> join -> draft"),
        ({"after": ["nobody"]}, "steps[0].after[0]", "no such step"),
        ({"task": "${steps.join.result}"}, "steps[0].task", "join"),
        ({"task": "${input.}"}, "steps[0].task", ""),
        ({"agnet": "writer"}, "steps[0].agnet", '"agent"'),
        ({"id": "join"}, "steps", "join"),
        ({"type": "dance"}, "steps[0].type", "approval"),
    ],
    ids=["a cycle", "an unknown step", "too early", "no expression", "a typo", "twice", "no type"],
)
def test_what_is_wrong_has_its_place(room, change, place, what):
    wrong = copy_of(STORY)
    wrong["steps"][0] |= change
    checked = room.client.post(WORKFLOWS + "/check", wrong).json()
    assert checked["valid"] is False
    assert any(p["place"].startswith(place) and what in p["place"] + p["what"] for p in checked["problems"]), checked
    refused = room.client.post(WORKFLOWS, wrong)
    assert refused.status_code == 422 and checked["problems"][0]["place"] in refused.text
    assert room.client.get(WORKFLOWS + "/story").status_code == 404
    assert room.tasks_told == []


def test_whoever_is_missing_is_said_by_the_check_and_refused_by_the_run(room):
    lonely = {"name": "lonely", "steps": [{"id": "a", "task": "x", "agent": "nobody"}]}
    checked = room.client.post(WORKFLOWS + "/check", lonely).json()
    assert checked["valid"] is True and "nobody" in json.dumps(checked["missing"])
    refused = room.client.post(WORKFLOWS, {"workflow_type": "graph", "payload": lonely})
    assert refused.status_code == 422 and "nobody" in refused.text


def test_an_input_that_does_not_fit_is_refused(room):
    room.client.post(WORKFLOWS, STORY)
    refused = room.client.post(WORKFLOWS + "/story/run", {"input": {"topic": 7}})
    assert refused.status_code == 422 and "topic" in refused.text
    assert room.client.post(WORKFLOWS + "/nothing/run", {}).status_code == 404


def test_the_schema_knows_every_type_of_step(room):
    answer = room.client.get(WORKFLOWS + "/schema")
    assert answer.headers["Content-Type"] == "application/schema+json"
    assert answer.json()["$schema"].startswith("https://json-schema.org/")
    for type in ("agent", "parallel", "map", "condition", "wait", "approval", "workflow", "collaboration"):
        assert f'"{type}"' in answer.text


# --- several agents


def test_the_familys_call_has_several_agents_answer(room):
    body = {"task": "Tell of Rome", "agents": ["writer", "critic"], "routing_strategy": "collaborative"}
    answer = room.client.post("/multi-agent/execute", body)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    # Its clients take any member "error" for a failure.
    assert "error" not in told and told["status"] == "completed"
    assert set(told["agent_results"]) == {"writer", "critic"}
    assert told["agent_results"]["critic"]["result"] == "c(Tell of Rome )"
    assert len(room.tasks_told) == 3 and told["summary"]
