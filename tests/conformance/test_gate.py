"""The gate itself: it is red where the suite alone would be half green."""

import http.client
import json

import pytest

import expectations
import servers
import suite
from gear.scripted_server import ScriptedServer
from key_proxy import KeyProxy

CLOSED_PORT = "http://localhost:1/mcp"


def test_a_server_that_is_not_there_is_told_before_the_suite_runs():
    with pytest.raises(AssertionError, match="Nothing answers at http://localhost:1/mcp"):
        servers.assert_answers(CLOSED_PORT)


def test_against_a_closed_port_the_suite_still_passes_checks_and_is_not_believed(tmp_path):
    run = expectations.run_named("2026-07-28")
    outcome = suite.run(run, CLOSED_PORT, tmp_path / "out")
    green = [scenario for scenario in outcome.scenarios.values() if scenario.passed and not scenario.failures]
    assert green, "This edition passes nothing without a server; the gate may be simpler."
    assert outcome.failed > 0 and 0 < outcome.passed < run.total


def test_a_fixture_that_ends_at_once_is_told_with_its_words():
    with pytest.raises(AssertionError, match="no such option"), servers.fixture(
        ["sh", "-c", "echo no such option >&2; exit 2"]
    ):
        raise RuntimeError("There is no server to work with.")


def test_a_fixture_that_is_ready_and_does_not_answer_is_told():
    with pytest.raises(AssertionError, match="Nothing answers"), servers.fixture(
        ["sh", "-c", "echo ready http://127.0.0.1:1; exec tail -f /dev/null"]
    ):
        raise RuntimeError("There is no server to work with.")


def test_a_failed_check_is_told_with_its_message(tmp_path):
    folder = tmp_path / "server-ping-2026-01-01T00-00-00-000Z"
    folder.mkdir()
    checks = [{"id": "a", "status": "SUCCESS"}, {"id": "b", "status": "FAILURE", "errorMessage": "no answer"}]
    (folder / "checks.json").write_text(json.dumps(checks))
    scenario = suite.read(tmp_path)["ping"]
    assert (scenario.passed, scenario.failures, scenario.story) == (1, ["b: no answer"], "  FAILURE b: no answer")


def test_the_proxy_adds_the_key_and_changes_nothing_else():
    server = ScriptedServer(lambda call: call.answer(200, {"ok": True}))
    proxy = KeyProxy(("127.0.0.1", server.port), "msk_1")
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=20)
    connection.request("POST", "/mcp?x=1", b'{"a": 1}', {"Host": "evil.example.com", "MCP-Method": "ping"})
    assert json.load(connection.getresponse()) == {"ok": True}
    call = server.wait_for_call()
    assert (call.path, call.body, call.headers["Host"]) == ("/mcp?x=1", {"a": 1}, "evil.example.com")
    assert call.headers["Authorization"] == "Bearer msk_1" and "MCP-Method" in call.headers
    connection.close()
    proxy.close()
    server.close()
