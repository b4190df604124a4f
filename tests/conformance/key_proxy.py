"""A loopback proxy that adds a key: the suite cannot send headers of its own.

It changes the head of a request and nothing else. Each connection carries one
request, so that what follows the head can be passed on unread, in both
directions, until either side leaves; the other then hears of it.
"""

import contextlib
import socket
import threading

HEAD_BYTES_MAX = 64 * 1024
PIECE_BYTES = 64 * 1024
DIALOGUE_SECONDS_MAX = 60


class KeyProxy:
    """Listens on a free port of 127.0.0.1 until close()."""

    def __init__(self, target, key):
        self._target = target  # (host, port)
        self._added = f"Authorization: Bearer {key}\r\nConnection: close\r\n\r\n".encode()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        # A thread that waits in accept() is woken by shutdown, not by close.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with client, contextlib.suppress(OSError):
            client.settimeout(DIALOGUE_SECONDS_MAX)
            head, rest = _read_head(client)
            if head is None:
                return
            with socket.create_connection(self._target, timeout=DIALOGUE_SECONDS_MAX) as server:
                server.sendall(self._with_key(head) + rest)
                back = threading.Thread(target=_pass_on, args=(client, server), daemon=True)
                back.start()
                _pass_on(server, client)

    def _with_key(self, head):
        request_line, _, headers = head.partition(b"\r\n")
        kept = [line for line in headers.split(b"\r\n") if line and not line.lower().startswith(b"connection:")]
        return b"\r\n".join([request_line, *kept, self._added])


def _read_head(client):
    """(head without its empty line, what came behind it); (None, b"") if there is none."""
    seen = b""
    while b"\r\n\r\n" not in seen:
        piece = client.recv(PIECE_BYTES)
        if not piece or len(seen) > HEAD_BYTES_MAX:
            return None, b""
        seen += piece
    head, _, rest = seen.partition(b"\r\n\r\n")
    return head, rest


def _pass_on(source, target):
    """Copies until the source ends, and then ends both: each side holds one dialogue only."""
    with contextlib.suppress(OSError):
        while piece := source.recv(PIECE_BYTES):
            target.sendall(piece)
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
