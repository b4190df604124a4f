"""kill -9, twenty times, while two hundred workflows run. Each ends once, no step that was finished is
run again, and all who watch see the same.

The moments are random; MESHAI_KILL_SEED repeats a run as far as threads and the disk allow.
"""

import os
import random
import threading
from collections import Counter

import pytest

from gear.client import Client
from gear.meshai import http_agent
from gear.persistence import Run, Runner, Watcher
from gear.sse import only
from gear.waiting import PATIENCE, eventually, patient

# On a slow build, which says so by its patience, as much as takes as long.
WORKFLOWS = round(200 / PATIENCE)
KILLS = max(3, round(20 / PATIENCE))
RUNNERS = 16
WATCHERS = 2
ITEMS = ["north", "east", "south"]
ERRAND = {
    "name": "errand",
    "steps": [
        {"id": "pack", "task": "pack ${input.name}"},
        {"id": "rest", "type": "wait", "after": ["pack"], "for": "30ms"},
        {"id": "visit", "type": "map", "after": ["pack"], "over": "input.items", "width": 2,
         "step": {"id": "place", "task": "visit ${input.name} ${item}"}},
        {"id": "may", "type": "approval", "after": ["visit", "rest"], "message": "Is ${input.name} to come home?"},
        {"id": "home", "after": ["may"], "task": "home ${input.name}"},
    ],
    "result": {"packed": "${steps.pack.result}", "visited": "${steps.visit.result}", "home": "${steps.home.result}"},
}
# Which step is which call of the agent.
WORDS = {"pack": "pack {}", "home": "home {}"} | {
    f"visit/place[{number}]": f"visit {{}} {item}" for number, item in enumerate(ITEMS)
}
STEPS = ["rest", "visit", "may", *WORDS]
FINAL_KINDS = ("completed", "failed", "cancelled")


class Count:
    """A number that others wait for."""

    def __init__(self):
        self._changed = threading.Condition()
        self._value = 0

    def add(self):
        with self._changed:
            self._value += 1
            self._changed.notify_all()

    def wait_for(self, value, within):
        with self._changed:
            reached = self._changed.wait_for(lambda: self._value >= value, patient(within))
            assert reached, f"{self._value} of {value} workflows ended within {patient(within):.0f} s"


def does_as_told(call):
    call.complete(f"done: {call.payload['input']}")


def kill(server, dice):
    """In the middle of the work; and now and then while it is still starting."""
    threading.Event().wait(dice.uniform(0, 0.1))
    server.kill()
    if dice.random() < 0.25:
        server.launch()
        threading.Event().wait(dice.uniform(0, 0.08))
        server.kill()
    server.start()


class Scene:
    """What happened, to be looked at when it is over."""

    def __init__(self, house):
        self.agent = house.agent(does_as_told)
        self.server = house.server([http_agent(self.agent, idempotent=True, max_concurrent_tasks=100)])
        self.client = Client(self.server)
        names = [f"e{number}" for number in range(WORKFLOWS)]
        self.runs = [Run(f"errand-{name}", {"name": name, "items": ITEMS}) for name in names]

    def play(self, dice):
        ended, waiting = Count(), list(self.runs)
        watchers = [Watcher(Client(self.server, self.client.key)) for _ in range(WATCHERS)]
        runners = [
            Runner(Client(self.server, self.client.key), ERRAND, waiting, watchers[number % WATCHERS], ended.add)
            for number in range(RUNNERS)
        ]
        for thread in watchers + runners:
            thread.start()
        for number in range(KILLS):
            ended.wait_for(number * (WORKFLOWS - RUNNERS) // KILLS, within=60)
            kill(self.server, dice)
        for runner in runners:
            runner.join(patient(60))
            assert runner.problem is None and not runner.is_alive(), runner.problem
        for watcher in watchers:
            eventually(watcher.is_through, 60, "A WebSocket saw the end of all")
            watcher.stop()
        assert all(watcher.connections > KILLS / 2 for watcher in watchers), "they were never cut"
        # One that was never cut proves nothing; most of them began and ended between two kills.
        assert sum(run.connections > 1 for run in self.runs) >= KILLS


@pytest.mark.timeout(240)
def test_twenty_kills_under_two_hundred_workflows_run_nothing_twice_and_hide_nothing(house):
    seed = int(os.environ.get("MESHAI_KILL_SEED") or random.SystemRandom().randrange(1_000_000))
    print(f"MESHAI_KILL_SEED={seed}")
    scene = Scene(house)
    scene.play(random.Random(seed))
    client = scene.client
    assert_each_is_there_once(client, scene.runs)
    calls = {}
    for call in scene.agent.calls:
        calls.setdefault(call.payload["input"], []).append(call)
    reruns = 0
    for run in scene.runs:
        events = whole_log(client, run.task_id)
        assert_the_log_is_sound(events)
        assert_each_step_ended_once(events)
        assert_every_view_is_the_same(client, run, events)
        assert_percent_never_falls(run, events)
        reruns += assert_nothing_finished_was_run_again(client, run, events, calls)
    # Kills that never hit a running step would prove nothing.
    assert reruns > 0
    print(f"{len(scene.runs)} workflows, {len(scene.agent.calls)} calls, {reruns} announced reruns of steps")


def whole_log(client, task_id):
    events = []
    while page := client.events(task_id, after=len(events)):
        events += page
    return events


def assert_each_is_there_once(client, runs):
    listed = client.get("/api/v1/tasks?limit=1000").json()
    assert sorted(task["task_id"] for task in listed) == sorted(run.task_id for run in runs)
    assert Counter(task["status"] for task in listed) == {"completed": len(runs)}


def assert_the_log_is_sound(events):
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    kinds = [event["kind"] for event in events]
    assert kinds[0] == "submitted"
    assert [kind for kind in kinds if kind in FINAL_KINDS] == kinds[-1:] == ["completed"]
    attempts = [event["attempt"] for event in events if event["kind"] == "started"]
    assert attempts == list(range(1, len(attempts) + 1))


def assert_each_step_ended_once(events):
    """Also begun once: what a crash interrupted goes on, in the same child."""
    started = Counter(event["step"] for event in events if event["kind"] == "step_started")
    finished = Counter(event["step"] for event in events if event["kind"] == "step_finished")
    assert started == finished == Counter(STEPS)
    kinds = Counter(event["kind"] for event in events)
    assert kinds["input_required"] >= 1 and kinds["input_given"] == 1


def assert_every_view_is_the_same(client, run, events):
    with client.attach(run.task_id, after=0) as stream:
        replay = [frame for frame in stream.rest() if frame.type != "keepalive"]
    # All that was told over all connections is one replay, byte for byte.
    assert b"".join(frame.raw for frame in run.frames) == b"".join(frame.raw for frame in replay), run.key
    assert run.events == [(frame.id, frame.data) for frame in replay if frame.id], run.key
    ids = [frame.id for frame in replay if frame.id]
    assert ids == sorted(set(ids))
    # The frame that says it is complete stands behind all events.
    assert set(ids[:-1]) <= {event["id"] for event in events}
    task = client.task(run.task_id)
    result = only(run.frames, "result").json["data"]
    assert task["result"] == events[-1]["result"] == result == expected_result(run)
    assert (task["status"], task["progress"], task["last_event"]) == ("completed", 100, len(events))
    logged = {event["step"]: event for event in events if event["kind"] == "step_finished"}
    assert {step["step"]: step["result"] for step in task["steps"]} == {
        path: event["result"] for path, event in logged.items()
    }


def expected_result(run):
    name = run.input["name"]
    return {"packed": f"done: pack {name}", "home": f"done: home {name}",
            "visited": [f"done: visit {name} {item}" for item in ITEMS]}


def assert_percent_never_falls(run, events):
    seen = [frame.json["progress"] for frame in run.frames if frame.type in ("step", "progress", "result")]
    logged = [event["percent"] for event in events if event["kind"] == "progress"]
    assert seen == sorted(seen) and seen[-1] == 100
    assert logged == sorted(logged)


def assert_nothing_finished_was_run_again(client, run, events, calls):
    """Gives how many calls were made again, each announced in the log of the step's own task."""
    reruns = 0
    ends = [event for event in events if event["kind"] == "step_finished"]
    children = {event["step"]: event["child"] for event in ends if "child" in event}
    assert set(children) == set(WORDS)
    for path, child in children.items():
        log = whole_log(client, child)
        assert_the_log_is_sound(log)
        attempts = [event for event in log if event["kind"] == "started"]
        assert all(event.get("reason") for event in attempts[1:]), "a rerun without a reason"
        made = calls[WORDS[path].format(run.input["name"])]
        assert {call.task_id for call in made} == {child}
        assert 1 <= len(made) <= len(attempts), f"{run.key}: {path} was run more often than its log says"
        # Whoever was told that a step is over sees no agent asked for it afterwards.
        assert all(call.arrived_at < run.finished_at[path] for call in made), f"{run.key}: {path} was run again"
        reruns += len(attempts) - 1
    return reruns
