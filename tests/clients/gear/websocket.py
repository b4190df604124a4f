"""A client with a WebSocket, made of the library `websockets`: it says JSON and keeps what it hears."""

import contextlib
import json

from websockets.sync.client import connect

from gear.waiting import patient


class WebSocket:
    """One connection to /v1/ws with the client's key."""

    def __init__(self, client, path="/v1/ws", **options):
        options.setdefault("additional_headers", client.authorization)
        url = client.server.url.replace("http", "ws", 1) + path
        waits = {"open_timeout": patient(10), "close_timeout": patient(10)}
        self._open = contextlib.ExitStack()
        self.raw = self._open.enter_context(connect(url, max_size=None, **waits, **options))
        self.texts = []  # every message, as it came
        self.messages = []  # the same, parsed

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._open.close()

    def say(self, **message):
        self.raw.send(json.dumps(message))

    def take(self, within=30.0):
        """The next message."""
        self.texts.append(self.raw.recv(timeout=patient(within)))
        self.messages.append(json.loads(self.texts[-1]))
        return self.messages[-1]

    def until(self, type, **members):
        """Reads up to the first message of this type, with these members."""
        while True:
            message = self.take()
            if message["type"] == type and members.items() <= message.items():
                return message

    def submit(self, task, **members):
        """Starts a task and follows it; gives its id."""
        self.say(op="submit", task={"input": task, **members}, subscribe=True)
        return self.until("submitted")["task_id"]

    def follow(self, task_id, after=None):
        self.say(op="subscribe", task_id=task_id, **({"after": after} if after else {}))
        return self.until("subscribed", task_id=task_id)

    def events(self, task_id):
        """(id, JSON text) of each event of the task so far, byte for byte."""
        found = []
        for text, message in zip(self.texts, self.messages, strict=True):
            if message["type"] == "event" and message.get("task_id") == task_id:
                start = text.index('"event":') + len('"event":')
                found.append((message["id"], text[start:-1]))
        return found

    def of_type(self, type):
        return [message["event"] for message in self.messages if message.get("event", {}).get("type") == type]
