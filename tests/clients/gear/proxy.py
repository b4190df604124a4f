"""A loopback proxy: a line that a test can cut, in the middle of whatever is on it."""

import contextlib
import socket
import struct
import threading

PIECE_BYTES = 64 * 1024
SILENCE_SECONDS_MAX = 120


class Proxy:
    """Passes bytes between its clients and one server, unread, until close()."""

    def __init__(self, target):
        self._target = target  # (host, port)
        self._lock = threading.Lock()
        self._open = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def origin(self):
        return f"http://127.0.0.1:{self.port}"

    def cut(self):
        """Drops every connection without a goodbye; new ones are welcome."""
        with self._lock:
            for end in self._open:
                with contextlib.suppress(OSError):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    end.shutdown(socket.SHUT_RDWR)
            self._open.clear()

    def close(self):
        # A thread that waits in accept() is woken by shutdown, not by close.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def opening(self, client):
        """What the server hears first of a new client; None if there is nothing."""
        return client.recv(PIECE_BYTES)

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with client, contextlib.suppress(OSError):
            client.settimeout(SILENCE_SECONDS_MAX)
            self._remember(client)
            first = self.opening(client)
            if not first:
                return
            with socket.create_connection(self._target, timeout=SILENCE_SECONDS_MAX) as server:
                self._remember(server)
                server.sendall(first)
                back = threading.Thread(target=_pass_on, args=(client, server), daemon=True)
                back.start()
                _pass_on(server, client)
                back.join()

    def _remember(self, end):
        with self._lock:
            self._open = [known for known in self._open if known.fileno() >= 0] + [end]


def _pass_on(source, target):
    """Copies until the source ends, and then ends both."""
    with contextlib.suppress(OSError):
        while piece := source.recv(PIECE_BYTES):
            target.sendall(piece)
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
