"""What operators and their tools see: health, metrics, the API description, logs."""

import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest
import requests

from gear.client import Client
from gear.fake_model import echoes, says_at_gates
from gear.meshai import model_agent
from gear.waiting import Gate, eventually, patient

METHODS = {"get", "put", "post", "delete", "patch", "options", "head", "trace"}


def promtool():
    """Prometheus' own checker, which ./dev unpacks."""
    named = os.environ.get("MESHAI_PROMTOOL")
    if named and pathlib.Path(named).exists():
        return named
    cached = sorted((pathlib.Path.home() / ".cache" / "meshai").glob("unpacked-*/promtool"))
    found = shutil.which("promtool") or (str(cached[-1]) if cached else None)
    assert found, "promtool is missing: ./dev brings it, or set MESHAI_PROMTOOL."
    return found


@pytest.fixture
def client(house):
    return house.server_with_model(echoes)[0]


def test_metrics_pass_promtool_after_all_kinds_of_traffic(client):
    client.wait_until(client.submit("Write a poem"))
    with client.mcp_stream("Write a poem") as stream:
        stream.rest()
    client.get("/nowhere")
    answer = client.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    checked = subprocess.run(
        [promtool(), "check", "metrics"], input=answer.text, capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


def test_metrics_do_not_grow_with_what_clients_make_up(client):
    def lines():
        return len(client.get("/metrics").text.splitlines())

    client.get("/nowhere")
    before = lines()
    for number in range(50):
        client.get(f"/nowhere/{number}")
        client.get(f"/api/v1/tasks/t_{number}")
    assert lines() <= before + 5


def test_the_api_description_is_openapi_3_1_and_complete(client):
    document = client.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1.")
    assert document["info"]["title"] and document["info"]["version"]
    wanted = [
        ("/v1/mcp", "post"),
        ("/v1/mcp/stream", "post"),
        ("/api/v1/tasks", "post"),
        ("/api/v1/tasks", "get"),
        ("/api/v1/tasks/stream", "post"),
        ("/api/v1/execute", "post"),
        ("/api/v1/continue", "post"),
        ("/api/v1/agents", "get"),
        ("/api/v1/agents", "post"),
        ("/api/v1/agents/discover", "post"),
        ("/api/v1/stats", "get"),
        ("/health", "get"),
        ("/livez", "get"),
        ("/readyz", "get"),
        ("/version", "get"),
        ("/metrics", "get"),
        ("/openapi.json", "get"),
    ]
    for path, method in wanted:
        assert method in document["paths"][path], f"{method} {path}"
    ids = []
    for path, operations in document["paths"].items():
        assert path.startswith("/")
        for method, operation in operations.items():
            if method not in METHODS:
                assert method in ("parameters", "summary", "description", "servers"), method
                continue
            ids.append(operation["operationId"])
            assert operation["responses"] and all(
                re.fullmatch(r"[1-5]\d\d|[1-5]XX|default", c) for c in operation["responses"]
            )
            assert all(answer["description"] for answer in operation["responses"].values())
            declared = {
                p["name"]
                for p in operation.get("parameters", []) + operations.get("parameters", [])
                if p["in"] == "path"
            }
            assert declared == set(re.findall(r"{(\w+)}", path)), f"{method} {path}"
    assert len(ids) == len(set(ids))
    assert_references_lead_somewhere(document)


def assert_references_lead_somewhere(document):
    def walk(node):
        if isinstance(node, dict):
            if "$ref" in node:
                target = document
                for part in node["$ref"].removeprefix("#/").split("/"):
                    target = target[part.replace("~1", "/").replace("~0", "~")]
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(document)


def test_every_described_route_is_served_and_no_other_method_is(client):
    document = client.get("/openapi.json").json()
    for path, operations in document["paths"].items():
        concrete = re.sub(r"{\w+}", "x", path)
        for method in METHODS - {"head", "options", "trace"}:
            body = {} if method in ("put", "post", "patch") else None
            # Some answers are streams without end: their heads say enough.
            with requests.request(
                method, client.server.url + concrete, json=body, headers=client.authorization, stream=True, timeout=patient(30)
            ) as answer:
                served = method in operations
                assert (answer.status_code != 405) == served, f"{method} {path} gave {answer.status_code}"


def test_health_counts_tasks_and_agents(house):
    gate = Gate()
    client, model = house.server_with_model(says_at_gates(["ok"], [gate]))
    task_id = client.submit("Write")
    model.wait_for_call()
    health = client.get("/health").json()
    assert health["status"] == "healthy" and health["active_tasks"] == 1 and health["total_agents"] == 1
    gate.open()
    client.wait_until(task_id)
    # Statistics follow the log by a moment.
    eventually(lambda: client.get("/health").json()["completed_tasks"] == 1, why="Counting the task")
    stats = client.get("/api/v1/stats").json()
    assert (stats["total_tasks_submitted"], stats["completed_tasks"], stats["failed_tasks"]) == (1, 1, 0)
    assert stats["success_rate"] == 1


def test_log_lines_are_json_and_never_tell_a_secret(house):
    model = house.model(echoes)
    secret_file = house.server_folder([]).folder / "model.key"
    secret_file.write_text("sk-very-secret-value\n")
    secret_file.chmod(0o600)
    client = Client(house.server([model_agent(model, api_key_file=str(secret_file))], log={"level": "debug"}))
    client.wait_until(client.submit("Write"))
    assert model.calls[0].headers["Authorization"] == "Bearer sk-very-secret-value"
    said = client.server.errors.text
    assert said.strip()
    for line in said.splitlines():
        json.loads(line)
    assert "sk-very-secret-value" not in said and client.key not in said


def test_a_clients_key_never_travels_to_the_agent(client, house):
    model = house.model(echoes)
    other = Client(house.server([model_agent(model)]))
    other.wait_until(other.submit("Write"))
    everything = str(model.calls[0].headers) + model.calls[0].raw_body.decode()
    assert other.key not in everything


def test_stdout_is_one_line(client):
    client.wait_until(client.submit("Write"))
    client.server.stop()
    lines = client.server.output.text.splitlines()
    assert len(lines) == 1 and re.fullmatch(r"ready http://127\.0\.0\.1:\d+", lines[0])


def test_metrics_count_what_happened(client):
    for _ in range(3):
        client.wait_until(client.submit("Write"))

    def outcomes():
        text = client.get("/metrics").text
        assert 'meshai_tasks_total{outcome="completed"} 3' in text.splitlines(), text
        return True

    # Metrics follow the log by a moment.
    eventually(outcomes, why="Counting three tasks")


def test_readyz_turns_when_the_server_is_ready(client):
    assert eventually(lambda: client.get("/readyz").status_code == 200)
