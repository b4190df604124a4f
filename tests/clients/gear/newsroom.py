"""A server with two agents who say back what they are told, workflows for them, and how their
streams are read."""

import json

from gear.client import Client
from gear.meshai import model_agent
from gear.sse import only, types

WORKFLOWS = "/api/v1/workflows"
STORY = {
    "name": "story",
    "input_schema": {"type": "object", "properties": {"topic": {"type": "string"}}, "required": ["topic"]},
    "steps": [
        {"id": "draft", "agent": "writer", "task": "Write of ${input.topic}"},
        {"id": "facts", "agent": "critic", "task": "Facts of ${input.topic}"},
        {"id": "join", "agent": "writer", "after": ["draft", "facts"],
         "task": "Join ${steps.draft.result} and ${steps.facts.result}"},
    ],
}
STORY_OF_ROME = "w(Join w(Write of Rome ) and c(Facts of Rome ) )"
APPROVED = {
    "name": "approved",
    "steps": [
        {"id": "draft", "agent": "writer", "task": "Write of doors"},
        {"id": "ask", "type": "approval", "after": ["draft"], "message": "Publish ${steps.draft.result}?",
         "schema": {"type": "object", "properties": {"remark": {"type": "string"}}, "required": ["remark"]}},
        {"id": "publish", "agent": "writer", "after": ["ask"], "task": "Publish: ${steps.ask.result.content.remark}"},
    ],
}


class Newsroom:
    def __init__(self, house):
        self.writer, self.critic = house.model(brackets("w")), house.model(brackets("c"))
        agents = [model_agent(self.writer, "writer"), model_agent(self.critic, "critic")]
        self.server = house.server(agents)
        self.client = Client(self.server)

    @property
    def tasks_told(self):
        return [call.prompt for call in self.writer.calls + self.critic.calls]


def brackets(sign):
    """The script of a model that says its prompt back between signs, a token a word."""

    def script(call):
        call.say(f"{sign}(", *[word + " " for word in call.prompt.split()], ")")

    return script


def over_mcp(client, tool, **arguments):
    """Calls a tool the guide's way and reads the whole stream."""
    params = {"name": tool, "arguments": arguments}
    body = {"jsonrpc": "2.0", "id": "123", "method": "tools/call", "params": params}
    with client.stream("POST", "/v1/mcp/stream", body) as stream:
        assert stream.status == 200, stream.text()
        return stream.rest()


def over_rest(client, path, **body):
    with client.stream("POST", path, body) as stream:
        assert stream.status in (200, 201), stream.text()
        return stream.rest()


def steps_of(frames):
    """What became of each step, in the order in which it was told: ["draft started", …]."""
    return [f"{frame.json['step']} {frame.json['state']}" for frame in frames if frame.type == "step"]


def ends_of(frames):
    """The last that was told of each step."""
    return dict(line.split() for line in steps_of(frames))


def text_of(frames):
    data = only(frames, "result").json["data"]
    return data.get("text", data) if isinstance(data, dict) else data


def assert_a_sound_stream(frames):
    """It begins, its percent never falls, and it ends once."""
    assert frames[0].type == "start" and frames[-1].is_done
    percents = [frame.json["progress"] for frame in frames if frame.type in ("step", "progress")]
    assert percents == sorted(percents) and percents[-1] <= 100
    assert types(frames).count("complete") == 1


def copy_of(definition):
    return json.loads(json.dumps(definition))
