"""HTTPS from certificate and key files, with clients that verify."""

import subprocess

import pytest
import requests

from gear.client import mesh_execute
from gear.fake_model import says
from gear.meshai import model_agent
from gear.waiting import patient


@pytest.fixture
def authority(tmp_path):
    """(certificate, key) of a server that calls itself localhost and 127.0.0.1."""
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj", "/CN=localhost", "-addext", names]
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key


@pytest.fixture
def server(house, authority):
    certificate, key = authority
    files = {"tls_cert": str(certificate), "tls_key": str(key)}
    return house.server([model_agent(house.model(says("ro", "ses")))], server=files)


def test_the_guides_call_streams_over_tls(server, authority):
    assert server.url.startswith("https://")
    headers = {"Authorization": f"Bearer {server.key()}", "Accept": "text/event-stream"}
    answer = requests.post(
        server.url + "/v1/mcp/stream",
        json=mesh_execute("Write a poem"),
        headers=headers,
        verify=str(authority[0]),
        stream=True,
        timeout=patient(20),
    )
    lines = [line for line in answer.iter_lines(decode_unicode=True) if line.startswith("data: ")]
    assert lines[-1] == "data: [DONE]" and any('"roses"' in line for line in lines)


def test_a_client_without_the_authority_does_not_trust_the_server(server):
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(server.url + "/health", timeout=patient(10))


def test_the_command_line_trusts_the_authority_it_is_given(server, authority):
    trusted = server.client("run", "Write a poem", "--ca-file", authority[0])
    assert (trusted.returncode, trusted.stdout) == (0, "roses\n"), trusted.stderr
    assert server.client("run", "Write a poem").returncode != 0


@pytest.mark.parametrize("minimum, works", [("TLSv1.2", True), ("TLSv1.3", True), ("TLSv1.1", False)])
def test_old_versions_of_tls_are_refused(server, authority, minimum, works):
    flag = "-" + minimum.lower().replace("v", "").replace(".", "_")
    address = server.url.removeprefix("https://")
    command = ["openssl", "s_client", "-connect", address, flag, "-CAfile", str(authority[0]), "-verify_return_error"]
    spoken = subprocess.run(command, input=b"", capture_output=True, timeout=patient(10), check=False)
    assert (spoken.returncode == 0) == works, spoken.stderr[-500:]


def test_plain_http_on_the_tls_port_does_not_hurt(server, authority):
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get(server.url.replace("https://", "http://") + "/health", timeout=patient(10))
    assert requests.get(server.url + "/health", verify=str(authority[0]), timeout=patient(10)).status_code == 200


@pytest.mark.parametrize("missing", ["tls_cert", "tls_key"])
def test_half_a_pair_of_files_is_refused(house, authority, missing):
    files = {"tls_cert": str(authority[0]), "tls_key": str(authority[1])}
    del files[missing]
    server = house.server_folder([], server=files)
    ended = server.cli("serve", "--config", server.config)
    assert ended.returncode == 2 and "tls_" in ended.stderr
