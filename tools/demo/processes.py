"""The programs that the demo starts: each says when it is ready, and all of
them end with the demo, the last one first, each by its own id."""

import pathlib
import subprocess
import threading

READY_SECONDS_MAX = 90
END_SECONDS_MAX = 10
SAID_LINES_SHOWN = 15


class Processes:
    class Ended(Exception):
        """One of them ended, or was never ready."""

    def __init__(self, folder):
        self._folder = pathlib.Path(folder)
        self._running = []
        self._one_ended = threading.Event()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for _, process in reversed(self._running):
            end(process)

    def start(self, name, argv):
        """Starts a program and gives what it says after 'ready '."""
        said = self._folder / f"{name}.log"
        # A session of its own: ^C reaches the demo alone, which then ends the
        # others in order. Its stdin closes when the demo dies, however it dies.
        with said.open("wb") as log:
            process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, start_new_session=True)
        self._running.append((name, process))
        late = threading.Timer(READY_SECONDS_MAX, process.kill)
        late.start()
        try:
            for line in process.stdout:
                if line.startswith(b"ready "):
                    threading.Thread(target=self._watch, args=(process,), daemon=True).start()
                    return line[len(b"ready "):].decode().strip()
        finally:
            late.cancel()
        raise self.Ended(f"The {name} ended with {process.wait()} before it was ready. It said:\n{tail(said)}")

    def wait_for_any(self):
        """Returns when the first of them ends, which none should."""
        self._one_ended.wait()
        for name, process in self._running:
            if process.poll() is not None:
                raise self.Ended(f"The {name} ended with {process.returncode}. It said:\n{tail(self._folder / f'{name}.log')}")

    def _watch(self, process):
        for _ in process.stdout:
            pass
        process.wait()
        self._one_ended.set()


def end(process):
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(END_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    process.stdin.close()


def tail(path):
    lines = path.read_text(errors="replace").splitlines()
    return "\n".join(f"  {line}" for line in lines[-SAID_LINES_SHOWN:])
