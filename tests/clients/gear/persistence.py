"""Clients of workflows that never give up, and remember all they were told.

A Runner has one workflow after another run: it submits with an idempotency key, follows the
event stream, answers what is asked, and comes back with its last id whenever the line breaks.
A Watcher sees the same tasks over one WebSocket, with a cursor for each.
"""

import dataclasses
import threading
import time

import requests
from websockets.exceptions import WebSocketException

from gear.streaming import Cut
from gear.waiting import eventually
from gear.websocket import WebSocket

COME_BACK_SECONDS_MAX = 120
PAUSE_SECONDS = 0.01
TRY_AGAIN = (429, 503)


@dataclasses.dataclass
class Run:
    """One workflow, as its clients know it."""

    key: str
    input: dict
    task_id: str = ""
    frames: list = dataclasses.field(default_factory=list)  # of the event stream
    events: list = dataclasses.field(default_factory=list)  # (id, JSON text) of the WebSocket
    finished_at: dict = dataclasses.field(default_factory=dict)  # step: when a client first knew of its end
    connections: int = 0
    is_watched_to_the_end: bool = False

    @property
    def is_over(self):
        return bool(self.frames) and self.frames[-1].is_done

    @property
    def last_id(self):
        return next((frame.id for frame in reversed(self.frames) if frame.id), None)


class Runner(threading.Thread):
    """Takes runs from a list that is shared with others, until it is empty."""

    def __init__(self, client, definition, runs, watcher, on_end, answers=True):
        super().__init__(daemon=True)
        self._client = client
        self._definition = definition
        self._runs = runs
        self._watcher = watcher
        self._on_end = on_end
        self._answers = answers
        self.problem = None

    def run(self):
        try:
            while self._runs:
                self._pursue(self._runs.pop())
        except IndexError:  # somebody else took the last one
            pass
        except Exception as problem:  # shown by the test, which sees no other thread's failure
            self.problem = problem

    def _pursue(self, run):
        eventually(lambda: self._submit(run), COME_BACK_SECONDS_MAX, f"{run.key} was taken")
        self._watcher.follow(run)
        eventually(lambda: self._follow(run), COME_BACK_SECONDS_MAX, f"{run.key} to its end")
        self._on_end()

    def _submit(self, run):
        body = {"workflow_type": "graph", "payload": self._definition, "input": run.input}
        answer = self._post("/api/v1/workflows", body, {"Idempotency-Key": run.key})
        if answer is None:
            return False
        assert answer.status_code in (200, 201), f"{run.key}: {answer.status_code} {answer.text}"
        run.task_id = answer.json()["task_id"]
        return True

    def _follow(self, run):
        """One connection's worth of events; true when the end was seen."""
        try:
            with self._client.attach(run.task_id, last_event_id=run.last_id) as stream:
                if stream.status in TRY_AGAIN:
                    return False
                assert stream.status == 200, f"{run.key}: {stream.status} {stream.text()}"
                run.connections += 1
                while (frame := stream.next()) is not None:
                    if frame.type != "keepalive":
                        self._take(run, frame)
        except (Cut, OSError):
            pass
        return run.is_over

    def _take(self, run, frame):
        run.frames.append(frame)
        if frame.type == "step" and frame.json["state"] == "completed":
            run.finished_at[frame.json["step"]] = time.monotonic()
        if frame.type == "input_required" and self._answers:
            question = frame.json
            eventually(lambda: self._answer(question), COME_BACK_SECONDS_MAX, f"An answer to {question['key']}")

    def _answer(self, question):
        answer = self._post(question["answer_url"], {"key": question["key"], "answer": {}}, {})
        if answer is None:
            return False
        # An answer whose "yes" was lost with the line has been taken all the same.
        assert answer.status_code == 200 or answer.json().get("outcome") == "answered", answer.text
        return True

    def _post(self, path, body, headers):
        try:
            answer = self._client.post(path, body, headers=headers)
        except (requests.RequestException, OSError):
            return None
        return None if answer.status_code in TRY_AGAIN else answer


class Watcher(threading.Thread):
    """Follows runs over one WebSocket, and over the next when it breaks."""

    def __init__(self, client):
        super().__init__(daemon=True)
        self._client = client
        self._lock = threading.Lock()
        self._runs = {}  # by task id, those that are not over
        self._web = None
        self._stopping = threading.Event()
        self.connections = 0
        self.problem = None

    def follow(self, run):
        """Of any thread. A connection that is being made asks for it by itself."""
        with self._lock:
            self._runs[run.task_id] = run
            if self._web:
                self._ask_for(run)

    def is_through(self):
        assert self.problem is None, self.problem
        with self._lock:
            return not self._runs

    def stop(self):
        self._stopping.set()

    def run(self):
        while not self._stopping.is_set():
            try:
                self._watch()
            except (WebSocketException, OSError, EOFError, TimeoutError):
                self._stopping.wait(PAUSE_SECONDS)
            except Exception as problem:  # shown by the test, which sees no other thread's failure
                self.problem = problem
                return

    def _watch(self):
        with WebSocket(self._client) as web:
            try:
                with self._lock:
                    self._web = web
                    for run in self._runs.values():
                        self._ask_for(run)
                self.connections += 1
                while not self._stopping.is_set():
                    self._take(web)
            finally:
                with self._lock:
                    self._web = None

    def _ask_for(self, run):
        cursor = {"after": run.events[-1][0]} if run.events else {}
        try:
            self._web.say(op="subscribe", task_id=run.task_id, **cursor)
        except (WebSocketException, OSError):
            pass  # the reader finds out, and asks again over the next connection

    def _take(self, web):
        try:
            message = web.take(within=0.5)
        except TimeoutError:
            return
        assert message["type"] != "error", message
        run = self._runs.get(message.get("task_id"))
        if run and message["type"] == "event":
            text = web.texts[-1]
            run.events.append((message["id"], text[text.index('"event":') + len('"event":') : -1]))
        if run and message["type"] == "done":
            run.is_watched_to_the_end = True
            with self._lock:
                del self._runs[run.task_id]
