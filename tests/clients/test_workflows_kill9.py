"""kill -9, twenty times, while two hundred workflows run. Each ends once, no step that was finished is
run again, and all who watch see the same. And the same for steps that fail, are tried again, fall back,
time out, call other workflows and work together."""

import json
import threading
from collections import Counter

import pytest

from gear.client import Client
from gear.meshai import http_agent
from gear.persistence import Run
from gear.siege import (
    assert_every_view_is_the_same,
    assert_percent_never_falls,
    assert_the_log_is_sound,
    besiege,
    dice,
    whole_log,
)
from gear.waiting import PATIENCE

# On a slow build, which says so by its patience, as much as takes as long.
WORKFLOWS = round(200 / PATIENCE)
KILLS = max(3, round(20 / PATIENCE))
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
STEPS = {"rest", "visit", "may", *WORDS}


def does_as_told(call):
    call.complete(f"done: {call.payload['input']}")


def besieged(server, definition, runs, kills, **more):
    """(run, log) of each, in which all is true that must be true of every workflow."""
    besiege(server, definition, runs, kills, dice(), **more)
    client = Client(server)
    assert_each_is_there_once(client, runs)
    for run in runs:
        events = whole_log(client, run.task_id)
        assert_the_log_is_sound(events)
        assert_each_step_ended_once(events)
        assert_every_view_is_the_same(client, run, events)
        assert_percent_never_falls(run, events)
        yield run, events


@pytest.mark.timeout(480)
def test_twenty_kills_under_two_hundred_workflows_run_nothing_twice_and_hide_nothing(house):
    agent = house.agent(does_as_told)
    server = house.server([http_agent(agent, idempotent=True, max_concurrent_tasks=100)])
    client = Client(server)
    names = [f"e{number}" for number in range(WORKFLOWS)]
    runs = [Run(f"errand-{name}", {"name": name, "items": ITEMS}) for name in names]
    reruns = 0
    for run, events in besieged(server, ERRAND, runs, KILLS):
        assert {event["step"] for event in events if event["kind"] == "step_finished"} == STEPS
        assert Counter(event["kind"] for event in events)["input_given"] == 1
        assert events[-1]["result"] == expected_result(run)
        reruns += assert_nothing_finished_was_run_again(client, run, events, calls_by_text(agent))
    # Kills that never hit a running step would prove nothing.
    assert reruns > 0
    print(f"{len(runs)} workflows, {len(agent.calls)} calls, {reruns} announced reruns of steps")


def calls_by_text(agent):
    calls = {}
    for call in agent.calls:
        calls.setdefault(call.payload["input"], []).append(call)
    return calls


def assert_each_is_there_once(client, runs):
    listed = client.get("/api/v1/tasks?limit=1000").json()
    assert sorted(task["task_id"] for task in listed) == sorted(run.task_id for run in runs)
    assert Counter(task["status"] for task in listed) == {"completed": len(runs)}


def assert_each_step_ended_once(events):
    """Each attempt also began once: what a crash interrupted goes on, in the same child."""
    began = Counter((event["step"], event["attempt"]) for event in events if event["kind"] == "step_started")
    ended = Counter((event["step"], event["attempt"]) for event in events if event["kind"] == "step_finished")
    assert began == ended and set(ended.values()) == {1}


def expected_result(run):
    name = run.input["name"]
    return {"packed": f"done: pack {name}", "home": f"done: home {name}",
            "visited": [f"done: visit {name} {item}" for item in ITEMS]}


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


# --- steps to which everything happens

CALLED = {
    "name": "called",
    "steps": [
        {"id": "one", "agent": "worker", "task": "one ${input.name}"},
        {"id": "two", "agent": "worker", "after": ["one"], "task": "two ${input.name}"},
    ],
}
TROUBLE = {
    "name": "trouble",
    "steps": [
        {"id": "again", "agent": "worker", "task": "once ${input.name}", "output": "json",
         "retry": {"attempts": 3, "backoff": "20ms"}},
        {"id": "fallback", "agent": "lazy", "task": "do ${input.name}", "on_error": {"fallback": "second"}},
        {"id": "hopeless", "capabilities": ["idleness"], "task": "try ${input.name}", "on_error": "continue"},
        {"id": "choice", "type": "condition", "after": ["again"], "if": "input.is_odd",
         "then": [{"id": "odd", "agent": "worker", "task": "odd ${input.name}"}],
         "else": [{"id": "even", "type": "wait", "for": "20ms"}]},
        {"id": "both", "type": "parallel", "after": ["fallback"], "retry": {"attempts": 2, "backoff": "10ms"},
         "steps": [{"id": "left", "agent": "worker", "task": "left ${input.name}"},
                   {"id": "right", "agent": "second", "task": "once right ${input.name}", "output": "json"}]},
        {"id": "call", "type": "workflow", "after": ["hopeless"], "workflow": "called", "input": "${input}"},
        {"id": "together", "type": "collaboration", "strategy": "collaborative", "agents": ["worker", "second"],
         "after": ["choice"], "task": "together ${input.name}"},
        {"id": "split", "type": "collaboration", "strategy": "hierarchical", "manager": "second", "agents": ["worker"],
         "after": ["choice"], "task": "split ${input.name}"},
        {"id": "may", "type": "approval", "after": ["call", "both"], "message": "May ${input.name}?",
         "timeout": "100ms", "on_timeout": "approve"},
        {"id": "last", "agent": "second", "after": ["may", "together", "split"], "task": "last ${input.name}"},
    ],
}


class Troubled:
    """Agents: one never does anything; the others do not give the JSON that is wanted when they are asked for
    it the first time. (If they failed, nobody would ask them for a while.)"""

    def __init__(self):
        self._lock = threading.Lock()
        self._asked = Counter()

    def works(self, call):
        text = json.dumps(call.payload["input"])
        with self._lock:
            self._asked[text] += 1
            is_first = self._asked[text] == 1
        is_json = text.startswith('"once') and not is_first
        call.complete('{"is_done": true}' if is_json else f"done: {text[:80]}")

    def refuses(self, call):
        call.answer(200, {"status": "failed", "error": "I would not.", "execution_time": 0.01, "agent_id": "scripted"})


@pytest.mark.timeout(480)
def test_kills_under_workflows_in_which_everything_happens(house):
    troubled = Troubled()
    many = {"idempotent": True, "max_concurrent_tasks": 100}
    agents = [http_agent(house.agent(troubled.works), name, **many) for name in ("worker", "second")]
    agents.append({**http_agent(house.agent(troubled.refuses), "lazy", **many), "capabilities": ["idleness"]})
    server = house.server(agents)
    assert Client(server).post("/api/v1/workflows", CALLED).status_code == 201
    runs = [Run(f"trouble-{n}", {"name": f"t{n}", "is_odd": n % 2 == 1}) for n in range(round(60 / PATIENCE) + 16)]
    steps = {step["id"] for step in TROUBLE["steps"]}
    tries = Counter()
    for run, events in besieged(server, TROUBLE, runs, max(3, round(10 / PATIENCE)), answers=False):
        ends = {event["step"]: event["status"] for event in events if event["kind"] == "step_finished"}
        assert set(ends) >= steps | {"both/left", "both/right"}, run.key
        assert {step for step, status in ends.items() if status != "completed"} == {"hopeless"}, run.key
        assert ("choice/odd" in ends, "choice/even" in ends) == (run.input["is_odd"], not run.input["is_odd"])
        tries.update(event["step"] for event in events if event["kind"] == "step_finished" and event["attempt"] == 2)
        by = [event["by"] for event in events if event["kind"] == "input_given"]
        assert by == ["expired"], run.key
    # An agent that was asked before a kill and again after it gives its JSON at the first attempt.
    assert all(tries[step] > len(runs) / 2 for step in ("again", "both", "both/right"))
