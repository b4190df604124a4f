"""Workflows through MCP on the real binary: by hand and by the client libraries, given along and by
name; their steps are seen live, and a person at the client answers an approval."""

import json

import pytest

from gear.mcp import NEW, OLD, Session, Stateless
from gear.newsroom import (
    APPROVED,
    STORY,
    STORY_OF_ROME,
    WORKFLOWS,
    Newsroom,
    assert_a_sound_stream,
    ends_of,
    over_mcp,
    steps_of,
    text_of,
)
from gear.sdk import Driver, Way
from gear.sse import only
from gear.waiting import Gate

WAYS = [
    Way("mcp1", "http", "legacy", OLD),
    Way("mcp2", "http", "auto", NEW),
    Way("sdk2", "http", "auto", NEW),
    Way("mcp2", "stdio", "auto", NEW),
]
every_way = pytest.mark.parametrize("way", WAYS, ids=str)
OF_THE_FAMILY = {"code-review", "refactor-optimize", "debug-fix", "document-explain", "architecture-review",
                 "feature-development"}


@pytest.fixture
def room(house):
    return Newsroom(house)


# --- steps that are given along


def test_sequential_hands_on_what_each_step_made(room):
    steps = [{"task": "Write of Rome", "agent": "writer", "name": "draft"},
             {"task": "Judge it", "agent": "critic", "name": "judge"}]
    frames = over_mcp(room.client, "submit_workflow", workflow_type="sequential", payload={"steps": steps})
    assert_a_sound_stream(frames)
    assert steps_of(frames) == ["draft started", "draft executing", "draft completed",
                                "judge started", "judge executing", "judge completed"]
    assert len(room.writer.calls) == len(room.critic.calls) == 1
    assert "w(Write of Rome )" in json.dumps(room.critic.calls[0].body)
    # What an agent says is seen while it says it, under the name of its step.
    tokens = [frame.json for frame in frames if frame.type == "token"]
    assert {token["step"] for token in tokens} == {"draft", "judge"}
    assert "".join(token["text"] for token in tokens if token["step"] == "judge") == text_of(frames)
    response = only(frames, "response").json
    assert response["id"] == "123" and response["result"]["status"] == "completed"


def test_parallel_steps_run_side_by_side(house):
    """Each waits for the other to be there: one after the other, they would never end."""
    gates = {"Left": Gate(), "Right": Gate()}

    def script(call):
        other = {"Left": "Right", "Right": "Left"}[call.prompt]
        gates[call.prompt].open()
        call.wait_for(gates[other])
        call.say(call.prompt.lower())

    client, model = house.server_with_model(script)
    steps = [{"task": "Left", "id": "one"}, {"task": "Right", "id": "two"}]
    frames = over_mcp(client, "submit_workflow", workflow_type="parallel", payload={"steps": steps})
    assert_a_sound_stream(frames)
    assert ends_of(frames) == {"one": "completed", "two": "completed"}
    assert text_of(frames) == {"one": "left", "two": "right"}
    assert len(model.calls) == 2


def test_a_graph_takes_input_and_joins(room):
    frames = over_mcp(room.client, "submit_workflow", workflow_type="graph", payload=STORY, input={"topic": "Rome"})
    assert_a_sound_stream(frames)
    assert text_of(frames) == STORY_OF_ROME
    told = steps_of(frames)
    assert told.index("join started") > max(told.index("draft completed"), told.index("facts completed"))


def test_a_stream_of_steps_is_resumed_at_every_event(room):
    frames = over_mcp(room.client, "submit_workflow", workflow_type="graph", payload=STORY, input={"topic": "Rome"})
    task_id = frames[0].json["task_id"]
    with room.client.attach(task_id, after=0) as stream:
        whole = [frame for frame in stream.rest() if frame.id]
    for at, frame in enumerate(whole[:-1]):
        with room.client.attach(task_id, last_event_id=frame.id) as stream:
            rest = [later.raw for later in stream.rest() if later.id]
        assert rest == [later.raw for later in whole[at + 1 :]], f"after {frame.id}"


def test_a_step_that_fails_is_named_and_what_is_after_it_does_not_run(house):
    def script(call):
        if "Judge" in call.prompt:
            call.refuse(400, "I do not like it.")
        else:
            call.say("fine")

    client, model = house.server_with_model(script)
    steps = [{"task": "Write", "id": "draft"}, {"task": "Judge", "id": "judge"}, {"task": "Print", "id": "print"}]
    frames = over_mcp(client, "submit_workflow", workflow_type="sequential", payload={"steps": steps})
    assert ends_of(frames)["draft"] == "completed" and ends_of(frames)["judge"] == "failed"
    assert "print started" not in steps_of(frames)
    error = only(frames, "error").json
    assert "judge" in error["message"] and error["code"] == "TASK_EXECUTION_FAILED"
    assert not any("Print" in call.prompt for call in model.calls)


# --- by name


def test_the_list_of_workflows_holds_those_of_the_family_and_ones_own(room):
    assert room.client.post(WORKFLOWS, STORY).status_code == 201
    listed = Session(room.client).call("list_workflows").result()["structuredContent"]
    assert {line["name"] for line in listed["workflows"]} == OF_THE_FAMILY | {"story"}
    assert listed["total"] == 7
    (story,) = [line for line in listed["workflows"] if line["name"] == "story"]
    assert story["parameters"] == {"topic": {"type": "string", "required": True}}
    assert (story["step_count"], story["version"]) == (3, 1)


def test_execute_workflow_runs_the_version_that_is_named(room):
    room.client.post(WORKFLOWS, STORY)
    changed = {**STORY, "steps": [{"id": "only", "agent": "writer", "task": "Only ${input.topic}"}]}
    assert room.client.post(WORKFLOWS, changed).json()["version"] == 2
    newest = over_mcp(room.client, "execute_workflow", workflow_id="story", parameters={"topic": "Rome"})
    assert text_of(newest) == "w(Only Rome )"
    first = over_mcp(room.client, "execute_workflow", workflow_id="story@1", parameters={"topic": "Rome"})
    assert set(ends_of(first)) == {"draft", "facts", "join"}


def test_code_review_falls_back_on_whoever_can_write(room):
    """Nobody here is called security-analyzer: the work goes by capability."""
    frames = over_mcp(room.client, "mesh_code_review", files="int main() {}", depth="quick")
    assert_a_sound_stream(frames)
    steps = ["code-reviewer", "security-analyzer", "best-practices-advisor", "synthesis"]
    assert ends_of(frames) == {step: "completed" for step in steps}
    assert len(room.tasks_told) == 4
    assert all("int main() {}" in told and "quick" in told for told in room.tasks_told)
    refused = over_mcp(room.client, "mesh_code_review", depth="quick")
    assert any("files" in frame.data for frame in refused)
    assert len(room.tasks_told) == 4


def test_the_workflows_of_the_family_are_prompts(room):
    session = Session(room.client)
    prompts = {prompt["name"]: prompt for prompt in session.ask("prompts/list").result()["prompts"]}
    assert set(prompts) >= OF_THE_FAMILY
    required = {argument["name"]: argument["required"] for argument in prompts["code-review"]["arguments"]}
    assert required["files"] is True and required["depth"] is False
    wanted = {"name": "code-review", "arguments": {"files": "main.cc"}}
    (message,) = session.ask("prompts/get", wanted).result()["messages"]
    assert message["role"] == "user" and "main.cc" in message["content"]["text"]
    assert "mesh_code_review" in message["content"]["text"]
    refused = session.ask("prompts/get", {"name": "code-review", "arguments": {}}).error()
    assert refused["code"] == -32602 and "files" in refused["message"]


@pytest.mark.parametrize("era", [Session, Stateless])
def test_workflows_are_resources(room, era):
    room.client.post(WORKFLOWS, STORY)
    asker = era(room.client)
    uris = {resource["uri"] for resource in asker.ask("resources/list").result()["resources"]}
    assert {"meshai://workflow/code-review", "meshai://workflow/story"} <= uris
    (contents,) = asker.ask("resources/read", {"uri": "meshai://workflow/story"}).result()["contents"]
    read = json.loads(contents["text"])
    assert [step["id"] for step in read["definition"]["steps"]] == ["draft", "facts", "join"]


@pytest.mark.parametrize("strategy", ["sequential", "parallel", "collaborative", "hierarchical"])
def test_mesh_execute_has_agents_work_together(room, strategy):
    together = {"agents": ["writer", "critic"], "routing_strategy": strategy}
    frames = over_mcp(room.client, "mesh_execute", task="Tell of Rome", **together)
    assert_a_sound_stream(frames)
    assert set(ends_of(frames).values()) == {"completed"}, steps_of(frames)
    assert room.writer.calls and room.critic.calls


# --- client libraries


@every_way
def test_a_client_library_sees_a_workflow_progress(room, way):
    wanted = {"workflow_type": "graph", "payload": STORY, "input": {"topic": "Rome"}}
    with Driver(way, room.server, room.client.key, wanted, tool="submit_workflow") as driver:
        told = driver.end()
    assert told.one("connected")["version"] == way.revision
    # MCP, progress (F11): "The progress value MUST increase with each notification".
    numbers = [line["progress"] for line in told.until("result") if line["said"] == "progress"]
    assert len(numbers) >= 3 and numbers == sorted(set(numbers))
    said = " ".join(line["message"] or "" for line in told.all("progress"))
    assert "draft" in said and "join" in said
    result = told.one("result")
    assert not result["isError"] and result["text"] == STORY_OF_ROME
    assert not told.complaints and "Traceback" not in told.errors


# R6, R1: an approval is elicitation/create on the stream of the call, or a round of the call.
@every_way
def test_a_client_library_answers_an_approval(room, way):
    wanted = {"workflow_type": "graph", "payload": APPROVED}
    plan = {"tool": "submit_workflow", "accepts_with": {"remark": "well done"}}
    with Driver(way, room.server, room.client.key, wanted, **plan) as driver:
        told = driver.end()
    assert told.one("asked")["message"] == "Publish w(Write of doors )?"
    assert told.one("result")["text"] == "w(Publish: well done )"
    assert not told.complaints and "Traceback" not in told.errors
    assert len(room.writer.calls) == 2, "no step is run again for an answer"
