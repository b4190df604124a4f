"""A proxy that adds a key: the suite cannot send headers of its own.

It changes the head of a request and nothing else. Each connection carries one
request, so that what follows the head can be passed on unread.
"""

from gear.proxy import PIECE_BYTES, Proxy

HEAD_BYTES_MAX = 64 * 1024


class KeyProxy(Proxy):
    def __init__(self, target, key):
        self._added = f"Authorization: Bearer {key}\r\nConnection: close\r\n\r\n".encode()
        super().__init__(target)

    def opening(self, client):
        seen = b""
        while b"\r\n\r\n" not in seen:
            piece = client.recv(PIECE_BYTES)
            if not piece or len(seen) > HEAD_BYTES_MAX:
                return None
            seen += piece
        head, _, rest = seen.partition(b"\r\n\r\n")
        kept = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
        return b"\r\n".join([*kept, self._added]) + rest
