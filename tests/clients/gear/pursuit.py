"""A client that never gives up, and remembers all it was told.

Used while the server is killed again and again: it submits task after task,
each with an idempotency key, follows each stream to [DONE], and comes back
with the last id it has seen whenever the line breaks.
"""

import dataclasses
import threading

import requests

from gear.client import Client
from gear.streaming import Cut
from gear.waiting import eventually

COME_BACK_SECONDS_MAX = 30
TRY_AGAIN = (429, 503)


@dataclasses.dataclass
class Witness:
    """What one client knows of one task."""

    key: str
    task: str
    agent: str
    way: str
    task_id: str = ""
    frames: list = dataclasses.field(default_factory=list)

    @property
    def last_id(self):
        return next((frame.id for frame in reversed(self.frames) if frame.id), None)

    @property
    def is_done(self):
        return bool(self.frames) and self.frames[-1].is_done

    @property
    def raw(self):
        return b"".join(frame.raw for frame in self.frames if frame.type != "keepalive")


class Pursuit(threading.Thread):
    """One such client. `stop` lets it finish the task it is at."""

    def __init__(self, server, key, name, agents, ways, on_frame):
        super().__init__(name=name, daemon=True)
        self._client = Client(server, key)
        self._agents = agents
        self._ways = ways
        self._on_frame = on_frame
        self._stopping = threading.Event()
        self.witnesses = []
        self.problem = None

    def stop(self):
        self._stopping.set()

    def run(self):
        try:
            while not self._stopping.is_set():
                self._pursue(len(self.witnesses))
        except Exception as problem:  # shown by the test, which sees no other thread's failure
            self.problem = problem

    def _pursue(self, number):
        agent = self._agents[number % len(self._agents)]
        way = self._ways[number % len(self._ways)]
        name = f"{self.name}-{number}"
        witness = Witness(f"key-{name}", f"Tell the tale of {name} to all who listen", agent, way)
        self.witnesses.append(witness)
        eventually(lambda: self._try(witness), within=COME_BACK_SECONDS_MAX * 3, why=f"{name} to its end")

    def _try(self, witness):
        """One connection's worth of progress; true when the task has been seen to its end."""
        try:
            if witness.way == "submit" and not witness.task_id:
                return self._submit(witness)
            with self._open(witness) as stream:
                if stream.status in TRY_AGAIN:
                    return False
                assert stream.status in (200, 201), f"{witness.key}: {stream.status} {stream.text()}"
                self._follow(witness, stream)
        except (Cut, requests.RequestException, OSError):
            pass
        return witness.is_done

    def _submit(self, witness):
        headers = {"Idempotency-Key": witness.key}
        body = {"input": witness.task, "agents": [witness.agent]}
        answer = self._client.post("/api/v1/tasks", body, headers=headers)
        if answer.status_code in TRY_AGAIN:
            return False
        assert answer.status_code in (200, 201), f"{witness.key}: {answer.status_code} {answer.text}"
        witness.task_id = answer.json()["task_id"]
        return False

    def _open(self, witness):
        if witness.way == "mcp":
            return self._post_again(witness)
        if witness.task_id:
            return self._client.attach(witness.task_id, last_event_id=witness.last_id)
        headers = {"Idempotency-Key": witness.key}
        return self._client.rest_stream(witness.task, headers=headers, agents=[witness.agent])

    def _post_again(self, witness):
        """An MCP client knows only its own call: it posts it again, with its place in the stream."""
        headers = {"Idempotency-Key": witness.key}
        if witness.last_id:
            headers["Last-Event-ID"] = witness.last_id
        return self._client.mcp_stream(witness.task, headers=headers, agents=[witness.agent])

    def _follow(self, witness, stream):
        while (frame := stream.next()) is not None:
            if frame.type == "start":
                task_id = frame.json["task_id"]
                assert witness.task_id in ("", task_id), f"{witness.key}: {witness.task_id} became {task_id}"
                witness.task_id = task_id
            witness.frames.append(frame)
            self._on_frame()
