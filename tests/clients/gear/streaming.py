"""One streamed answer over a plain connection, read frame by frame.

http.client undoes the chunking and nothing else, so `raw` holds the exact
bytes of the body. `cut` leaves the way a train enters a tunnel.
"""

import http.client
import json
import socket
import struct

from gear.sse import FrameCutter
from gear.waiting import patient


class Cut(Exception):
    """The answer ended in the middle: the server or the line broke."""


class Stream:
    """Sends one request and reads the frames of the answer."""

    def __init__(self, address, method, path, body=None, headers=None, within=30.0):
        self._connection = http.client.HTTPConnection(*address, timeout=patient(within))
        raw = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        wanted = {"Accept": "text/event-stream", **({"Content-Type": "application/json"} if raw else {})}
        try:
            self._connection.request(method, path, raw, {**wanted, **(headers or {})})
            self.answer = self._connection.getresponse()
        except (OSError, http.client.HTTPException) as problem:
            self._connection.close()
            raise Cut(f"no answer: {problem!r}") from problem
        self.status = self.answer.status
        self.headers = {name.lower(): value for name, value in self.answer.getheaders()}
        self.raw = b""
        self.frames = []
        self.is_ended = False
        self._cutter = FrameCutter()
        self._ready = []
        # The connection hands its socket over to an answer that closes it.
        self._socket = self._connection.sock or getattr(self.answer.fp.raw, "_sock", None)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def next(self):
        """The next frame; None at the clean end; Cut when it breaks off."""
        while not self._ready:
            if self.is_ended:
                return None
            self._read()
        frame = self._ready.pop(0)
        self.frames.append(frame)
        return frame

    def until(self, kind):
        """Reads up to and with the first frame of this type, and gives it."""
        while (frame := self.next()) is not None:
            if frame.type == kind:
                return frame
        raise AssertionError(f"The stream ended without {kind!r}: {self.raw[-2000:]!r}")

    def take(self, count):
        """The next `count` frames."""
        taken = [self.next() for _ in range(count)]
        assert None not in taken, f"The stream ended after {len(self.frames)} frames."
        return taken

    def rest(self):
        """Reads to the end; gives all frames of this stream."""
        while self.next() is not None:
            pass
        return self.frames

    def text(self):
        """The body of an answer that is no stream."""
        return self.answer.read().decode()

    def cut(self):
        """Drops the connection without a goodbye."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self):
        self.answer.close()
        self._connection.close()

    def _read(self):
        try:
            piece = self.answer.read1(65536)
        except (OSError, http.client.HTTPException) as problem:
            raise Cut(f"the stream broke off: {problem!r}") from problem
        if not piece:
            self.is_ended = True
            if self._cutter.unfinished:
                raise Cut(f"the stream ended inside a frame: {self._cutter.unfinished!r}")
            return
        self.raw += piece
        self._ready += self._cutter.feed(piece)
