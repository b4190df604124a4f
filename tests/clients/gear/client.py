"""A client of the server: plain REST with requests, streams with Stream."""

import requests

from gear.streaming import Stream
from gear.waiting import eventually, patient

FINAL_STATES = ("completed", "failed", "cancelled")


def mesh_execute(task, id="123", **arguments):
    """The request body of the guide."""
    params = {"name": "mesh_execute", "arguments": {"task": task, **arguments}}
    return {"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params}


class Client:
    """One key, one server. The server's address is asked each time: it may have been restarted."""

    def __init__(self, server, key=None):
        self.server = server
        self.key = key or server.key()
        self._session = requests.Session()

    @property
    def authorization(self):
        return {"Authorization": f"Bearer {self.key}"}

    # --- plain calls

    def call(self, method, path, body=None, headers=None, within=30.0):
        url = self.server.url + path
        wanted = {**self.authorization, **(headers or {})}
        return self._session.request(method, url, json=body, headers=wanted, timeout=patient(within))

    def get(self, path, **more):
        return self.call("GET", path, **more)

    def post(self, path, body=None, **more):
        return self.call("POST", path, body, **more)

    def submit(self, task, headers=None, **members):
        """Posts a task and gives its id."""
        answer = self.post("/api/v1/tasks", {"input": task, **members}, headers=headers)
        assert answer.status_code == 201, f"{answer.status_code} {answer.text}"
        return answer.json()["task_id"]

    def task(self, task_id):
        answer = self.get(f"/api/v1/tasks/{task_id}")
        assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
        return answer.json()

    def events(self, task_id, after=0):
        """The log of the task, as the server lists it."""
        answer = self.get(f"/api/v1/tasks/{task_id}/events?after={after}")
        assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
        body = answer.json()
        return body["events"] if isinstance(body, dict) else body

    def cancel(self, task_id):
        return self.call("DELETE", f"/api/v1/tasks/{task_id}")

    def wait_until(self, task_id, *states, within=30.0):
        """The task as soon as it is in one of the states (default: any final one)."""
        wanted = states or FINAL_STATES

        def look():
            task = self.task(task_id)
            assert task["status"] in wanted, task
            return task

        return eventually(look, within, f"Task {task_id} in {wanted}")

    # --- streams

    def stream(self, method, path, body=None, headers=None, within=30.0):
        return Stream(self.server.address, method, path, body, {**self.authorization, **(headers or {})}, within)

    def mcp_stream(self, task, headers=None, **arguments):
        """The guide's own call."""
        return self.stream("POST", "/v1/mcp/stream", mesh_execute(task, **arguments), headers)

    def rest_stream(self, task, headers=None, **members):
        return self.stream("POST", "/api/v1/tasks/stream", {"input": task, **members}, headers)

    def attach(self, task_id, after=None, last_event_id=None):
        """Follows a task that is there, from the start or behind an event."""
        query = "" if after is None else f"?after={after}"
        headers = {} if last_event_id is None else {"Last-Event-ID": str(last_event_id)}
        return self.stream("GET", f"/api/v1/tasks/{task_id}/stream{query}", headers=headers)


def task_id_of(frames):
    """The id of the task that a stream is about; the start event says it."""
    return frames[0].json["task_id"]
