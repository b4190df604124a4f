"""A tenant watched live, while the server is killed under its watchers."""

import json
import threading

import pytest
import requests

from gear.client import Client
from gear.meshai import model_agent
from gear.streaming import Cut
from gear.waiting import eventually, patient

EVENTS = "/api/v1/events/stream"
METRICS = "/api/v1/metrics/stream"
KILLS = 5
TASKS_PER_LIFE = 6
QUIET = ("keepalive", "end")


class Watcher(threading.Thread):
    """Watches the tenant over as many connections as it takes, each behind the last id of the one before."""

    def __init__(self, client, query="?from=start"):
        super().__init__(daemon=True)
        self._client = client
        self._query = query
        self._stopping = threading.Event()
        self._last_id = None
        self.frames = []
        self.connections = 0
        self.problem = None

    def run(self):
        try:
            while not self._stopping.is_set():
                self._watch_once()
        except Exception as problem:  # shown by the test, which sees no other thread's failure
            self.problem = problem

    def _watch_once(self):
        headers = {} if self._last_id is None else {"Last-Event-ID": self._last_id}
        try:
            with self._client.stream("GET", EVENTS + self._query, headers=headers) as stream:
                if stream.status == 503:
                    return
                assert stream.status == 200, f"{stream.status} {stream.text()}"
                self.connections += 1
                while not self._stopping.is_set() and (frame := stream.next()) is not None:
                    self._last_id = frame.id or self._last_id
                    if frame.type not in QUIET:
                        self.frames.append(frame)
        except (Cut, OSError):
            threading.Event().wait(0.02)

    def has_seen_the_end_of(self, task_ids):
        ended = {frame.json["task_id"] for frame in list(self.frames) if frame.type in ("completed", "failed")}
        return set(task_ids) <= ended

    def stop(self):
        self._stopping.set()


def submit_patiently(client, text, key):
    def attempt():
        try:
            answer = client.post("/api/v1/tasks", {"input": text}, headers={"Idempotency-Key": key})
        except requests.RequestException:
            return None
        return answer.json()["task_id"] if answer.status_code in (200, 201) else None

    return eventually(attempt, within=30, why=f"{key} was taken")


@pytest.mark.timeout(180)
def test_watchers_of_a_server_that_is_killed_see_every_event_once_and_all_the_same(house):
    model = house.model()
    server = house.server([model_agent(model, idempotent=True)])
    client = Client(server)
    watchers = [Watcher(Client(server, client.key)) for _ in range(2)]
    for watcher in watchers:
        watcher.start()

    task_ids = []
    for life in range(KILLS):
        for number in range(TASKS_PER_LIFE):
            task_ids.append(submit_patiently(client, f"Tell of {life} {number}", f"live-{life}-{number}"))
        # The last tasks of this life may be anywhere between their first event and their end.
        server.kill()
        server.start()
    for watcher in watchers:
        eventually(lambda w=watcher: w.problem or w.has_seen_the_end_of(task_ids), within=60, why="the end of all tasks")
        assert watcher.problem is None, watcher.problem
        watcher.stop()

    with client.stream("GET", EVENTS + "?from=start") as stream:
        whole = []
        while len({f.json["task_id"] for f in whole if f.type in ("completed", "failed")}) < len(task_ids):
            frame = stream.next()
            if frame.type not in QUIET:
                whole.append(frame)
    assert len({frame.id for frame in whole}) == len(whole)
    for watcher in watchers:
        assert watcher.connections > 1, "a watcher that was never cut proves nothing"
        assert [frame.raw for frame in watcher.frames[: len(whole)]] == [frame.raw for frame in whole]
    for task_id in task_ids:
        seqs = [frame.json["seq"] for frame in whole if frame.json["task_id"] == task_id]
        kinds = [event["kind"] for event in client.events(task_id)]
        seen = [frame.type for frame in whole if frame.json["task_id"] == task_id]
        assert seqs == sorted(seqs)
        assert seen == [kind for kind in kinds if kind not in ("output", "relayed")]


def test_a_drained_server_says_goodbye_with_the_id_to_come_back_by(house):
    client, _ = house.server_with_model()
    client.wait_until(client.submit("Tell a tale"))
    with client.stream("GET", EVENTS + "?from=start") as stream:
        stream.until("completed")
        client.server.terminate()
        goodbye = stream.until("end")
        assert goodbye.json == {"type": "end", "reason": "draining", "cursor": goodbye.id}
        assert stream.next() is None
    eventually(lambda: not client.server.is_running, why="the end of the server")
    client.server.start()
    with client.stream("GET", EVENTS, headers={"Last-Event-ID": goodbye.id}) as stream:
        task_id = client.submit("Tell another")
        assert stream.next().json["task_id"] == task_id


def test_numbers_come_every_second_and_count_what_happened(house):
    client, _ = house.server_with_model()
    with client.stream("GET", METRICS) as stream:
        assert stream.next().type == "metrics"
        client.wait_until(client.submit("Tell a tale"))

        def counted():
            numbers = stream.next().json
            return numbers if numbers["totals"]["completed"] == 1 else None

        numbers = eventually(counted, why="the completed task in the numbers")
        assert numbers["tasks"] == {"running": 0, "queued": 0, "waiting": 0, "workflows": 0}
        assert numbers["execution_ms"]["count"] == 1
        assert [agent["name"] for agent in numbers["agents"]] == ["writer"]


def test_top_shows_one_page_and_leaves(house):
    client, _ = house.server_with_model()
    page = client.server.client("top", "--once")
    assert page.returncode == 0, page.stderr
    assert "writer" in page.stdout and "running 0" in page.stdout
    snapshot = client.server.client("top", "--once", "-o", "json")
    assert json.loads(snapshot.stdout)["type"] == "metrics"


def test_a_thousand_events_reach_a_watcher_who_reads_nothing_for_a_while(house):
    client, _ = house.server_with_model()
    with client.stream("GET", EVENTS, within=patient(60)) as stream:
        task_ids = [client.submit(f"Tell tale {number}") for number in range(200)]
        for task_id in task_ids:
            client.wait_until(task_id)
        ended = set()
        while len(ended) < len(task_ids):
            frame = stream.next()
            if frame.type == "completed":
                ended.add(frame.json["task_id"])
        assert ended == set(task_ids)
