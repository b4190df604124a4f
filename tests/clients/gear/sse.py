"""Frames of an event stream, byte for byte as they came.

The parser accepts only what the guide's own clients can read: `data: `,
`event: ` and `id: ` lines with one space, ended by LF, a frame ended by an
empty line. Anything else is an AssertionError that shows the bytes.
"""

import dataclasses
import json

PREFIXES = (b"data: ", b"event: ", b"id: ")
FRAME_BYTES_MAX = 60 * 1024  # wire 1.3: Node's fetch cuts an event of more in two


@dataclasses.dataclass(frozen=True)
class Frame:
    """One event of a stream."""

    raw: bytes
    data: str
    event: str = ""
    id: str = ""

    @property
    def is_done(self):
        return self.data == "[DONE]"

    @property
    def json(self):
        return json.loads(self.data)

    @property
    def type(self):
        """ "start", "progress", … ; "response" for JSON-RPC, "[DONE]" for the end."""
        if self.is_done:
            return "[DONE]"
        members = self.json
        return members["type"] if "type" in members else "response" if "jsonrpc" in members else "?"


def parse_frame(raw):
    """The frame in these bytes, which end with the empty line."""
    assert raw.endswith(b"\n\n") and b"\r" not in raw, f"not a frame of the guide: {raw!r}"
    fields = {"data": [], "event": [], "id": []}
    for line in raw[:-2].split(b"\n"):
        assert line.startswith(PREFIXES), f"not a line of the guide: {line!r} in {raw!r}"
        name, value = line.split(b": ", 1)
        fields[name.decode()].append(value.decode())
    assert all(len(values) <= 1 for values in fields.values()), f"a field stands twice: {raw!r}"
    assert fields["data"], f"a frame without data: {raw!r}"
    return Frame(raw, fields["data"][0], "".join(fields["event"]), "".join(fields["id"]))


class FrameCutter:
    """Cuts bytes into frames as they arrive."""

    def __init__(self):
        self._rest = b""

    def feed(self, raw):
        self._rest += raw
        *whole, self._rest = self._rest.split(b"\n\n")
        return [parse_frame(part + b"\n\n") for part in whole]

    @property
    def unfinished(self):
        return self._rest


def types(frames, without=("keepalive",)):
    """The order of events, for comparing with a story."""
    return [frame.type for frame in frames if frame.type not in without]


def story(frames):
    """Like `types`, with neighbours of one type told once: start, token, result…"""
    told = []
    for kind in types(frames):
        if not told or told[-1] != kind:
            told.append(kind)
    return told


def only(frames, kind):
    """The one frame of this type."""
    found = [frame for frame in frames if frame.type == kind]
    assert len(found) == 1, f"{len(found)} frames of type {kind}: {types(frames)}"
    return found[0]


def tokens(frames):
    """The text of the answer as it streamed."""
    return "".join(frame.json["text"] for frame in frames if frame.type == "token")
