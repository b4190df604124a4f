"""The real binary, as an operator runs it: a folder, a file, a process.

A Meshai owns one folder with meshai.toml and the store; it can be started,
killed and started again, and its command line is used the way scripts use it.
"""

import json
import os
import pathlib
import signal
import socket
import subprocess

from gear.lines import Lines
from gear.waiting import patient

ROOT = pathlib.Path(__file__).resolve().parents[3]
CAPABILITIES = ["text_generation", "code_generation", "data_analysis", "reasoning", "image_generation"]
READY_SECONDS_MAX = 30
END_SECONDS_MAX = 20


def binary():
    """What is tested: MESHAI_BINARY, or the release build."""
    path = pathlib.Path(os.environ.get("MESHAI_BINARY") or ROOT / "build" / "release" / "meshai").resolve()
    if not path.exists():
        raise AssertionError(f"There is no {path}. Build it ('./dev build') or set MESHAI_BINARY.")
    return str(path)


def free_port():
    """A port below the range that the kernel hands out by itself, so that a
    server that is restarted on it finds it free again."""
    candidates = iter(os.urandom(200))
    for high in candidates:
        port = 20000 + (high * 256 + next(candidates)) % 12000
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise AssertionError("No free port was found.")


def toml(value):
    """A TOML value; JSON's strings, numbers, booleans and arrays are TOML's, too."""
    return json.dumps(value)


def model_agent(model, name="writer", **more):
    """An [[agents]] entry for an OpenAI-compatible server."""
    return _agent("openai", model.url, name, model=getattr(model, "name", "fake"), **more)


def http_agent(agent, name="worker", **more):
    return _agent("http", agent if isinstance(agent, str) else agent.url, name, **more)


def mesh_agent(server, key, name="inner", **more):
    """Another MeshAI as an agent; its key goes into a file, as operators do it."""
    key_file = server.folder / f"{name}.key"
    key_file.write_text(key + "\n")
    key_file.chmod(0o600)
    return _agent("mesh", server.url, name, api_key_file=str(key_file), **more)


def command_agent(argv, name="program", **more):
    return {"name": name, "kind": "command", "argv": argv, "capabilities": CAPABILITIES, **more}


def _agent(kind, url, name, **more):
    return {"name": name, "kind": kind, "url": url, "allow_private": True, "capabilities": CAPABILITIES, **more}


class Meshai:
    """One server and its folder."""

    def __init__(self, folder, agents=(), port=0, wrapper=(), popen=None, **sections):
        self.folder = folder
        self.config = folder / "meshai.toml"
        self.agents = list(agents)
        self.port = port
        self.sections = sections  # e.g. limits={"requests_per_minute": 5}
        self.wrapper = list(wrapper)  # a program that starts ours, e.g. in a namespace
        self.popen = popen or {}
        self.process = None
        self.url = None
        self.output = None
        self.errors = None
        self._keys = {}
        self.write_config()

    # --- the file

    def write_config(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        sections = {
            "server": {"listen": f"127.0.0.1:{self.port}", **self.sections.get("server", {})},
            "store": {"path": str(self.folder / "meshai.db"), **self.sections.get("store", {})},
            # The default of 100 a minute is tested where it is meant; elsewhere it would be in the way.
            "limits": {"requests_per_minute": 1_000_000, **self.sections.get("limits", {})},
        }
        sections |= {name: members for name, members in self.sections.items() if name not in sections}
        lines = []
        for name, members in sections.items():
            lines += [f"[{name}]"] + [f"{key} = {toml(value)}" for key, value in members.items()] + [""]
        for agent in self.agents:
            lines += ["[[agents]]"] + [f"{key} = {toml(value)}" for key, value in agent.items()] + [""]
        self.config.write_text("\n".join(lines))

    # --- the process

    def start(self):
        """Starts the server and waits for its one line on stdout."""
        self.launch()
        line = self.output.wait_for("ready http", READY_SECONDS_MAX)
        self.url = line.split()[1]
        return self

    def launch(self):
        """Starts the process without waiting until it is ready."""
        self.process = subprocess.Popen(
            [*self.wrapper, binary(), "serve", "--config", str(self.config)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env=self.environment(),
            **self.popen,
        )
        self.output = Lines(self.process.stdout)
        self.errors = Lines(self.process.stderr)

    def kill(self):
        """kill -9, as a power cut would."""
        self.process.kill()
        self.process.wait(patient(END_SECONDS_MAX))

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def stop(self):
        """Asks it to end, as systemd does; gives the exit code."""
        self.terminate()
        return self.process.wait(patient(END_SECONDS_MAX))

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    @property
    def address(self):
        """(host, port) for raw sockets."""
        host, port = self.url.split("://")[1].rstrip("/").rsplit(":", 1)
        return host, int(port)

    def open_files(self):
        """Descriptors the process holds now; for finding what is left behind."""
        return list(pathlib.Path(f"/proc/{self.process.pid}/fd").iterdir())

    # --- the command line

    def environment(self, **more):
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("MESHAI_", "OPENAI_", "OTEL_"))}
        return {**clean, "NO_COLOR": "1", **more}

    def cli(self, *arguments, env=None, within=30.0, stdin=""):
        """Runs `meshai ARGUMENTS` to its end."""
        return subprocess.run(
            [binary(), *map(str, arguments)],
            input=stdin,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=patient(within),
            env=self.environment(**(env or {})),
        )

    def client_environment(self, key=None):
        """How the client commands learn whom to talk to."""
        return self.environment(MESHAI_URL=self.url, MESHAI_API_KEY=key or self.key())

    def client(self, *arguments, key=None, within=30.0):
        """Runs a client command (run, task, agent) against this server."""
        return self.cli(*arguments, env=self.client_environment(key), within=within)

    def client_starts(self, *arguments, key=None):
        """The same, but gives the running process."""
        return subprocess.Popen(
            [binary(), *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.client_environment(key),
        )

    def create_key(self, tenant="acme", name="tests", scopes=None):
        """{"id", "key", "tenant", "scopes"} of a new key."""
        wanted = ["--scopes", scopes] if scopes else []
        made = self.cli(
            "key", "create", "--config", self.config, "--tenant", tenant, "--name", name, *wanted, "-o", "json"
        )
        assert made.returncode == 0, f"key create failed: {made.stderr}"
        return json.loads(made.stdout)

    def key(self, tenant="acme"):
        """One key of the tenant with every right; made at the first question."""
        if tenant not in self._keys:
            self._keys[tenant] = self.create_key(tenant)["key"]
        return self._keys[tenant]
