"""What no decent client sends. After each of these the server is alive and well."""

import json
import threading

import pytest

from gear.client import mesh_execute
from gear.fake_model import echoes
from gear.raw import RawConnection, authorized, exchange, request
from gear.waiting import eventually

REFUSED = (400, 411, 413, 414, 415, 421, 422, 431, 501, 505)


SMUGGLING = {
    "length and chunked": ["Content-Length: 4", "Transfer-Encoding: chunked"],
    "two lengths": ["Content-Length: 4", "Content-Length: 5"],
    "two equal lengths": ["Content-Length: 5", "Content-Length: 5"],
    "a list of lengths": ["Content-Length: 5, 6"],
    "a signed length": ["Content-Length: +5"],
    "a negative length": ["Content-Length: -1"],
    "a hexadecimal length": ["Content-Length: 0x5"],
    "an endless length": ["Content-Length: 99999999999999999999999999"],
    "a length with a space inside": ["Content-Length: 1 0"],
    "chunked twice": ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
    "chunked and identity": ["Transfer-Encoding: identity, chunked"],
    "chunked not last": ["Transfer-Encoding: chunked, gzip"],
    "an unknown coding": ["Transfer-Encoding: xchunked"],
    "a space before the colon": ["Transfer-Encoding : chunked"],
    "a folded header": ["X-A: b", " Transfer-Encoding: chunked"],
    "a header without a name": [": chunked"],
    "a header without a colon": ["Transfer-Encoding"],
    "a NUL in a value": ["X-A: b\x00c"],
    "a bare CR in a value": ["X-A: b\rTransfer-Encoding: chunked"],
    "a bare LF in a value": ["X-A: b\nHost: evil.example"],
}


@pytest.mark.parametrize("name", SMUGGLING)
def test_ambiguous_framing_is_refused_and_what_follows_is_not_a_request(client, name):
    raw = request("POST", "/api/v1/tasks", authorized(client, *SMUGGLING[name]))
    hidden = b"0\r\n\r\n" + request("GET", "/version")
    with RawConnection(client.server) as connection:
        connection.try_to_send(raw + hidden)
        connection.finish_sending()
        statuses = connection.statuses()
    assert statuses and statuses[0] in REFUSED, statuses
    assert len(statuses) == 1, "the bytes behind a refused request were taken for another"


CHUNKS = {
    "no hexadecimal": b"zz\r\nhi\r\n0\r\n\r\n",
    "a negative size": b"-1\r\nhi\r\n0\r\n\r\n",
    "an endless size": b"fffffffffffffffffff\r\nhi\r\n0\r\n\r\n",
    "no line end behind the data": b"2\r\nhiX0\r\n\r\n",
    "a bare LF": b"2\nhi\n0\n\n",
}


@pytest.mark.parametrize("name", CHUNKS)
def test_broken_chunks_are_refused(client, name):
    head = request("POST", "/api/v1/tasks", authorized(client, "Transfer-Encoding: chunked"))
    with RawConnection(client.server) as connection:
        connection.try_to_send(head + CHUNKS[name] + request())
        connection.try_to_send(b"")
        answer = connection.answer()
        assert answer is not None and answer[0] in REFUSED
        assert connection.is_closed()


def test_a_body_that_is_mostly_chunk_extensions_is_refused(client):
    """RFC 9112 7.1.1: a recipient ought to limit the total length of chunk extensions."""
    with RawConnection(client.server) as connection:
        connection.send(request("POST", "/api/v1/tasks", authorized(client, "Transfer-Encoding: chunked")) + b"2;")
        while connection.try_to_send(b"x" * 0x10000) and not connection.has_news():
            pass
        assert connection.answer()[0] == 413


def test_a_flood_of_trailers_is_refused(client):
    trailers = b"".join(b"X-%d: y\r\n" % n for n in range(5000))
    head = request("POST", "/api/v1/tasks", authorized(client, "Transfer-Encoding: chunked"))
    status, _, _ = exchange(client.server, head + b"2\r\n{}\r\n0\r\n" + trailers + b"\r\n")
    assert status in REFUSED


@pytest.mark.parametrize("path", ["/api/v1/tasks", "/api/v1/tasks/stream", "/v1/mcp", "/v1/mcp/stream"])
def test_a_body_that_is_too_large_is_refused_before_it_is_read(client, path):
    raw = request("POST", path, authorized(client, f"Content-Length: {(4 << 20) + 1}", "Accept: text/event-stream"))
    status, headers, body = exchange(client.server, raw)
    assert status == 413
    assert json.loads(body)


def test_a_client_that_expects_100_continue_hears_413_instead(client):
    head = authorized(client, "Content-Length: 99999999", "Expect: 100-continue")
    assert exchange(client.server, request("POST", "/api/v1/tasks", head))[0] == 413


def test_a_chunked_body_that_grows_too_large_is_refused(client):
    with RawConnection(client.server) as connection:
        connection.send(request("POST", "/api/v1/tasks", authorized(client, "Transfer-Encoding: chunked")))
        piece = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        while connection.try_to_send(piece) and not connection.has_news():
            pass
        assert connection.answer()[0] == 413


FLOODS = {
    "too many fields": ([f"X-{n}: y" for n in range(200)], 431),
    "a field that is too long": (["X-A: " + "y" * 40_000], 431),
    "a name that is too long": (["X" * 40_000 + ": y"], 431),
}


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_of_headers_is_refused(client, name):
    headers, status = FLOODS[name]
    assert exchange(client.server, request(headers=headers))[0] == status


def test_a_target_that_is_too_long_is_refused(client):
    assert exchange(client.server, request(path="/" + "a" * 9000))[0] == 414


@pytest.mark.parametrize(
    "raw",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64,  # somebody speaks TLS
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
        b"GET\t/health HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /health\r\nHost: localhost\r\n\r\n",
        b" GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /he\x00alth HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"G\xc3\x89T / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET http://evil.example/health HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"\r\n" * 1000,
        b"\x00" * 1000,
        b"A" * 100_000,
    ],
    ids=[
        "TLS",
        "HTTP/2",
        "version",
        "a tab",
        "no version",
        "a space before",
        "NUL",
        "method",
        "CONNECT",
        "proxy",
        "empty lines",
        "zeroes",
        "noise",
    ],
)
def test_what_is_no_request_is_refused_or_closed(client, raw):
    with RawConnection(client.server) as connection:
        connection.try_to_send(raw)
        connection.finish_sending()
        answer = connection.answer()
        assert answer is None or 400 <= answer[0] < 600


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd",
        "/api/v1/tasks/%2e%2e/%2e%2e",
        "/api/v1/tasks/%00",
        "/api/v1/tasks/" + "a" * 4000,
        "//health",
        "/%",
    ],
)
def test_strange_paths_are_just_unknown(client, path):
    status, _, _ = exchange(client.server, request(path=path, headers=authorized(client)))
    assert status in (400, 404)


def test_pipelined_requests_are_answered_in_order(client):
    paths = ["/version", "/health", "/nowhere", "/version", "/livez"]
    with RawConnection(client.server) as connection:
        connection.send(b"".join(request(path=path, headers=authorized(client)) for path in paths))
        answers = [connection.answer() for _ in paths]
    assert [answer[0] for answer in answers] == [200, 200, 404, 200, 200]
    assert answers[0][2] == answers[3][2] and b"status" in answers[1][2]


def test_a_request_behind_a_stream_is_answered_after_the_stream(client):
    body = json.dumps(mesh_execute("Write a poem")).encode()
    with RawConnection(client.server) as connection:
        connection.send(request("POST", "/v1/mcp/stream", authorized(client), body) + request(path="/version"))
        status, headers, _ = connection.answer()
        assert (status, headers["transfer-encoding"]) == (200, "chunked")
        assert b"[DONE]" in connection.read_until(b"0\r\n\r\n")
        status, _, version = connection.answer()
        assert status == 200 and json.loads(version)["service"] == "meshai"


def test_a_request_that_comes_byte_by_byte_is_a_request(client):
    with RawConnection(client.server) as connection:
        for byte in request(headers=authorized(client)):
            connection.send(bytes([byte]))
        assert connection.answer()[0] == 200


@pytest.mark.timeout(60)
def test_slow_heads_are_cut_and_do_not_stop_others(client):
    """Slow loris: fifty connections that never finish their head."""
    slow = [RawConnection(client.server, within=30) for _ in range(50)]
    for connection in slow:
        connection.send(b"GET /health HTTP/1.1\r\nHost: local")
    assert exchange(client.server, request())[0] == 200
    endings = []
    threads = [threading.Thread(target=lambda c=c: endings.append(c.answer())) for c in slow]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {ending and ending[0] for ending in endings} <= {408, None}


def test_a_thousand_connections_that_say_nothing_stop_nobody(client):
    idle = [RawConnection(client.server) for _ in range(1000)]
    try:
        task_id = client.submit("Write a poem")
        client.wait_until(task_id, "completed")
    finally:
        for connection in idle:
            connection.__exit__()


def test_connections_dropped_in_the_middle_of_everything_leave_nothing_behind(house):
    client, _ = house.server_with_model(echoes)
    body = json.dumps(mesh_execute("Write a poem")).encode()
    whole = request("POST", "/v1/mcp/stream", authorized(client), body)
    for cut in range(0, len(whole), 7):
        with RawConnection(client.server) as connection:
            connection.send(whole[:cut])
    assert exchange(client.server, request())[0] == 200

    def open_files():
        return len(list(client.server.open_files()))

    eventually(lambda: open_files() < 60, why="The connections were closed")
