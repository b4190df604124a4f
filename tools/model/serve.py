#!/usr/bin/env python3
"""Serves the local model over the OpenAI-compatible API of llama.cpp.

The demo and the tests use it where no other model server answers. It needs no
network and no key, and runs SmolLM2-135M-Instruct: quick and small, good for
shape and order, not for facts.

Once the model answers, one line on stdout:  ready http://127.0.0.1:PORT/v1
It ends on SIGTERM or SIGINT, and with --until-stdin-closes also when its
parent goes away. It keeps no state, so it never needs to end gently.
"""

import argparse
import hashlib
import os
import pathlib
import signal
import sys
import threading
import urllib.error
import urllib.request

MODEL_NAME = "smollm2-135m-instruct"
PARALLEL_ANSWERS = 4
CONTEXT_TOKENS_PER_ANSWER = 2048
ANSWER_TOKENS_MAX = 512  # a model this small can ramble without end
FIRST_ANSWER_SECONDS_MAX = 60
# Threads wait for each other at every layer of every token: a second one gains
# little, and on a busy machine one that has no core stalls the answer for a minute.
THREADS = 1

ROOT = pathlib.Path(__file__).resolve().parents[2]


def model_folder():
    """The folder that ./dev unpacks the pinned wheels into."""
    if "MESHAI_MODEL_DIR" in os.environ:
        return pathlib.Path(os.environ["MESHAI_MODEL_DIR"])
    cache = os.environ.get("MESHAI_CACHE") or pathlib.Path.home() / ".cache" / "meshai"
    pins = (ROOT / "deploy" / "deps" / "model.txt").read_bytes()
    return pathlib.Path(cache) / f"model-{hashlib.sha256(pins).hexdigest()[:12]}"


def start(folder, port, answer_tokens):
    """Loads the model and listens; the server runs in threads of its own."""
    sys.path.insert(0, str(folder))
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(next(folder.glob("*/*.gguf")))
    params.model_alias = {MODEL_NAME}
    params.hostnames = ["127.0.0.1"]
    params.port = port
    params.n_parallel = PARALLEL_ANSWERS
    params.n_ctx = PARALLEL_ANSWERS * CONTEXT_TOKENS_PER_ANSWER
    params.n_predict = answer_tokens
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = THREADS
    params.ui = False
    params.verbosity = 1  # errors only
    return xllamacpp.Server(params)


def wait_until_it_answers(url):
    with urllib.request.urlopen(f"{url}/models", timeout=FIRST_ANSWER_SECONDS_MAX) as answer:
        answer.read()


def end_on_signals():
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os._exit(0))


def end_with_stdin():
    def watch():
        while os.read(0, 4096):
            pass
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=0, help="0, the default, picks a free one")
    parser.add_argument("--until-stdin-closes", action="store_true", help="also end when stdin closes")
    parser.add_argument(
        "--answer-tokens", type=int, default=ANSWER_TOKENS_MAX, help="an answer is at most so long (default: %(default)s)"
    )
    options = parser.parse_args()
    if not 0 <= options.port <= 65535:
        parser.error(f"--port {options.port}: a port is between 0 and 65535")

    end_on_signals()
    if options.until_stdin_closes:
        end_with_stdin()

    folder = model_folder()
    if not (folder / ".complete").exists():
        sys.exit(f"serve.py: the model is not in {folder}; './dev build' fetches it.")
    try:
        server = start(folder, options.port, options.answer_tokens)
    except RuntimeError as problem:
        sys.exit(f"serve.py: {problem} (is port {options.port} taken?)")
    url = f"{server.listening_address}/v1"
    try:
        wait_until_it_answers(url)
    except (urllib.error.URLError, TimeoutError) as problem:
        sys.exit(f"serve.py: {url} does not answer: {problem}")
    print(f"ready {url}", flush=True)
    while True:
        signal.pause()


if __name__ == "__main__":
    main()
