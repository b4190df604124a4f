"""`meshai mcp` as an MCP client starts it: lines in, lines out."""

import json
import subprocess

from gear.lines import Lines
from gear.meshai import binary
from gear.waiting import eventually, patient

CLIENT = {"name": "tests", "version": "1"}


class StdioClient:
    """A client with a program behind it. Everything on stdout must be a JSON-RPC message."""

    def __init__(self, *arguments, env):
        self.process = subprocess.Popen(
            [binary(), "mcp", *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=env,
        )
        self.output = Lines(self.process.stdout)
        self.errors = Lines(self.process.stderr)
        self._next_id = 0

    # --- saying

    def says(self, message):
        self.says_line(json.dumps(message))

    def says_line(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def asks(self, method, **params):
        """Sends a request; gives its id."""
        self._next_id += 1
        self.says({"jsonrpc": "2.0", "id": self._next_id, "method": method, "params": params})
        return self._next_id

    def notifies(self, method, **params):
        self.says({"jsonrpc": "2.0", "method": method, "params": params})

    def initializes(self, version="2025-11-25"):
        """The handshake; gives the server's answer to it."""
        result = self.answer(self.asks("initialize", protocolVersion=version, capabilities={}, clientInfo=CLIENT))
        self.notifies("notifications/initialized")
        return result["result"]

    # --- hearing

    def messages(self):
        return [json.loads(line) for line in list(self.output.lines)]

    def answer(self, asked, within=20.0):
        """The answer to this id, result or error."""

        def look():
            return next((m for m in self.messages() if "method" not in m and m.get("id") == asked), None)

        return eventually(look, within=within, why=f"The answer to {asked!r}")

    def hears(self, method, within=20.0):
        """The first notification of this method."""
        return eventually(
            lambda: next((m for m in self.messages() if m.get("method") == method), None), within=within, why=method
        )

    # --- leaving

    def leaves(self, within=15.0):
        """Closes stdin, as MCP says; gives the exit code once everything on stdout was read."""
        self.process.stdin.close()
        code = self.process.wait(patient(within))
        self.output.all_text()
        for message in self.messages():
            assert message["jsonrpc"] == "2.0", message
        return code

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(patient(10))
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            try:
                pipe.close()
            except BrokenPipeError:
                pass
