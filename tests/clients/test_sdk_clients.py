"""The client libraries of MCP against the real server: each connects, lists,
executes with progress, cancels, and goes on where its line was cut."""

import pytest

from gear.client import Client
from gear.fake_model import says_at_gates
from gear.meshai import model_agent
from gear.proxy import Proxy
from gear.sdk import Driver, Way
from gear.waiting import Gate, eventually

LAST_OF_THE_OLD = "2025-11-25"
FIRST_OF_THE_NEW = "2026-07-28"
OVER_HTTP = [
    Way("sdk1", "http", "legacy", LAST_OF_THE_OLD),
    Way("sdk2", "http", "legacy", LAST_OF_THE_OLD),
    Way("sdk2", "http", "auto", FIRST_OF_THE_NEW),
    Way("sdk2", "http", FIRST_OF_THE_NEW, FIRST_OF_THE_NEW),
    Way("mcp1", "http", "legacy", LAST_OF_THE_OLD),
    Way("mcp2", "http", "legacy", LAST_OF_THE_OLD),
    Way("mcp2", "http", "auto", FIRST_OF_THE_NEW),
    Way("mcp2", "http", FIRST_OF_THE_NEW, FIRST_OF_THE_NEW),
]
# MCP 2024-11-05, HTTP with SSE (H3). Its clients negotiate newer revisions over it.
OVER_SSE = [
    Way("sdk1", "sse", "legacy", LAST_OF_THE_OLD),
    Way("sdk2", "sse", "legacy", LAST_OF_THE_OLD),
    Way("mcp1", "sse", "legacy", LAST_OF_THE_OLD),
    Way("mcp2", "sse", "legacy", LAST_OF_THE_OLD),
]
OVER_STDIO = [
    Way("sdk1", "stdio", "legacy", LAST_OF_THE_OLD),
    Way("sdk2", "stdio", "auto", FIRST_OF_THE_NEW),
    Way("mcp1", "stdio", "legacy", LAST_OF_THE_OLD),
    Way("mcp2", "stdio", "legacy", LAST_OF_THE_OLD),
    Way("mcp2", "stdio", "auto", FIRST_OF_THE_NEW),
]
THROUGH_MCP_REMOTE = [
    Way("sdk1", "remote", "legacy", LAST_OF_THE_OLD),
    Way("mcp2", "remote", "auto", FIRST_OF_THE_NEW),
]
WAYS = OVER_HTTP + OVER_SSE + OVER_STDIO + THROUGH_MCP_REMOTE
every_way = pytest.mark.parametrize("way", WAYS, ids=str)
TASK = "Tell me a story about a lighthouse."


def assert_progress_grows(lines):
    """MCP, progress (F11): "The progress value MUST increase with each notification"."""
    numbers = [line["progress"] for line in lines if line["said"] == "progress"]
    assert numbers and numbers == sorted(set(numbers))


def newest_task(client):
    return client.task(client.get("/api/v1/tasks?limit=1").json()[0]["task_id"])


class Stories:
    """One run of each way, at the first question: with the real model, and with an agent that never answers."""

    def __init__(self, house, real_model):
        self.silent = house.model(lambda call: call.hang())
        agents = [model_agent(real_model, "writer"), model_agent(self.silent, "silent")]
        self.client = Client(house.server(agents))
        self._told = {}

    def of(self, way):
        if way not in self._told:
            self._told[way] = self._run(way)
        return self._told[way]

    def _run(self, way):
        writes, waits = {"task": TASK, "agents": ["writer"]}, {"task": "Wait", "agents": ["silent"]}
        calls = len(self.silent.calls)
        with Driver(way, self.client.server, self.client.key, writes, waits) as driver:
            call = self.silent.wait_for_call(calls + 1)
            driver.give_up()
            told = driver.end()
        eventually(call.ended.is_set, why="The end of the silent agent's call")
        return told, [self.client.task(task["task_id"]) for task in self.client.get("/api/v1/tasks?limit=2").json()]


@pytest.fixture(scope="module")
def stories(module_house, real_model):
    return Stories(module_house, real_model)


@every_way
def test_a_client_executes_on_the_real_model_and_sees_progress(stories, way):
    told, (_, written) = stories.of(way)
    assert told.order[:4] == ["connected", "tools", "progress", "result"], told.lines
    assert told.one("connected")["version"] == way.revision
    assert "mesh_execute" in told.all("tools")[0]["names"]
    assert_progress_grows(told.until("result"))
    result = told.one("result")
    assert written["status"] == "completed" and not result["isError"]
    assert result["structured"]["task_id"] == written["task_id"]
    assert result["text"] == written["result"]
    assert not told.complaints and "Traceback" not in told.errors


# MCP, cancellation (T4): the work ends, nothing more is sent for it, and the connection is still good.
@every_way
def test_a_client_that_cancels_ends_the_work_and_keeps_its_connection(stories, way):
    told, (cancelled, _) = stories.of(way)
    assert [kind for kind in told.order[4:] if kind != "progress"] == ["cancelled", "tools", "closed"], told.lines
    assert stories.client.wait_until(cancelled["task_id"])["status"] == "cancelled"
    assert not told.complaints and "Traceback" not in told.errors


# MCP 2025-11-25, transports (H9, H10, H12): "Disconnection SHOULD NOT be
# interpreted as the client cancelling its request", and the stream is resumed
# with Last-Event-ID.
@pytest.mark.parametrize("way", [way for way in OVER_HTTP if not way.is_modern], ids=str)
def test_a_client_whose_line_is_cut_goes_on_behind_what_it_has_seen(house, way):
    gates = [Gate(is_open=True), Gate(), Gate()]
    client, model = house.server_with_model(says_at_gates(["one ", "two ", "three"], gates))
    proxy = Proxy(client.server.address)
    with Driver(way, client.server, client.key, {"task": "Count"}, origin=proxy.origin) as driver:
        driver.wait_for("progress")
        proxy.cut()
        gates[1].open()
        gates[2].open()
        told = driver.end()
    proxy.close()
    assert told.one("result")["text"] == "one two three"
    assert len(model.calls) == 1
    assert_progress_grows(told.lines)


# H12 and H13: what a lost connection means is the difference between the eras.
@pytest.mark.parametrize("way", [way for way in OVER_HTTP if way.mode in ("legacy", "auto")], ids=str)
def test_a_client_that_dies_cancels_in_the_new_era_only(house, way):
    gate = Gate()
    client, model = house.server_with_model(says_at_gates(["one ", "two"], [Gate(is_open=True), gate]))
    with Driver(way, client.server, client.key, {"task": "Count"}) as driver:
        driver.wait_for("progress")
        driver.kill()
    if not way.is_modern:
        gate.open()
    task = client.wait_until(newest_task(client)["task_id"])
    assert task["status"] == ("cancelled" if way.is_modern else "completed")
