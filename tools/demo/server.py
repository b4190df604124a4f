"""The server of the demo: a configuration as an operator writes it, the release
binary, and a key for one tenant."""

import dataclasses
import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
KEY_SECONDS_MAX = 20


@dataclasses.dataclass(frozen=True)
class Server:
    url: str
    key: str


def start(folder, model, processes):
    folder = pathlib.Path(folder)
    config = folder / "meshai.toml"
    config.write_text(configuration(folder, model))
    url = processes.start("server", [binary(), "serve", "--config", str(config)])
    return Server(url, make_key(config, processes))


def binary():
    return os.environ.get("MESHAI_BINARY") or str(ROOT / "build" / "release" / "meshai")


def configuration(folder, model):
    # JSON's strings, booleans and lists of strings are written the same in TOML.
    agent = {
        "name": "local-model",
        "kind": "openai",
        "url": model.url,
        "model": model.name,
        "capabilities": ["text_generation", "code_generation", "data_analysis", "reasoning"],
        "allow_private": True,
    }
    if model.key:
        agent["api_key_file"] = str(secret_file(folder / "model.key", model.key))
    lines = ["[server]", 'listen = "127.0.0.1:0"', "", "[store]", f"path = {json.dumps(str(folder / 'meshai.db'))}", "", "[[agents]]"]
    return "\n".join(lines + [f"{name} = {json.dumps(value)}" for name, value in agent.items()]) + "\n"


def secret_file(path, secret):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secret + "\n")
    return path


def make_key(config, processes):
    argv = [binary(), "key", "create", "--config", str(config), "--tenant", "demo", "--name", "demo", "-o", "json"]
    run = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=KEY_SECONDS_MAX)
    if run.returncode != 0:
        raise processes.Ended(f"'meshai key create' ended with {run.returncode}. It said:\n{run.stderr}")
    return json.loads(run.stdout)["key"]
