import http.server
import json
import threading

import model
import pytest


@pytest.fixture
def model_server():
    """A server that lists an embedding model, and then one that chats."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.keys.append(self.headers.get("Authorization"))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"data": [{"id": "nomic-embed-text"}, {"id": "chatty"}]}).encode())

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.keys = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


class NoProcesses:
    def start(self, *_):
        raise AssertionError("nothing had to be started")


class LocalModel:
    """Stands for the processes of the demo; its model is `url`."""

    def __init__(self, url):
        self.url = url

    def start(self, name, argv):
        assert name == "model" and argv[-2].endswith("tools/model/serve.py")
        return self.url


def url_of(server):
    return f"http://127.0.0.1:{server.server_port}/v1"


def test_a_server_on_loopback_is_taken_and_named(model_server):
    chosen = model.choose(NoProcesses(), {}, [("Ollama", model_server.server_port)])
    assert (chosen.url, chosen.name, chosen.key) == (url_of(model_server), "chatty", "")
    assert "where Ollama (or its like) already answers" in chosen.story


def test_the_environment_comes_first_and_its_key_is_used_but_not_told(model_server):
    chosen = model.choose(NoProcesses(), {"OPENAI_BASE_URL": url_of(model_server) + "/", "OPENAI_API_KEY": "sk-secret"}, [("Ollama", 1)])
    assert (chosen.url, chosen.name, chosen.key) == (url_of(model_server), "chatty", "sk-secret")
    assert model_server.keys == ["Bearer sk-secret"]
    assert "sk-secret" not in chosen.story and "OPENAI_BASE_URL and OPENAI_API_KEY are set" in chosen.story


def test_a_key_alone_means_openai_itself():
    chosen = model.choose(NoProcesses(), {"OPENAI_API_KEY": "sk-secret"}, [])
    assert (chosen.url, chosen.name) == (model.OPENAI_URL, model.OPENAI_MODEL)


def test_the_model_can_be_named(model_server):
    assert model.choose(NoProcesses(), {"OPENAI_MODEL": "mine"}, [("vLLM", model_server.server_port)]).name == "mine"


def test_where_nothing_answers_the_local_model_is_started(model_server):
    chosen = model.choose(LocalModel(url_of(model_server)), {}, [("nobody", 1)])
    assert chosen.url == url_of(model_server) and "local and small" in chosen.story


def test_a_port_that_speaks_something_else_is_no_model_server(tmp_path):
    handler = lambda *arguments: http.server.SimpleHTTPRequestHandler(*arguments, directory=str(tmp_path))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    assert model.first_model(url_of(server), 2) is None
    server.shutdown()
    server.server_close()
