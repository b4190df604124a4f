"""MCP by hand, in both eras: for what no client library would send, and to see
every message and header that comes back.

A Stateless speaks 2026-07-28: each call says all about itself. A Session is
one of the older revisions: it says initialize, and remembers.
"""

import dataclasses
import http.client
import json

from gear.waiting import patient

NEW = "2026-07-28"
OLD = "2025-11-25"
PREFIX = "io.modelcontextprotocol/"
TASKS = PREFIX + "tasks"
BOTH_TYPES = "application/json, text/event-stream"
# Where the header Mcp-Name comes from (H16).
NAMED_BY = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri",
            "tasks/get": "taskId", "tasks/update": "taskId", "tasks/cancel": "taskId"}


@dataclasses.dataclass
class Event:
    """One event of a stream; `message` is None for an empty one."""

    message: dict
    id: str


class Answer:
    """An answer, whole or as a stream; messages are read as they come."""

    def __init__(self, address, method, path, body, headers, within=30.0):
        self._connection = http.client.HTTPConnection(*address, timeout=patient(within))
        raw = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        self._connection.request(method, path, raw, {k: v for k, v in headers.items() if v is not None})
        self._answer = self._connection.getresponse()
        self.status = self._answer.status
        self.headers = {name.lower(): value for name, value in self._answer.getheaders()}
        self.is_stream = self.headers.get("content-type", "").startswith("text/event-stream")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._answer.close()
        self._connection.close()

    def next(self):
        """The next event of a stream; None at its end. Comments are passed over."""
        data, id, lines = [], "", 0
        while raw := self._answer.readline():
            line = raw.decode().rstrip("\n")
            if not line and lines:
                return Event(json.loads("\n".join(data)) if any(data) else None, id)
            name, _, value = line.partition(":")
            lines += bool(name)
            if name == "data":
                data.append(value.removeprefix(" "))
            elif name == "id":
                id = value.removeprefix(" ")
        return None

    def until(self, wanted):
        """The first message that `wanted` says yes to."""
        while (event := self.next()) is not None:
            if event.message is not None and wanted(event.message):
                return event.message
        raise AssertionError("The stream ended before what was waited for.")

    def messages(self):
        """All messages to the end, of a stream or of a whole answer."""
        if not self.is_stream:
            raw = self._answer.read()
            return [json.loads(raw)] if raw else []
        events = iter(self.next, None)
        return [event.message for event in events if event.message is not None]

    def response(self):
        """The last message, which is the response."""
        return self.messages()[-1]

    def result(self):
        response = self.response()
        assert "result" in response, response
        return response["result"]

    def error(self):
        response = self.response()
        assert "error" in response, response
        return response["error"]


class Stateless:
    def __init__(self, client, path="/v1/mcp", capabilities=None):
        self._client = client
        self._path = path
        self._capabilities = capabilities or {}

    def meta(self):
        return {
            PREFIX + "protocolVersion": NEW,
            PREFIX + "clientInfo": {"name": "by hand", "version": "1"},
            PREFIX + "clientCapabilities": self._capabilities,
        }

    def ask(self, method, params=None, id=1, meta=None, headers=None):
        """Sends one request; `meta` and `headers` are added to what belongs there."""
        params = {**(params or {}), "_meta": {**self.meta(), **(meta or {})}}
        wanted = {"MCP-Protocol-Version": NEW, "Mcp-Method": method, "Mcp-Name": params.get(NAMED_BY.get(method)),
                  **(headers or {})}
        body = {"jsonrpc": "2.0", "id": id, "method": method, "params": params}
        return post(self._client, self._path, body, wanted)

    def call(self, tool, arguments=None, **more):
        return self.ask("tools/call", {"name": tool, "arguments": arguments or {}}, **more)


class Session:
    def __init__(self, client, version=OLD, path="/v1/mcp", capabilities=None, initialized=True):
        self._client = client
        self._path = path
        self._version = {}
        hello = {"protocolVersion": version, "capabilities": capabilities or {},
                 "clientInfo": {"name": "by hand", "version": "1"}}
        with self.ask("initialize", hello, id="hello") as answer:
            self.id = answer.headers.get("mcp-session-id")
            self.hello = answer.result()
        self._version = {"Mcp-Session-Id": self.id, "MCP-Protocol-Version": self.hello["protocolVersion"]}
        if initialized:
            self.tell("notifications/initialized").close()

    def ask(self, method, params=None, id=1, headers=None):
        body = {"jsonrpc": "2.0", "id": id, "method": method, "params": params or {}}
        return post(self._client, self._path, body, {**self._version, **(headers or {})})

    def tell(self, method, params=None):
        return self.send({"jsonrpc": "2.0", "method": method, "params": params or {}})

    def send(self, body, headers=None):
        """Anything at all, in this session."""
        return post(self._client, self._path, body, {**self._version, **(headers or {})})

    def call(self, tool, arguments=None, meta=None, **more):
        params = {"name": tool, "arguments": arguments or {}, **({"_meta": meta} if meta else {})}
        return self.ask("tools/call", params, **more)

    def listen(self, last_event_id=None):
        """The GET stream: what the server says by itself, or the rest of a stream that broke."""
        headers = {**self._client.authorization, **self._version, "Accept": "text/event-stream",
                   "Last-Event-ID": last_event_id}
        return Answer(self._client.server.address, "GET", self._path, None, headers)

    def end(self):
        headers = {**self._client.authorization, **self._version}
        return Answer(self._client.server.address, "DELETE", self._path, None, headers)


def post(client, path, body, headers=None):
    wanted = {**client.authorization, "Accept": BOTH_TYPES, "Content-Type": "application/json", **(headers or {})}
    return Answer(client.server.address, "POST", path, body, wanted)
