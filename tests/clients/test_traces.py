"""Traces of the real server, read with OpenTelemetry's own definitions."""

import sys

import pytest
from opentelemetry.proto.trace.v1 import trace_pb2

from gear.client import Client
from gear.fake_model import says
from gear.mcp import Stateless
from gear.meshai import command_agent, http_agent, mesh_agent, model_agent
from gear.otlp_receiver import OtlpReceiver, attributes
from gear.waiting import eventually

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"
TRACEPARENT = f"00-{TRACE}-{PARENT}-01"
Span, Status = trace_pb2.Span, trace_pb2.Status

# A program that answers with what it is told about its trace.
TELLS_ITS_TRACE = "import os, sys; sys.stdin.read(); print(os.environ.get('TRACEPARENT', 'nothing'))"


@pytest.fixture
def receiver():
    receiver = OtlpReceiver()
    yield receiver
    receiver.close()


def telemetry(receiver, **more):
    return {"otlp_endpoint": receiver.origin, "service_name": "mesh under test", **more}


def tree(spans):
    """{"name": "name of its parent"}; "" for a parent that is not among them."""
    names = {span.span_id: span.name for span in spans}
    return {span.name: names.get(span.parent_span_id, "") for span in spans}


def only(spans, name):
    found = [span for span in spans if span.name == name]
    assert len(found) == 1, [span.name for span in spans]
    return found[0]


def test_a_task_is_a_trace_that_the_official_definitions_read(house, receiver):
    model = house.model(says("ro", "ses"))
    client = Client(house.server([model_agent(model)], telemetry=telemetry(receiver)))
    task_id = client.submit("Write a poem", task_type="creative")
    client.wait_until(task_id)
    spans = receiver.trace_of(task_id)

    assert tree(spans) == {
        "meshai.task": "",
        "invoke_agent writer": "meshai.task",
        "chat fake": "invoke_agent writer",
    }
    assert receiver.services == {"mesh under test"}
    for span in spans:
        assert span.status.code == Status.STATUS_CODE_OK
        assert 0 < span.start_time_unix_nano <= span.end_time_unix_nano
    task, chat = only(spans, "meshai.task"), only(spans, "chat fake")
    assert task.kind == Span.SPAN_KIND_SERVER and not task.parent_span_id
    assert attributes(task)["meshai.task.state"] == "completed"
    assert attributes(task)["meshai.task.type"] == "creative"
    assert chat.kind == Span.SPAN_KIND_CLIENT
    said = attributes(chat)
    assert said["gen_ai.operation.name"] == "chat"
    assert said["gen_ai.provider.name"] == "openai"
    assert said["gen_ai.request.model"] == "fake"
    assert (said["gen_ai.usage.input_tokens"], said["gen_ai.usage.output_tokens"]) == (7, 2)
    assert (said["server.address"], said["server.port"]) == ("127.0.0.1", model.port)
    assert "poem" not in str(receiver.requests) and "roses" not in str(receiver.requests)


@pytest.mark.parametrize("way", ["header", "meta"])
def test_the_trace_of_a_client_goes_through_the_server_to_the_model(house, receiver, way):
    model = house.model(says("roses"))
    client = Client(house.server([model_agent(model)], telemetry=telemetry(receiver)))
    if way == "header":
        with client.mcp_stream("Write a poem", headers={"traceparent": TRACEPARENT}) as stream:
            stream.rest()
    else:
        meta = {"traceparent": TRACEPARENT}
        with Stateless(client).call("mesh_execute", {"task": "Write a poem"}, meta=meta) as answer:
            answer.result()
    spans = eventually(lambda: receiver.spans, why="The export")
    assert {span.trace_id.hex() for span in spans} == {TRACE}
    assert only(spans, "meshai.task").parent_span_id.hex() == PARENT
    attempt = only(spans, "invoke_agent writer")
    assert model.calls[0].headers["traceparent"] == f"00-{TRACE}-{attempt.span_id.hex()}-01"


def test_a_program_and_an_endpoint_are_told_their_trace(house, receiver):
    agent = house.agent(lambda call: call.complete("done"))
    agents = [command_agent([sys.executable, "-c", TELLS_ITS_TRACE]), http_agent(agent)]
    client = Client(house.server(agents, telemetry=telemetry(receiver)))
    by_name = {}
    for name in ("program", "worker"):
        task_id = client.submit("Work", agents=[name], headers={"traceparent": TRACEPARENT})
        by_name[name] = client.wait_until(task_id)
        receiver.trace_of(task_id)
    spans = receiver.spans
    program, worker = only(spans, "invoke_agent program"), only(spans, "invoke_agent worker")
    assert by_name["program"]["result"] == f"00-{TRACE}-{program.span_id.hex()}-01"
    assert agent.calls[0].headers["traceparent"] == f"00-{TRACE}-{worker.span_id.hex()}-01"
    assert program.kind == Span.SPAN_KIND_INTERNAL and worker.kind == Span.SPAN_KIND_CLIENT


def test_two_servers_are_one_trace(house, receiver):
    inner = house.server([model_agent(house.model(says("roses")))], telemetry=telemetry(receiver))
    outer = house.server([mesh_agent(inner, inner.key())], telemetry=telemetry(receiver))
    client = Client(outer)
    task_id = client.submit("Write a poem", headers={"traceparent": TRACEPARENT})
    client.wait_until(task_id)

    def all_spans():
        spans = receiver.spans
        assert [span.name for span in spans].count("meshai.task") == 2
        return spans

    spans = eventually(all_spans, why="Both exports")
    assert {span.trace_id.hex() for span in spans} == {TRACE}
    call = only(spans, "invoke_agent inner")
    below = [span for span in spans if span.parent_span_id == call.span_id]
    assert [span.name for span in below] == ["meshai.task"], "the inner task is below the outer call"


def test_a_workflow_and_its_tasks_are_one_trace(house, receiver):
    client, _ = house.server_with_model(says("roses"), telemetry=telemetry(receiver))
    steps = [{"task": "Draft a poem"}, {"task": "Revise it"}]
    body = {"workflow_type": "sequential", "input": {"topic": "sea"}, "payload": {"steps": steps}}
    made = client.post("/api/v1/workflows", body, headers={"traceparent": TRACEPARENT})
    assert made.status_code == 201, made.text
    client.wait_until(made.json()["task_id"])

    def all_spans():
        spans = receiver.spans
        assert [span.name for span in spans].count("meshai.task") == 3
        return spans

    spans = eventually(all_spans, why="The export of all three tasks")
    assert {span.trace_id.hex() for span in spans} == {TRACE}
    by_id = {span.span_id: span for span in spans}
    tasks = [span for span in spans if span.name == "meshai.task"]
    root = next(span for span in tasks if span.parent_span_id.hex() == PARENT)
    for child in tasks:
        if child is not root:
            step = by_id[child.parent_span_id]
            run = by_id[step.parent_span_id]
            assert step.name.startswith("agent ") and run.name.startswith("invoke_workflow")
            assert run.parent_span_id == root.span_id


def test_a_failed_task_says_with_which_code(house, receiver):
    client, _ = house.server_with_agent(lambda call: call.answer(400, {"detail": "no"}), telemetry=telemetry(receiver))
    task_id = client.submit("Work", max_retries=0)
    client.wait_until(task_id)
    spans = receiver.trace_of(task_id)
    for span in spans:
        assert span.status.code == Status.STATUS_CODE_ERROR
        assert attributes(span)["error.type"] == "TASK_EXECUTION_FAILED"


def test_a_busy_receiver_gets_the_same_again_and_the_secrets_of_its_file(house, receiver, tmp_path):
    secrets = tmp_path / "otlp.headers"
    secrets.write_text("Authorization: Basic s3cret\n")
    bodies = []

    def busy_once(call):
        bodies.append((call.raw_body, call.headers["Authorization"], call.path))
        if len(bodies) == 1:
            call.answer(503, {}, {"Retry-After": "1"})
        else:
            call.answer(200, {})

    receiver.script = busy_once
    settings = telemetry(receiver, otlp_headers_file=str(secrets))
    client, _ = house.server_with_model(says("roses"), telemetry=settings)
    client.wait_until(client.submit("Write a poem"))
    eventually(lambda: len(bodies) == 2, why="The second try")
    assert bodies[0] == bodies[1] and bodies[0][1:] == ("Basic s3cret", "/v1/traces")
    assert "s3cret" not in client.server.errors.text


def test_a_server_that_stops_sends_what_it_knows(house, receiver):
    client, _ = house.server_with_model(says("roses"), telemetry=telemetry(receiver))
    task_id = client.submit("Write a poem")
    client.wait_until(task_id)
    assert client.server.stop() == 0
    assert [span.name for span in receiver.spans].count("meshai.task") == 1


def test_a_receiver_that_is_not_there_holds_nothing_up(house, receiver):
    receiver.close()
    client, _ = house.server_with_model(says("roses"), telemetry=telemetry(receiver))
    task_id = client.submit("Write a poem")
    assert client.wait_until(task_id)["status"] == "completed"
    assert client.server.stop() == 0


def test_without_an_endpoint_nothing_is_told_to_anybody(house, receiver):
    client, model = house.server_with_model(says("roses"))
    task_id = client.submit("Write a poem", headers={"traceparent": TRACEPARENT})
    client.wait_until(task_id)
    assert "traceparent" not in model.calls[0].headers
    assert client.server.stop() == 0
    assert not receiver.calls


def test_the_variables_of_opentelemetry_are_understood(house, receiver):
    server = house.server_folder([model_agent(house.model(says("roses")))])
    standard = {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.origin, "OTEL_SERVICE_NAME": "by variable"}
    plain = server.environment
    server.environment = lambda **more: {**plain(**more), **standard}
    client = Client(server.start())
    task_id = client.submit("Write a poem")
    client.wait_until(task_id)
    receiver.trace_of(task_id)
    assert receiver.services == {"by variable"}
