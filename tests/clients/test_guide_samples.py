"""The guide's own programs, as printed, against the real server."""

import hashlib

import pytest

from gear import guide_samples
from gear.client import Client
from gear.fake_model import echoes, refuses
from gear.guide_samples import BOTH, JAVASCRIPT
from gear.meshai import model_agent
from gear.sse import FRAME_BYTES_MAX, only

SHA256 = {
    "sample.mjs": "4937b30623ac2ccf2f67404added5d628c3e3b9eeb97dee926d0a6088e0c9bb2",
    "sample.py": "3e09ba1fe5f8c74cad9a072c3699f3a299b09007f8513a77f0cad15c4d65d704",
}
MEBIBYTE = 1 << 20


@pytest.mark.parametrize("name", SHA256)
def test_the_samples_are_the_guides_byte_for_byte(name):
    raw = (guide_samples.SAMPLES / name).read_bytes()
    assert hashlib.sha256(raw).hexdigest() == SHA256[name]


def assert_steps_are_printed(sample, printed):
    """Start, progress and end, each told in full; Python's sample does not print the start."""
    assert printed.lines[-1] == "Stream complete"
    assert "Failed to parse" not in printed.everything
    if sample is JAVASCRIPT:
        assert printed.lines[0].startswith("Task started: ")
    steps = printed.starting_with("Progress: ")
    assert steps, printed.everything
    for step in steps:
        percent, words = step.removeprefix("Progress: ").split("% - ", 1)
        assert 0 <= float(percent) <= 100 and words


@pytest.mark.parametrize("sample", BOTH, ids=str)
def test_a_sample_prints_every_step_of_the_real_model(house, real_model, tmp_path, sample):
    server = house.server([model_agent(real_model)])
    printed = guide_samples.run(sample, server, server.key(), tmp_path)
    assert_steps_are_printed(sample, printed)
    assert len(printed.starting_with("Result: ")) == 1
    assert not printed.errors


@pytest.mark.parametrize("sample", BOTH, ids=str)
def test_a_sample_prints_the_result_of_the_agent(house, tmp_path, sample):
    client, _ = house.server_with_model(echoes)
    printed = guide_samples.run(sample, client.server, client.key, tmp_path)
    assert_steps_are_printed(sample, printed)
    assert "Analyze this data" in printed.everything
    assert not printed.errors


@pytest.mark.parametrize("sample", BOTH, ids=str)
def test_a_sample_prints_the_error_of_an_agent_and_still_sees_the_end(house, tmp_path, sample):
    client, _ = house.server_with_model(refuses(400, "The model does not like it."))
    printed = guide_samples.run(sample, client.server, client.key, tmp_path)
    assert "Error: " in printed.everything
    assert printed.lines[-1] == "Stream complete"
    assert "Failed to parse" not in printed.everything
    assert not printed.starting_with("Result: ")


@pytest.mark.parametrize("sample", BOTH, ids=str)
def test_a_sample_prints_the_error_when_the_model_breaks_off_in_the_middle(house, tmp_path, sample):
    def script(call):
        call.token("half an ans")
        call.cut()

    model = house.model(script)
    # Not idempotent: a rerun would hide the error.
    server = house.server([model_agent(model, idempotent=False)])
    printed = guide_samples.run(sample, server, server.key(), tmp_path)
    assert "Error: " in printed.everything
    assert printed.lines[-1] == "Stream complete"


@pytest.mark.parametrize("sample", BOTH, ids=str)
def test_a_sample_survives_a_result_of_one_mebibyte(house, tmp_path, sample):
    client, _ = house.server_with_agent(lambda call: call.complete("x" * MEBIBYTE))
    printed = guide_samples.run(sample, client.server, client.key, tmp_path)
    assert_steps_are_printed(sample, printed)
    assert len(printed.starting_with("Result: ")) == 1


@pytest.mark.parametrize("sample", BOTH, ids=str)
def test_a_sample_survives_one_mebibyte_of_streamed_tokens(house, tmp_path, sample):
    client, _ = house.server_with_model(lambda call: call.say(*["x" * 1024] * 1024))
    printed = guide_samples.run(sample, client.server, client.key, tmp_path)
    # The JavaScript sample carries nothing over from one chunk to the next: where it falls behind its
    # own kernel it loses the events at the seams, whichever they are, and says so.
    has_lost_some = "Failed to parse event" in printed.errors
    assert len(printed.starting_with("Result: ")) == 1 or has_lost_some
    assert not (has_lost_some and sample.file.endswith(".py"))
    assert printed.lines[-1] == "Stream complete"


def test_a_result_of_one_mebibyte_is_cut_in_the_stream_and_whole_behind_its_url(house):
    answer = "".join(f"{number:015d} " for number in range(MEBIBYTE // 16))
    model = house.model(lambda call: call.say(*[answer[at : at + 4096] for at in range(0, len(answer), 4096)]))
    client = Client(house.server([model_agent(model)]))
    with client.mcp_stream("Write a very long poem") as stream:
        frames = stream.rest()
    assert max(len(frame.raw) for frame in frames) <= FRAME_BYTES_MAX
    data = only(frames, "result").json["data"]
    assert data["truncated"] is True
    path = data["result_url"].removeprefix(client.server.url)
    whole = client.get(path)
    assert whole.status_code == 200
    assert answer in whole.text
    stranger = Client(client.server, client.server.key("another"))
    assert stranger.get(path).status_code == 404
