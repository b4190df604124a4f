"""Which model the demo runs on: the one that the environment names, else a
model server that already answers on loopback, else the local one."""

import dataclasses
import json
import os
import pathlib
import sys
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Where the usual model servers listen when nobody tells them otherwise.
LOOPBACK_SERVERS = (("Ollama", 11434), ("llama.cpp", 8080), ("vLLM", 8000), ("LM Studio", 1234))
PROBE_SECONDS_MAX = 1.0
LIST_SECONDS_MAX = 10.0

OPENAI_URL = "https://api.openai.com/v1"
OPENAI_MODEL = "gpt-4o-mini"


@dataclasses.dataclass(frozen=True)
class Model:
    url: str
    name: str
    story: str
    key: str = ""


def choose(processes, environment=os.environ, servers=LOOPBACK_SERVERS):
    return from_environment(environment) or from_loopback(servers, environment) or local(processes)


def from_environment(environment):
    url, key = environment.get("OPENAI_BASE_URL", "").rstrip("/"), environment.get("OPENAI_API_KEY", "")
    if not url and not key:
        return None
    name = environment.get("OPENAI_MODEL") or (OPENAI_MODEL if not url else first_model(url, LIST_SECONDS_MAX, key) or OPENAI_MODEL)
    url = url or OPENAI_URL
    said = " and ".join(word for word in ("OPENAI_BASE_URL", "OPENAI_API_KEY") if environment.get(word))
    verb = "are" if " and " in said else "is"
    return Model(url, name, f"{name} at {url}, because {said} {verb} set", key)


def from_loopback(servers, environment):
    for server, port in servers:
        url = f"http://127.0.0.1:{port}/v1"
        name = first_model(url, PROBE_SECONDS_MAX)
        if name:
            name = environment.get("OPENAI_MODEL") or name
            return Model(url, name, f"{name} at {url}, where {server} (or its like) already answers")
    return None


def local(processes):
    url = processes.start("model", [sys.executable, str(ROOT / "tools" / "model" / "serve.py"), "--until-stdin-closes"])
    name = first_model(url, LIST_SECONDS_MAX)
    return Model(url, name, f"{name}, local and small, at {url}")


def first_model(url, seconds, key=""):
    """The first model of the list that can chat, or None if nobody lists any."""
    request = urllib.request.Request(f"{url}/models", headers={"Authorization": f"Bearer {key}"} if key else {})
    # A proxy of the environment is for the outside world only.
    direct = [urllib.request.ProxyHandler({})] if url.startswith("http://127.0.0.1:") else []
    try:
        with urllib.request.build_opener(*direct).open(request, timeout=seconds) as answer:
            names = [entry["id"] for entry in json.load(answer)["data"]]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return next((name for name in names if "embed" not in name), None)
