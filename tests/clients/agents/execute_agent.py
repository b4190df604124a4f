"""An agent: POST /execute, GET /health. Python's standard library only.

    python3 execute_agent.py [--stream]

It counts the words of its input and turns it round. With --stream it tells
how far it is while it works. A task that comes twice (the header
Idempotency-Key says so) is not done twice.
"""

import collections
import http.server
import json
import sys
import threading
import time

BODY_BYTES_MAX = 8 << 20
REMEMBERED_TASKS_MAX = 1000

is_streaming = "--stream" in sys.argv[1:]
started_at = time.time()
finished = collections.OrderedDict()  # task id -> result
lock = threading.Lock()


def text_of(payload):
    """The task's text: a plain input comes as {"input": "…"}."""
    for name in ("input", "prompt", "text"):
        if isinstance(payload.get(name), str):
            return payload[name]
    return json.dumps(payload)


def work(payload):
    words = text_of(payload).split()
    return {"words": len(words), "reversed": " ".join(reversed(words))}


def result_of(task_id, payload):
    with lock:
        if task_id not in finished:
            finished[task_id] = work(payload)
            if len(finished) > REMEMBERED_TASKS_MAX:
                finished.popitem(last=False)
        return finished[task_id]


class Agent(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path != "/health":
            return self.answer(404, {"detail": "Not Found"})
        self.answer(200, {"status": "healthy", "uptime_seconds": time.time() - started_at})

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        if length > BODY_BYTES_MAX:
            self.close_connection = True
            return self.answer(413, {"detail": "The task is too large."})
        body = self.rfile.read(length)
        if self.path != "/execute":
            return self.answer(404, {"detail": "Not Found"})
        try:
            task = json.loads(body)
            task_id, payload = task["task_id"], dict(task["payload"])
        except (ValueError, KeyError, TypeError):
            return self.answer(422, {"detail": "A task has a task_id and a payload that is an object."})
        begin = time.monotonic()
        if is_streaming:
            return self.stream(task_id, payload, begin)
        result = result_of(task_id, payload)
        self.answer(
            200,
            {
                "status": "completed",
                "result": result,
                "execution_time": time.monotonic() - begin,
                "agent_id": "execute-agent-python",
            },
        )

    def answer(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def stream(self, task_id, payload, begin):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-cache")
        self.send_header("Connection", "close")
        self.end_headers()
        self.say({"type": "start", "message": "Starting"})
        self.say({"type": "progress", "message": "Counting words", "progress": 50})
        for word in reversed(text_of(payload).split()):
            self.say({"type": "token", "text": word + " "})
        self.say({"type": "result", "data": result_of(task_id, payload), "progress": 100})
        duration = int((time.monotonic() - begin) * 1000)
        self.say({"type": "complete", "status": "completed", "duration_ms": duration})
        self.wfile.write(b"data: [DONE]\n\n")

    def say(self, event):
        self.wfile.write(b"data: " + json.dumps(event).encode() + b"\n\n")

    def log_message(self, format, *args):
        pass


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Agent)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"ready http://127.0.0.1:{server.server_port}", flush=True)
    sys.stdin.read()


main()
