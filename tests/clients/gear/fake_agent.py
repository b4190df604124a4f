"""An /execute agent of the test's own making: whole answers, or an event stream.

For what the sample agents in agents/ do not do: waiting for gates, sending
half a frame, and counting.
"""

import json

from gear.scripted_server import Call, ScriptedServer


class AgentCall(Call):
    """One POST {endpoint}/execute."""

    @property
    def task_id(self):
        return self.body["task_id"]

    @property
    def payload(self):
        return self.body["payload"]

    def complete(self, result):
        self.answer(200, {"status": "completed", "result": result, "execution_time": 0.01, "agent_id": "scripted"})

    def event(self, **members):
        """One event in the dialect of the guide."""
        if not self._chunked:
            self.begin()
        self.send(b"data: " + json.dumps(members).encode() + b"\n\n")

    def done(self):
        self.send(b"data: [DONE]\n\n")
        self.end()


class FakeAgent(ScriptedServer):
    call_type = AgentCall

    @property
    def url(self):
        return self.origin
