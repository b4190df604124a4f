"""Agents that hand part of their work on: a model by its tools, a program by a request of its own."""

import json
import sys

import requests

from gear.client import Client, task_id_of
from gear.fake_model import says
from gear.meshai import command_agent, http_agent, model_agent
from gear.sse import only, types

# What a program does with what it was given; the standard library is enough.
CALLER = """
import json, os, urllib.error, urllib.request

def call(url, body, **headers):
    headers = {"Authorization": "Bearer " + os.environ["MESHAI_DELEGATE_KEY"],
               "Content-Type": "application/json", **headers}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)
"""

DELEGATES = CALLER + """
status, said = call(os.environ["MESHAI_DELEGATE_URL"], {"task": "Tell me a word", "agent": "writer"})
print(json.dumps({"status": status, "said": said}))
"""

ASKS = CALLER + """
status, said = call(os.environ["MESHAI_ASK_URL"], {"question": "Red or blue?"})
print(said["content"]["answer"])
"""

TRIES_EVERYTHING = CALLER + """
base = os.environ["MESHAI_DELEGATE_URL"].split("/api/")[0]
seen = [call(base + path, {"task": "x"})[0] for path in ("/api/v1/tasks", "/v1/mcp", "/api/v1/agents/register")]
print(json.dumps(seen))
"""


def program(tmp_path, source, **more):
    path = tmp_path / "agent.py"
    path.write_text(source)
    return command_agent([sys.executable, str(path)], name="boss", **more)


def run(client, task="Work", **members):
    with client.rest_stream(task, **members) as stream:
        return stream.rest()


def asks_tools(*calls):
    """A model that asks for these tools at first, and then says what they answered."""

    def script(call):
        answers = [m["content"] for m in call.body["messages"] if m["role"] == "tool"]
        if answers:
            return call.say("I was told: ", *answers)
        call.begin()
        for index, (name, arguments) in enumerate(calls):
            whole = json.dumps(arguments)
            half = len(whole) // 2
            pieces = [{"index": index, "id": f"c{index}", "type": "function",
                       "function": {"name": name, "arguments": whole[:half]}},
                      {"index": index, "function": {"arguments": whole[half:]}}]
            for piece in pieces:
                call._chunk({"choices": [{"index": 0, "delta": {"tool_calls": [piece]}, "finish_reason": None}]})
        call.finish("tool_calls")

    return script


def result_of(frames):
    """What the agent said: a text, or the object that it printed."""
    data = only(frames, "result").json["data"]
    return data["text"] if set(data) == {"text"} else data


def said_by_agents(frames):
    return [frame.json for frame in frames if frame.type == "agent_message"]


def test_a_model_hands_work_to_another_and_goes_on_with_its_answer(house):
    boss = house.model(asks_tools(("delegate", {"task": "Say a word", "agent": "writer"})))
    writer = house.model(says("lighthouse"))
    agents = [model_agent(boss, name="boss", delegates=True), model_agent(writer, name="writer")]
    client = Client(house.server(agents))
    frames = run(client, agents=["boss"])
    assert result_of(frames) == "I was told: lighthouse"
    assert writer.calls[0].prompt == "Say a word"
    assert "tools" in boss.calls[0].body and "tools" not in writer.calls[0].body
    kinds = [message.get("kind") for message in said_by_agents(frames)]
    assert "handover" in kinds and "answer" in kinds, types(frames)


def test_several_tools_of_one_round_run_side_by_side(house):
    boss = house.model(asks_tools(*[("delegate", {"task": f"Part {i}", "agent": "writer"}) for i in range(4)]))
    writer = house.model(says("done;"))
    agents = [model_agent(boss, name="boss", delegates=True), model_agent(writer, name="writer")]
    client = Client(house.server(agents))
    frames = run(client, agents=["boss"])
    assert result_of(frames) == "I was told: " + "done;" * 4
    assert sorted(call.prompt for call in writer.calls) == [f"Part {i}" for i in range(4)]


def test_what_a_model_does_wrong_comes_back_to_it(house):
    boss = house.model(asks_tools(("delegate", {"task": "x", "agent": "boss"}), ("fly", {}), ("delegate", {})))
    client = Client(house.server([model_agent(boss, name="boss", delegates=True)]))
    answer = result_of(run(client))
    assert "itself" in answer and 'no tool "fly"' in answer and "missing" in answer


def test_a_program_hands_work_on_by_a_request_of_its_own(house, tmp_path):
    writer = house.model(says("lighthouse"))
    agents = [program(tmp_path, DELEGATES, delegates=True), model_agent(writer, name="writer")]
    client = Client(house.server(agents))
    frames = run(client, agents=["boss"])
    told = json.loads(result_of(frames))
    assert told["status"] == 200 and told["said"]["status"] == "completed"
    assert told["said"]["result"] == "lighthouse"
    assert client.task(told["said"]["task_id"])["status"] == "completed"
    assert "handover" in [message.get("kind") for message in said_by_agents(frames)]


def test_a_program_asks_the_person_whose_task_it_is(house, tmp_path):
    client = Client(house.server([program(tmp_path, ASKS, delegates=True)]))
    with client.rest_stream("Paint it") as stream:
        stream.until("input_required")
        task_id = task_id_of(stream.frames)
        client.post(f"/api/v1/tasks/{task_id}/input", {"answer": {"answer": "red"}})
        frames = stream.rest()
    assert result_of(frames) == "red"


def test_the_key_of_a_program_opens_nothing_else(house, tmp_path):
    client = Client(house.server([program(tmp_path, TRIES_EVERYTHING, delegates=True)]))
    assert json.loads(result_of(run(client))) == [401, 401, 401]


def test_a_program_that_may_not_delegate_is_given_no_means(house, tmp_path):
    source = "import os\nprint('MESHAI_DELEGATE_KEY' in os.environ)\n"
    client = Client(house.server([program(tmp_path, source)]))
    assert result_of(run(client)) == "False"


def test_work_is_done_once_though_the_server_is_killed_meanwhile(house):
    """The boss asks the same again after the crash, and is given what was done before."""
    boss = house.model(asks_tools(("delegate", {"task": "Say a word", "agent": "writer"})))
    writer = house.model(says("lighthouse"))
    agents = [model_agent(boss, name="boss", delegates=True), model_agent(writer, name="writer")]
    server = house.server(agents)
    client = Client(server)
    task_ids = [client.submit(f"Work {i}", agents=["boss"]) for i in range(5)]
    server.kill()
    server.start()
    for task_id in task_ids:
        task = client.wait_until(task_id)
        assert task["status"] == "completed", task
        assert task["result"] == "I was told: lighthouse"
        kinds = [event["kind"] for event in client.events(task_id)]
        assert kinds.count("step_started") == 1 and kinds.count("step_finished") == 1, kinds


def test_an_agent_over_http_finds_the_means_in_its_context(house):
    writer = house.model(says("lighthouse"))

    def script(call):
        context = call.body["context"]
        answer = requests.post(
            context["delegate_url"],
            json={"task": "Say a word", "agent": "writer"},
            headers={"Authorization": f"Bearer {context['delegate_key']}", "Idempotency-Key": "one"},
            timeout=60,
        )
        call.complete({"told": answer.json()})

    agent = house.agent(script)
    agents = [http_agent(agent, name="boss", delegates=True), model_agent(writer, name="writer")]
    client = Client(house.server(agents))
    told = result_of(run(client, agents=["boss"]))["told"]
    assert told["status"] == "completed" and told["result"] == "lighthouse"
    # When the task is over, so is its key.
    context = agent.calls[0].body["context"]
    late = requests.post(
        context["delegate_url"],
        json={"task": "More"},
        headers={"Authorization": f"Bearer {context['delegate_key']}"},
        timeout=10,
    )
    assert late.status_code == 410, late.text


def test_a_program_hands_work_to_a_real_model(house, tmp_path, real_model):
    agents = [program(tmp_path, DELEGATES, delegates=True), model_agent(real_model, name="writer")]
    client = Client(house.server(agents))
    frames = run(client, agents=["boss"])
    told = json.loads(result_of(frames))
    assert told["said"]["status"] == "completed" and told["said"]["result"]
    # What the model writes is on the parent's stream while it writes.
    assert "step" in types(frames) and types(frames).count("token") + types(frames).count("progress") > 2
    child = told["said"]["task_id"]
    assert client.task(child)["status"] == "completed"
    assert task_id_of(frames) != child
