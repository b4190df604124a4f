"""Reading the output of a program while it runs."""

import threading
import time

from gear.waiting import patient, readable


def first_line(process, within):
    """The first line of the program's stdout; "" if it ends or stays silent."""
    return process.stdout.readline() if readable([process.stdout], patient(within)) else ""


class Lines:
    """Collects the lines of a pipe in a thread, so that the program never blocks."""

    def __init__(self, pipe):
        self._pipe = pipe
        self._changed = threading.Condition()
        self.lines = []
        self.is_ended = False
        self._reader = threading.Thread(target=self._run, daemon=True)
        self._reader.start()

    def _run(self):
        for line in self._pipe:
            with self._changed:
                self.lines.append(line)
                self._changed.notify_all()
        with self._changed:
            self.is_ended = True
            self._changed.notify_all()

    def wait_for(self, text, within=20.0):
        """The first line that holds `text`."""
        deadline = time.monotonic() + patient(within)
        with self._changed:
            while True:
                for line in self.lines:
                    if text in line:
                        return line
                left = deadline - time.monotonic()
                if self.is_ended or left <= 0:
                    said = "".join(self.lines)[-4000:]
                    end = "the program ended" if self.is_ended else f"{patient(within):.0f} s passed"
                    raise AssertionError(f"No line holds {text!r}, and {end}. It said:\n{said}")
                self._changed.wait(left)

    def all_text(self, within=5.0):
        """Everything, once the program has ended."""
        self._reader.join(patient(within))
        return self.text

    @property
    def text(self):
        with self._changed:
            return "".join(self.lines)
