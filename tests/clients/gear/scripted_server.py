"""An HTTP server whose every answer is a Python function of the test.

The base of the fake model and the fake agents. Each call runs the script in a
thread of its own; the script speaks through the Call it is given and may wait
for gates in the middle of an answer. GET requests (health probes, lists) are
answered at once and not counted.
"""

import http.server
import json
import socket
import struct
import threading
import time

from gear.waiting import Gate, patient, readable


class PeerGone(Exception):
    """The other side closed the connection, or the test is over."""


class Call:
    """One POST and the answer to it, as it is being given."""

    def __init__(self, handler, number, body):
        self._handler = handler
        self.connection = handler.connection
        self.path = handler.path
        self.headers = handler.headers
        self.number = number  # 1 for the first call this server gets
        self.raw_body = body
        self.body = json.loads(body) if body else None
        self.arrived_at = time.monotonic()
        self.gone_at = None
        self.ended = threading.Event()  # the script is through, whatever the way
        self._chunked = False

    def answer(self, status, body, headers=None, content_type="application/json"):
        """A whole answer; dict and list bodies become JSON."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self._head(status, {"Content-Type": content_type, "Content-Length": str(len(raw)), **(headers or {})})
        self._write(raw)

    def begin(self, status=200, content_type="text/event-stream", headers=None):
        """The head of a chunked answer, for send and end."""
        self._head(status, {"Content-Type": content_type, "Transfer-Encoding": "chunked", **(headers or {})})
        self._chunked = True

    def send(self, raw):
        self._write(b"%x\r\n%s\r\n" % (len(raw), raw))

    def end(self):
        self._write(b"0\r\n\r\n")
        self._chunked = False

    def cut(self):
        """Ends the connection the hard way, in the middle of whatever it is in."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise PeerGone

    def wait_for(self, gate, within=60.0):
        """Waits until the gate opens; PeerGone if the caller leaves before."""
        deadline = time.monotonic() + patient(within)
        while True:
            left = deadline - time.monotonic()
            closing = self._handler.server.closing
            news = readable([gate, self.connection, closing], left)
            if gate in news:
                return
            if closing in news or self._has_left(self.connection in news):
                self.gone_at = time.monotonic()
                raise PeerGone
            if left <= 0:
                raise AssertionError(f"The script waited {patient(within):.0f} s for a gate.")

    def hang(self):
        """Says nothing more until the caller leaves or the test is over."""
        self.wait_for(Gate(), within=600)

    def _has_left(self, is_readable):
        if not is_readable:
            return False
        try:
            return self.connection.recv(1, socket.MSG_PEEK) == b""
        except OSError:
            return True

    def _head(self, status, headers):
        lines = [f"HTTP/1.1 {status} Scripted"] + [f"{name}: {value}" for name, value in headers.items()]
        self._write("\r\n".join(lines).encode() + b"\r\n\r\n")

    def _write(self, raw):
        try:
            self.connection.sendall(raw)
        except OSError:
            self.gone_at = time.monotonic()
            raise PeerGone from None


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        answer = self.server.scripted.on_get(self.path)
        body = json.dumps(answer).encode()
        self.send_response(405 if answer is None else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        call = self.server.scripted.accept(self, body)
        try:
            self.server.scripted.run(call)
        except PeerGone:
            self.close_connection = True
        finally:
            if call._chunked:
                self.close_connection = True
            call.ended.set()

    def log_message(self, *_):
        pass


class _Listener(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request, client_address):
        """A server that goes away in the middle of a request is no news here."""


class ScriptedServer:
    """Listens on a free port of 127.0.0.1 until close()."""

    call_type = Call

    def __init__(self, script, port=0):
        self.script = script
        self.calls = []
        self.calls_changed = threading.Condition()
        self._listener = _Listener(("127.0.0.1", port), _Handler)
        self._listener.scripted = self
        self._listener.closing = Gate()
        self.port = self._listener.server_address[1]
        threading.Thread(target=self._listener.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def origin(self):
        return f"http://127.0.0.1:{self.port}"

    def on_get(self, path):
        """The answer to a GET; None where there is nothing to get."""
        return {"status": "healthy"}

    def accept(self, handler, body):
        with self.calls_changed:
            call = self.call_type(handler, len(self.calls) + 1, body)
            self.calls.append(call)
            self.calls_changed.notify_all()
        return call

    def run(self, call):
        self.script(call)

    def wait_for_call(self, number=1, within=20.0):
        """The call with this number, as soon as it has come."""
        with self.calls_changed:
            if not self.calls_changed.wait_for(lambda: len(self.calls) >= number, patient(within)):
                raise AssertionError(f"{len(self.calls)} calls came within {patient(within):.0f} s, not {number}.")
            return self.calls[number - 1]

    def close(self):
        self._listener.closing.open()
        self._listener.shutdown()
        self._listener.server_close()
