"""Bytes onto a socket, bytes off it: for what no HTTP library would send."""

import re
import socket

from gear.waiting import patient, readable

ANSWER_SECONDS = 10


class RawConnection:
    """One TCP connection to the server."""

    def __init__(self, server, within=ANSWER_SECONDS):
        self._socket = socket.create_connection(server.address, timeout=patient(within))
        self.received = b""  # and not yet taken by answer()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def send(self, raw):
        self._socket.sendall(raw)

    def try_to_send(self, raw):
        """Sends as much as the server takes; false if it closed before all was sent."""
        try:
            self._socket.sendall(raw)
            return True
        except OSError:
            return False

    def finish_sending(self):
        """Says that nothing more comes; fine if the server has closed already."""
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def has_news(self):
        """Whether the server has said something that was not read yet."""
        return bool(readable([self._socket], 0))

    def answer(self):
        """(status, headers, body) of the next answer; the body by Content-Length.
        None when the server closed without one."""
        head = self.read_until(b"\r\n\r\n")
        if head is None:
            return None
        lines = head.decode("latin-1").split("\r\n")
        headers = dict(re.split(r":\s*", line, maxsplit=1) for line in lines[1:] if line)
        headers = {name.lower(): value for name, value in headers.items()}
        length = int(headers.get("content-length", "0"))
        while len(self.received) < length and self._receive():
            pass
        body, self.received = self.received[:length], self.received[length:]
        return int(lines[0].split()[1]), headers, body

    def read_until(self, mark):
        """What comes before the mark, which is taken, too; None when the server closed before it."""
        while mark not in self.received:
            if not self._receive():
                return None
        head, self.received = self.received.split(mark, 1)
        return head

    def statuses(self):
        """The statuses of all answers until the server closes."""
        found = []
        while (answer := self.answer()) is not None:
            found.append(answer[0])
        return found

    def is_closed(self):
        """Waits for the server to close; true when it did. What it says before is kept."""
        while self._receive():
            pass
        return True

    def _receive(self):
        try:
            piece = self._socket.recv(65536)
        except ConnectionError:
            return False
        self.received += piece
        return bool(piece)


def request(method="GET", path="/health", headers=(), body=b"", host="127.0.0.1", version="HTTP/1.1"):
    """A request as bytes. `headers` are ready lines without CRLF; a body gets its length."""
    lines = [f"{method} {path} {version}".encode()]
    if host is not None:
        lines.append(f"Host: {host}".encode())
    lines += [line if isinstance(line, bytes) else line.encode("latin-1") for line in headers]
    if body:
        lines.append(f"Content-Length: {len(body)}".encode())
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def exchange(server, raw, within=ANSWER_SECONDS):
    """Sends bytes on a fresh connection and gives the first answer."""
    with RawConnection(server, within) as connection:
        connection.try_to_send(raw)
        return connection.answer()


def authorized(client, *headers):
    """The fields of a request with a JSON body and the client's key."""
    return [f"Authorization: Bearer {client.key}", "Content-Type: application/json", *headers]
