"""The product's own endpoint under the suite: the real binary, its key added on the way."""

import contextlib

from gear.client import Client
from gear.fake_model import FakeModel, echoes
from gear.meshai import Meshai, model_agent
from key_proxy import KeyProxy

END_SECONDS_MAX = 20


@contextlib.contextmanager
def product(folder):
    """A server with one scripted model; gives the URL of its endpoint behind the proxy."""
    with contextlib.ExitStack() as closing:
        model = FakeModel(echoes)
        closing.callback(model.close)
        server = Meshai(folder / "server", [model_agent(model)]).start()
        closing.callback(lambda: server.kill() if server.is_running else None)
        proxy = KeyProxy(server.address, server.key())
        closing.callback(proxy.close)
        yield f"http://localhost:{proxy.port}/v1/mcp"
        assert server.is_running, f"The server ended: {server.errors.all_text()[-4000:]}"
        # What the suite sent may not have hurt: the server still works, and ends as it should.
        client = Client(server)
        assert client.wait_until(client.submit("Still there?"))["status"] == "completed"
        assert server.stop() == 0, server.errors.text[-4000:]
