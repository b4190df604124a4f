"""A server that is killed again and again while workflows run on it, all of them watched over event
streams and WebSockets at once; and what must be true of each afterwards, whatever it does."""

import os
import random
import threading

from gear.client import Client
from gear.persistence import Runner, Watcher
from gear.sse import only
from gear.waiting import eventually, patient

RUNNERS = 16
WATCHERS = 2
END_SECONDS_MAX = 120
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


def dice():
    """Random moments; MESHAI_KILL_SEED repeats a run as far as threads and the disk allow."""
    seed = int(os.environ.get("MESHAI_KILL_SEED") or random.SystemRandom().randrange(1_000_000))
    print(f"MESHAI_KILL_SEED={seed}")
    return random.Random(seed)


def kill(server, dice):
    """In the middle of the work; and now and then while it is still starting."""
    threading.Event().wait(dice.uniform(0, 0.1))
    server.kill()
    if dice.random() < 0.25:
        server.launch()
        threading.Event().wait(dice.uniform(0, 0.08))
        server.kill()
    server.start()


def besiege(server, definition, runs, kills, dice, answers=True):
    """Has the definition run for each of the runs, with so many kills between the first and the last."""
    key, ended, waiting = server.key(), Count(), list(runs)
    watchers = [Watcher(Client(server, key)) for _ in range(WATCHERS)]
    runners = [
        Runner(Client(server, key), definition, waiting, watchers[number % WATCHERS], ended.add, answers)
        for number in range(RUNNERS)
    ]
    for thread in watchers + runners:
        thread.start()
    for number in range(kills):
        ended.wait_for(number * (len(runs) - RUNNERS) // kills, END_SECONDS_MAX)
        assert_no_problem(runners + watchers)
        kill(server, dice)
    for runner in runners:
        runner.join(patient(END_SECONDS_MAX))
        assert_no_problem([runner])
        assert not runner.is_alive(), "a runner did not come to its end"
    for watcher in watchers:
        eventually(watcher.is_through, END_SECONDS_MAX, "A WebSocket saw the end of all")
        watcher.stop()
    # What was never cut proves nothing.
    assert all(watcher.connections > kills / 2 for watcher in watchers)
    assert sum(run.connections > 1 for run in runs) >= kills


def assert_no_problem(threads):
    for thread in threads:
        assert thread.problem is None, thread.problem


def whole_log(client, task_id):
    events = []
    while page := client.events(task_id, after=len(events)):
        events += page
    return events


def assert_the_log_is_sound(events):
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    kinds = [event["kind"] for event in events]
    assert kinds[0] == "submitted"
    assert [kind for kind in kinds if kind in FINAL_KINDS] == kinds[-1:] == ["completed"]
    attempts = [event["attempt"] for event in events if event["kind"] == "started"]
    assert attempts == list(range(1, len(attempts) + 1))


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
    result = events[-1]["result"]
    assert task["result"] == result
    assert only(replay, "result").json["data"] == ({"text": result} if isinstance(result, str) else result)
    assert (task["status"], task["progress"], task["last_event"]) == ("completed", 100, len(events))
    logged = {event["step"]: event for event in events if event["kind"] == "step_finished"}
    for step in task["steps"]:
        if step["step"] in logged:  # the others are steps of its children, which are passed on
            end = logged[step["step"]]
            assert (step["state"], step.get("result")) == (end["status"], end.get("result")), run.key


def assert_percent_never_falls(run, events):
    seen = [frame.json["progress"] for frame in run.frames if frame.type in ("step", "progress", "result")]
    logged = [event["percent"] for event in events if event["kind"] == "progress" and "percent" in event]
    assert seen == sorted(seen) and seen[-1] == 100
    assert logged == sorted(logged)
