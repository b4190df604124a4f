"""One answer of /v1/mcp/stream, byte for byte, under the guide's two samples and
under each client library of MCP: the guide's events disturb nobody."""

import pytest

from gear import guide_samples
from gear.fake_model import says
from gear.guide_samples import BOTH
from gear.scripted_server import ScriptedServer
from gear.sdk import Driver, Way
from gear.sse import FrameCutter, types

REVISION = "2025-06-18"  # its streams have no empty first event, like the guide's
LIBRARIES = [Way(library, "http", "legacy", REVISION) for library in ("sdk1", "sdk2", "mcp1", "mcp2")]
TOOL = {"name": "mesh_execute", "inputSchema": {"type": "object"}}
RESULTS = {
    "initialize": {
        "protocolVersion": REVISION,
        "capabilities": {"tools": {}},
        "serverInfo": {"name": "recorder", "version": "1"},
    },
    "tools/list": {"tools": [TOOL]},
}


class Recorder(ScriptedServer):
    """Has the first tools/call answered by the real server, and gives those
    bytes to everybody who calls, whatever their library."""

    def __init__(self, client):
        super().__init__(self._answer)
        self._client = client
        self.bytes = None

    @property
    def url(self):
        """The guide's samples and the drivers add their own paths."""
        return self.origin

    def on_get(self, path):
        return None

    def _answer(self, call):
        method = call.body["method"]
        if "id" not in call.body:
            call.answer(202, b"")
        elif method in RESULTS:
            call.answer(200, {"jsonrpc": "2.0", "id": call.body["id"], "result": RESULTS[method]})
        else:
            call.begin()
            call.send(self._recorded(call.body))
            call.end()

    def _recorded(self, body):
        if self.bytes is None:
            with self._client.stream("POST", "/v1/mcp/stream", body) as stream:
                stream.rest()
                self.bytes = stream.raw
        return self.bytes


@pytest.mark.parametrize("way", LIBRARIES, ids=lambda way: way.library)
def test_the_same_bytes_serve_a_client_of_mcp_and_both_samples(house, tmp_path, way):
    client, _ = house.server_with_model(says("ro", "ses"))
    recorder = Recorder(client)
    with Driver(way, recorder, client.key, {"task": "Write a poem"}) as driver:
        told = driver.end()
    assert told.one("result")["text"] == "roses"
    # The guide's last words are no JSON; after the answer, that harms nobody.
    assert all("[DONE]" in problem["text"] for problem in told.all("problem"))
    assert "Traceback" not in told.errors

    kinds = types(FrameCutter().feed(recorder.bytes))
    assert kinds[0] == "start" and kinds[-2:] == ["response", "[DONE]"] and "token" in kinds
    for sample in BOTH:
        printed = guide_samples.run(sample, recorder, client.key, tmp_path)
        assert printed.lines[-1] == "Stream complete"
        assert "roses" in printed.everything and "Failed to parse" not in printed.everything
    recorder.close()
