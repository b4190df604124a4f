"""Waiting for something to become true, with a deadline and a story when it does not.

No test sleeps for a guessed time. It waits for a condition; how long it is
ready to wait is generous, because that time is only spent when a test fails.
"""

import os
import select
import threading
import time

# Sanitized builds are slower; their runner says by how much.
PATIENCE = float(os.environ.get("MESHAI_TEST_PATIENCE", "1"))
POLL_SECONDS = 0.01


def patient(seconds):
    """A deadline as long as this build deserves."""
    return seconds * PATIENCE


def eventually(question, within=10.0, why=""):
    """Asks until the answer is true-ish and gives it back. An AssertionError
    inside the question counts as "not yet" and is shown when time is up."""
    deadline = time.monotonic() + patient(within)
    answer = None
    while True:
        try:
            answer = question()
            if answer:
                return answer
        except AssertionError as not_yet:
            answer = not_yet
        if time.monotonic() > deadline:
            raise AssertionError(f"{why or 'It'} did not happen within {patient(within):.0f} s; last answer: {answer}")
        threading.Event().wait(POLL_SECONDS)


def readable(files, within):
    """Those of the files that can be read within so many seconds. (Not select():
    it knows no descriptor above 1023.)"""
    poll = select.poll()
    by_descriptor = {file.fileno(): file for file in files}
    for descriptor in by_descriptor:
        poll.register(descriptor, select.POLLIN)
    return [by_descriptor[descriptor] for descriptor, _ in poll.poll(max(0, within) * 1000)]


class Gate:
    """A door that opens once. Unlike threading.Event one can wait for it and
    for a socket at the same time: its file descriptor becomes readable."""

    def __init__(self, is_open=False):
        self._read, self._write = os.pipe()
        self._lock = threading.Lock()
        if is_open:
            self.open()

    def __del__(self):
        self.open()
        os.close(self._read)

    def fileno(self):
        return self._read

    def open(self):
        with self._lock:
            if self._write is not None:
                os.close(self._write)
                self._write = None

    @property
    def is_open(self):
        return self._write is None

    def wait(self, within=30.0):
        if not readable([self], patient(within)):
            raise AssertionError(f"The gate stayed closed for {patient(within):.0f} s.")
