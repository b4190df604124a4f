"""Runs one task over the streaming endpoint and shows each step when it comes."""

import http.client
import json
import time
import urllib.parse

import screen

TIME_WIDTH = 11  # "   0.12 s  "
SILENCE_SECONDS_MAX = 120  # the server sends a keepalive every 15 s


def show(server, task):
    """True if the task completed and the stream ended as the guide says."""
    clock = time.monotonic
    started = clock()
    story = Story(lambda: clock() - started)
    try:
        for data in frames(server, task):
            story.tell(data)
    except (OSError, http.client.HTTPException, ValueError) as problem:
        story.line("broken", str(problem) or type(problem).__name__)
        return False
    return story.ended_well()


def frames(server, task):
    """What stands behind `data: ` on each line of the answer, as it arrives."""
    arguments = {"name": "mesh_execute", "arguments": {"task": task}}
    body = json.dumps({"jsonrpc": "2.0", "id": "demo", "method": "tools/call", "params": arguments})
    headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/json", "Accept": "text/event-stream"}
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(server.url).netloc, timeout=SILENCE_SECONDS_MAX)
    try:
        connection.request("POST", "/v1/mcp/stream", body, headers)
        answer = connection.getresponse()
        if answer.status != 200:
            raise ValueError(f"{answer.status} {answer.reason}: {answer.read(2000).decode(errors='replace')}")
        for line in answer:
            if line.startswith(b"data: "):
                yield line[len(b"data: "):].decode().rstrip("\n")
    finally:
        connection.close()


class Story:
    """One line per event; the tokens of an answer share theirs."""

    def __init__(self, seconds):
        self._seconds = seconds
        self._in_tokens = False
        self._completed = False
        self._done = False

    def tell(self, data):
        if data == "[DONE]":
            self._done = True
            return
        event = json.loads(data)
        kind = event.get("type") or "answer"
        if kind == "token":
            self._token(event.get("text", ""))
        else:
            self.line(kind, words_of(kind, event))
        self._completed = self._completed or kind == "complete" and event.get("status") == "completed"

    def line(self, kind, words):
        if self._in_tokens:
            screen.say("")
            self._in_tokens = False
        screen.say(f"{screen.dim(f'{self._seconds():7.2f} s')}  {screen.bold(harmless(kind).ljust(screen.NAME_WIDTH))} {harmless(words)}")

    def ended_well(self):
        if not self._done:
            self.line("broken", "the stream ended without [DONE]")
        return self._completed and self._done

    def _token(self, text):
        if not self._in_tokens:
            screen.say(f"{screen.dim(f'{self._seconds():7.2f} s')}  {screen.bold('token'.ljust(screen.NAME_WIDTH))} ", end="")
            self._in_tokens = True
        screen.say(harmless(text).replace("\n", "\n" + " " * (TIME_WIDTH + screen.NAME_WIDTH + 1)), end="")


def harmless(words):
    """Agent output is data: what could steer a terminal is not passed on."""
    return "".join(char if char.isprintable() or char == "\n" else " " for char in words)


def words_of(kind, event):
    if kind == "progress":
        percent = event.get("progress")
        return f"{event.get('message', '')}" + (f" ({percent:g} %)" if isinstance(percent, (int, float)) else "")
    if kind == "complete":
        return f"{event.get('status')} in {event.get('duration_ms', 0)} ms"
    if kind == "error":
        return f"{event.get('code')}: {event.get('message')}"
    if kind == "result":
        return json.dumps(event.get("data"), ensure_ascii=False)
    if kind == "answer":
        return f"JSON-RPC {event.get('id')!r}: " + str((event.get("result") or event.get("error") or {}).get("status", "error"))
    return str(event.get("message", ""))
