"""Who may come in, and how often."""

import time

import pytest
import requests

from gear.client import Client, mesh_execute
from gear.fake_model import echoes, says
from gear.meshai import model_agent
from gear.raw import exchange, request
from gear.waiting import eventually, patient

OPEN_PATHS = ["/health", "/api/v1/health", "/livez", "/readyz", "/version"]
CLOSED_PATHS = [
    "/metrics",
    "/openapi.json",
    "/api/v1/tasks",
    "/api/v1/tasks/t_x",
    "/api/v1/tasks/t_x/events",
    "/api/v1/tasks/t_x/stream",
    "/api/v1/tasks/t_x/result",
    "/api/v1/agents",
    "/api/v1/stats",
    "/nowhere",
]
# A page that is opened by the token in its path, and by nothing else.
LINK_PATH = "/approve/{token}"
REFUSED_BY_LINK = [403, 404, 415]
POSTED_PATHS = [
    "/v1/mcp",
    "/v1/mcp/stream",
    "/api/v1/tasks",
    "/api/v1/tasks/stream",
    "/api/v1/execute",
    "/api/v1/agents",
]


def call_without_key(client, method, path, **headers):
    return requests.request(
        method, client.server.url + path, json={} if method == "POST" else None, headers=headers, timeout=patient(10)
    )


@pytest.fixture
def client(house):
    return house.server_with_model(echoes)[0]


@pytest.mark.parametrize("path", OPEN_PATHS)
def test_health_and_version_need_no_key(client, path):
    answer = call_without_key(client, "GET", path)
    assert answer.status_code == 200
    if path != "/livez":
        assert answer.json()


def test_everything_else_needs_a_key(client):
    for method, path in [("GET", p) for p in CLOSED_PATHS] + [("POST", p) for p in POSTED_PATHS]:
        answer = call_without_key(client, method, path)
        assert answer.status_code == 401, f"{method} {path} gave {answer.status_code}"
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.headers["Content-Type"].startswith("application/problem+json")


def test_every_path_of_the_api_description_but_health_needs_a_key(client):
    document = client.get("/openapi.json").json()
    for path, methods in document["paths"].items():
        for method in methods:
            status = call_without_key(client, method.upper(), path.replace("{", "").replace("}", "")).status_code
            expected = [200] if path in OPEN_PATHS else REFUSED_BY_LINK if path == LINK_PATH else [401]
            assert status in expected, f"{method} {path} gave {status}"


@pytest.mark.parametrize("form", ["Bearer", "raw", "X-API-Key"])
def test_a_key_may_come_in_three_forms(client, form):
    forms = {"Bearer": ("Authorization", f"Bearer {client.key}"), "raw": ("Authorization", client.key)}
    name, value = forms.get(form, ("X-API-Key", client.key))
    assert call_without_key(client, "GET", "/api/v1/tasks", **{name: value}).status_code == 200


def test_a_wrong_key_is_refused_and_soon_locked_out_but_a_right_one_is_not(client):
    statuses = [
        call_without_key(client, "GET", "/api/v1/tasks", Authorization=f"Bearer msk_live_{n}").status_code
        for n in range(7)
    ]
    assert statuses == [401] * 5 + [429] * 2
    assert client.get("/api/v1/tasks").status_code == 200


def test_a_key_in_the_query_is_no_key(client):
    assert call_without_key(client, "GET", f"/api/v1/tasks?api_key={client.key}&token={client.key}").status_code == 401


@pytest.mark.parametrize("path", ["/health", "/v1/mcp", "/api/v1/tasks", "/nowhere"])
def test_a_foreign_origin_is_refused_on_every_path_before_the_key(client, path):
    for origin in ("https://evil.example", "null", "http://127.0.0.1.evil.example", "http://localhost.evil.example"):
        answer = call_without_key(client, "GET", path, Origin=origin)
        assert answer.status_code == 403, f"{origin} on {path} gave {answer.status_code}"


@pytest.mark.parametrize(
    "origin", ["http://localhost", "http://localhost:3000", "http://127.0.0.1:9", "http://[::1]:5173"]
)
def test_loopback_origins_are_fine(client, origin):
    assert call_without_key(client, "GET", "/health", Origin=origin).status_code == 200


def test_an_allowed_origin_is_fine(house):
    client = Client(house.server(server={"allowed_origins": ["https://app.example"]}))
    assert call_without_key(client, "GET", "/health", Origin="https://app.example").status_code == 200
    assert call_without_key(client, "GET", "/health", Origin="https://app.example.evil").status_code == 403
    assert call_without_key(client, "GET", "/health", Origin="http://app.example").status_code == 403


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil.example:80", "localhost@evil.example", ""]
)
def test_a_foreign_host_is_refused(client, host):
    status, _, _ = exchange(client.server, request(host=host))
    assert status in (400, 403, 421)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "localhost:8080", "[::1]", "LOCALHOST"])
def test_loopback_hosts_are_fine(client, host):
    assert exchange(client.server, request(host=host))[0] == 200


def test_a_host_must_be_there_once(client):
    assert exchange(client.server, request(host=None))[0] == 400
    assert exchange(client.server, request(headers=["Host: localhost"]))[0] == 400


def test_another_tenant_gets_the_same_answer_as_for_a_task_that_never_was(client):
    task_id = client.submit("Write a poem")
    client.wait_until(task_id)
    stranger = Client(client.server, client.server.key("another"))
    unknown = task_id[:-4] + "0000"

    def told(path):
        answer = stranger.get(path)
        return answer.status_code, answer.text.replace(task_id, "ID").replace(unknown, "ID")

    for tail in ("", "/events", "/stream", "/result"):
        foreign = told(f"/api/v1/tasks/{task_id}{tail}")
        assert foreign[0] == 404
        assert foreign == told(f"/api/v1/tasks/{unknown}{tail}")
    assert stranger.cancel(task_id).status_code == 404
    assert stranger.get("/api/v1/tasks").json() == []
    again = stranger.post("/api/v1/continue", {"task_id": task_id, "additional_instructions": "More"})
    assert again.status_code == 404
    assert client.task(task_id)["status"] == "completed"


def test_agents_registered_by_a_tenant_are_its_own(client):
    body = {"id": "mine", "name": "mine", "framework": "custom", "capabilities": ["reasoning"]}
    registered = client.post("/api/v1/agents", {**body, "endpoint": "https://mine.example/execute"})
    assert registered.status_code == 201, registered.text
    stranger = Client(client.server, client.server.key("another"))
    assert stranger.get("/api/v1/agents/mine").status_code == 404
    assert "mine" not in [each["id"] for each in stranger.get("/api/v1/agents").json()]


def test_the_101st_call_of_a_minute_is_told_when_to_come_back(house):
    model = house.model(says("ok"))
    server = house.server([model_agent(model)], limits={"requests_per_minute": 100})
    client = Client(server)
    first = client.get("/api/v1/stats")
    assert first.headers["X-RateLimit-Limit"] == "100"
    assert first.headers["X-RateLimit-Remaining"] == "99"
    assert 0 < int(first.headers["X-RateLimit-Reset"]) - time.time() < 62
    for _ in range(99):
        assert client.get("/api/v1/stats").status_code == 200
    over = client.get("/api/v1/stats")
    assert over.status_code == 429
    assert 0 < int(over.headers["Retry-After"]) <= 60
    assert over.headers["X-RateLimit-Remaining"] == "0"
    assert over.json()["code"] == "RATE_LIMITED"
    # The limit is the key's: another key of the same tenant goes on.
    assert Client(server, server.create_key(name="second")["key"]).get("/api/v1/stats").status_code == 200
    assert call_without_key(client, "GET", "/health").status_code == 200


@pytest.mark.parametrize(
    "scopes, may",
    [("mcp:read", {"GET": 200, "POST": 403}), ("mcp:read,mcp:execute", {"GET": 200, "POST": 201})],
)
def test_a_key_may_do_what_its_scopes_say(client, scopes, may):
    limited = Client(client.server, client.server.create_key(scopes=scopes)["key"])
    assert limited.get("/api/v1/tasks").status_code == may["GET"]
    answer = limited.post("/api/v1/tasks", {"input": "Write"})
    assert answer.status_code == may["POST"]
    if answer.status_code == 403:
        assert "mcp:execute" in answer.headers["WWW-Authenticate"]
        with limited.stream("POST", "/v1/mcp/stream", mesh_execute("Write")) as stream:
            assert stream.status == 403
            assert "mcp:execute" in stream.headers["www-authenticate"]


def test_a_revoked_key_is_refused_within_seconds(client):
    made = client.server.create_key(name="short-lived")
    revoked = Client(client.server, made["key"])
    assert revoked.get("/api/v1/tasks").status_code == 200
    ended = client.server.cli("key", "revoke", made["id"], "--config", client.server.config)
    assert ended.returncode == 0, ended.stderr
    eventually(lambda: revoked.get("/api/v1/tasks").status_code == 401, within=5)
    assert client.get("/api/v1/tasks").status_code == 200


def test_keys_are_made_with_the_server_running_or_not(house):
    server = house.server_folder([])
    before = server.create_key("acme", "before")
    server.start()
    during = server.create_key("acme", "during")
    server.stop()
    after = server.create_key("other", "after")
    server.start()
    for made in (before, during, after):
        assert set(made) == {"id", "key", "tenant", "scopes"}
        assert made["key"].startswith("msk_live_")
        assert Client(server, made["key"]).get("/api/v1/tasks").status_code == 200


def test_a_key_is_shown_once_and_never_again(client):
    made = client.server.create_key(name="secret")
    listed = client.server.cli("key", "ls", "--config", client.server.config, "-o", "json")
    assert made["id"] in listed.stdout
    assert made["key"] not in listed.stdout
    raw = b"".join(path.read_bytes() for path in client.server.folder.iterdir() if path.is_file())
    assert made["key"].encode() not in raw
    assert made["key"] not in client.server.errors.text
