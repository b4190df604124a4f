"""mcp-fixture: the product's house with agents that stand in the process, some
of which ask. It lies beside the binary under test and lets everybody in."""

import pathlib
import subprocess

from gear.lines import Lines
from gear.meshai import Meshai, binary
from gear.waiting import patient

READY_SECONDS_MAX = 30
END_SECONDS_MAX = 20


def fixture_binary():
    path = pathlib.Path(binary()).with_name("mcp-fixture")
    if not path.exists():
        raise AssertionError(f"There is no {path}. './dev build release mcp-fixture' makes it.")
    return str(path)


class Fixture(Meshai):
    """Started and used as the product is; its store is in memory, and any key is good."""

    def write_config(self):
        self.folder.mkdir(parents=True, exist_ok=True)

    def launch(self):
        self.process = subprocess.Popen(
            [fixture_binary(), "--listen", "127.0.0.1:0"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env=self.environment(),
        )
        self.output = Lines(self.process.stdout)
        self.errors = Lines(self.process.stderr)

    def key(self, tenant="acme"):
        return "msk_live_whatever"

    def close(self):
        self.terminate()
        try:
            self.process.wait(patient(END_SECONDS_MAX))
        except subprocess.TimeoutExpired:
            self.kill()
