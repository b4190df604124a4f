"""Many tasks on one connection: WebSocket clients of others, on the real binary."""

import json
import socket
import ssl
import subprocess

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from gear.client import Client
from gear.fake_model import echoes, says, says_at_gates
from gear.meshai import free_port, model_agent
from gear.raw import RawConnection
from gear.sdk import node
from gear.waiting import Gate, eventually, patient
from gear.websocket import WebSocket

TOKENS = ["The ", "train ", "enters ", "a ", "tunnel."]


def close_of(web):
    """(code, reason) with which the server ends the connection."""
    with pytest.raises(ConnectionClosed) as ended:
        while True:
            web.take()
    return ended.value.rcvd.code, ended.value.rcvd.reason


def stream_events(client, task_id):
    """The same of an event stream of the task."""
    with client.attach(task_id, after=0) as stream:
        return [(frame.id, frame.data) for frame in stream.rest() if frame.id]


def test_a_task_is_submitted_and_watched(house):
    client, _ = house.server_with_model(says(*TOKENS))
    with WebSocket(client) as web:
        assert web.take()["type"] == "connected"
        task_id = web.submit("Write about trains")
        web.until("done", task_id=task_id)
        assert "".join(event["text"] for event in web.of_type("token")) == "".join(TOKENS)
        assert web.of_type("complete")[0]["status"] == "completed"


def test_every_view_is_the_same_byte_for_byte(house):
    client, _ = house.server_with_model(says(*TOKENS))
    with WebSocket(client) as web, WebSocket(client) as other:
        task_id = web.submit("Write about trains")
        other.follow(task_id)
        web.until("done")
        other.until("done")
        assert web.events(task_id) == other.events(task_id) == stream_events(client, task_id)


def test_many_tasks_run_on_one_connection(house):
    client, _ = house.server_with_model(echoes)
    with WebSocket(client) as web:
        ids = [web.submit(f"Say {number}") for number in range(40)]
        while sum(message["type"] == "done" for message in web.messages) < len(ids):
            web.take()
        for task_id in ids:
            assert web.events(task_id) == stream_events(client, task_id)


def test_a_task_cut_at_every_event_joins_to_the_uncut_one(house):
    client, _ = house.server_with_model(says(*TOKENS))
    task_id = client.submit("Write about trains")
    client.wait_until(task_id, "completed")
    whole = stream_events(client, task_id)
    for cut in range(len(whole) + 1):
        with WebSocket(client) as web:
            web.follow(task_id, after=whole[cut - 1][0] if cut else None)
            web.until("done")
            assert web.events(task_id) == whole[cut:], f"cut after {cut} events"


def test_a_killed_server_is_found_again_by_the_cursor(house):
    gate = Gate()

    def script(call):
        call.token("The ")
        call.wait_for(gate)
        call.say("end")

    model = house.model(script)
    server = house.server_folder([model_agent(model)], port=free_port()).start()
    client = Client(server)
    with WebSocket(client) as web:
        task_id = web.submit("Write", recovery="rerun")
        while not web.of_type("token"):
            web.take()
        seen = web.events(task_id)
        server.kill()
        with pytest.raises(ConnectionClosed):
            while True:
                web.take()
        seen = web.events(task_id)
    gate.open()
    server.start()
    with WebSocket(client) as again:
        again.follow(task_id, after=seen[-1][0])
        again.until("done")
        assert seen + again.events(task_id) == stream_events(client, task_id)


def test_cancelling_reaches_the_agent(house):
    def hangs(call):
        call.token("so far")
        call.hang()

    client, model = house.server_with_model(hangs)
    with WebSocket(client) as web:
        task_id = web.submit("Think")
        while not web.of_type("token"):
            web.take()
        web.say(op="cancel", task_id=task_id, ref="c")
        # The answer to the operation and the events of the task are told as they come, in no order.
        while not {"cancelled", "done"} <= {message["type"] for message in web.messages}:
            web.take()
        assert web.of_type("error")[0]["code"] == "CANCELLED"
    eventually(lambda: model.calls[0].gone_at, within=1, why="The agent's connection closed")


def test_a_client_that_leaves_takes_its_task_along_if_it_said_so(house):
    client, model = house.server_with_model(lambda call: (call.token("so far"), call.hang()))
    web = WebSocket(client)
    task_id = web.submit("Think", on_disconnect="cancel")
    while not web.of_type("token"):
        web.take()
    web.raw.socket.shutdown(socket.SHUT_RDWR)
    eventually(lambda: model.calls[0].gone_at, within=1, why="The agent's connection closed")
    client.wait_until(task_id, "cancelled")


def test_errors_name_the_message_and_the_connection_goes_on(house):
    client, _ = house.server_with_model(echoes)
    with WebSocket(client) as web:
        web.say(op="subscribe", task_id="t_nobody", ref=1)
        assert web.until("error") == {
            "type": "error",
            "ref": 1,
            "op": "subscribe",
            "code": "NOT_FOUND",
            "message": "No such task.",
            "task_id": "t_nobody",
        }
        web.raw.send("{")
        assert web.until("error")["code"] == "VALIDATION_FAILED"
        web.say(op="ping", ref=2)
        assert web.until("pong")["ref"] == 2
        assert web.raw.ping().wait(patient(10)), "a ping of the protocol is answered, too"
        web.raw.send(b"binary")
        assert close_of(web)[0] == 1003


def test_the_key_may_be_a_subprotocol(house):
    client, _ = house.server_with_model(echoes)
    with WebSocket(client, additional_headers={}, subprotocols=["meshai.v1", f"bearer.{client.key}"]) as web:
        assert web.raw.subprotocol == "meshai.v1"
        assert web.take()["type"] == "connected"


@pytest.mark.parametrize(
    "path, options, status",
    [
        ("/v1/ws", {"additional_headers": {}}, 401),
        ("/v1/ws?token={key}", {"additional_headers": {}}, 401),
        ("/v1/ws", {"additional_headers": {}, "subprotocols": ["meshai.v1", "bearer.msk_live_wrong"]}, 401),
        ("/v1/ws", {"subprotocols": ["graphql-ws"]}, 400),
        ("/v1/ws", {"origin": "https://evil.example"}, 403),
        ("/v1/nothing", {}, 404),
    ],
)
def test_a_handshake_that_is_refused(house, path, options, status):
    client, _ = house.server_with_model(echoes)
    with pytest.raises(InvalidStatus) as refused:
        WebSocket(client, path.format(key=client.key), **options)
    assert refused.value.response.status_code == status


def test_a_plain_request_is_told_to_upgrade(house):
    client, _ = house.server_with_model(echoes)
    answer = client.get("/v1/ws")
    assert (answer.status_code, answer.headers["Upgrade"]) == (426, "websocket")
    assert answer.headers["Sec-WebSocket-Version"] == "13"


def test_operations_count_as_requests_of_the_key(house):
    client, _ = house.server_with_model(echoes, limits={"requests_per_minute": 3})
    with WebSocket(client) as web:
        for _ in range(2):
            web.submit("Say")
        web.say(op="submit", task={"input": "Say"}, ref="over")
        error = web.until("error")
        assert (error["code"], error["ref"]) == ("RATE_LIMITED", "over")
        assert 0 < error["retry_after"] <= 60
        web.say(op="ping")
        web.until("pong")


def test_a_revoked_key_ends_the_connection(house):
    client, _ = house.server_with_model(echoes)
    made = client.server.create_key()
    with WebSocket(Client(client.server, made["key"])) as web:
        web.submit("Say")
        client.server.cli("key", "revoke", made["id"], "--config", client.server.config)

        def is_refused():
            web.say(op="cancel", task_id="t_nobody")
            return web.take()["type"] == "closing"

        with pytest.raises(ConnectionClosed) as ended:
            eventually(is_refused, within=5)
            web.take()
        assert ended.value.rcvd.code == 4401


def test_a_server_that_stops_says_where_to_go_on(house):
    gates = [Gate(), Gate()]
    model = house.model(says_at_gates(["one ", "two"], gates))
    server = house.server_folder([model_agent(model)], port=free_port()).start()
    client = Client(server)
    with WebSocket(client) as web:
        task_id = web.submit("Count", recovery="rerun")
        gates[0].open()
        while not web.of_type("token"):
            web.take()
        server.terminate()
        code, reason = close_of(web)
        cursors = web.messages[-1]["cursors"]
    gates[1].open()
    last = web.events(task_id)[-1][0]
    assert code == 1001 and reason.endswith(f"after {last}")
    assert cursors == [{"task_id": task_id, "after": last}]
    assert server.process.wait(patient(30)) == 0
    server.start()
    with WebSocket(client) as again:
        again.follow(task_id, after=last)
        again.until("done")
        assert web.events(task_id) + again.events(task_id) == stream_events(client, task_id)


def test_a_reader_that_takes_nothing_is_sent_away_with_its_cursor(house):
    """Takes twenty seconds, which is the server's patience."""
    piece = "y" * 4096
    client, _ = house.server_with_model(lambda call: call.say(*[piece] * 3000))
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
    narrow.connect(client.server.address)
    web = WebSocket(client, sock=narrow, max_queue=1, ping_interval=None)
    task_id = web.submit("Write a lot")
    eventually(lambda: "meshai_websocket_subscriptions 1" in client.get("/metrics").text)
    eventually(lambda: "meshai_websocket_subscriptions 0" in client.get("/metrics").text, within=40)
    code, reason = close_of(web)
    assert code == 1013
    last = web.events(task_id)[-1][0]
    assert reason.endswith(f"after {last}")
    client.wait_until(task_id, "completed")
    with WebSocket(client) as again:
        again.follow(task_id, after=last)
        again.until("done")
        assert web.events(task_id) + again.events(task_id) == stream_events(client, task_id)


def test_frames_that_break_the_protocol_end_one_connection_only(client):
    head = (
        f"GET /v1/ws HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {client.key}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    ).encode()
    noise = [b"\x81\x02hi", b"\xff\xff" + b"\xff" * 64, b"\x83\x80\0\0\0\0"]
    noise += [b"\x88\x81\0\0\0\0x", b"\x89\xfe\0\xff", b"\0"]
    for bytes_of_frame in noise:
        with RawConnection(client.server) as connection:
            connection.send(head)
            connection.try_to_send(bytes_of_frame)
            connection.finish_sending()
    with WebSocket(client) as web:
        web.until("done", task_id=web.submit("Still there?"))


def test_a_client_of_node_with_the_websocket_of_browsers(house):
    client, _ = house.server_with_model(echoes)
    url = client.server.url.replace("http", "ws", 1) + "/v1/ws"
    program = __file__.replace("test_websocket.py", "websocket_client.mjs")
    done = subprocess.run(
        [node(), program, url, client.key, "Say one", "Say two", "Say three"],
        capture_output=True,
        text=True,
        timeout=patient(60),
    )
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    assert told[0] == {"said": "open", "protocol": "meshai.v1"}
    assert (told[-1]["said"], told[-1]["code"], told[-1]["wasClean"]) == ("close", 1000, True)
    messages = [line["message"] for line in told if line["said"] == "message"]
    assert [message["ref"] for message in messages if message["type"] == "submitted"] == [0, 1, 2]
    results = [m["event"]["data"]["text"] for m in messages if m.get("event", {}).get("type") == "result"]
    assert len(results) == 3 and {"one", "two", "three"} == {text.split()[-1] for text in results}


def test_over_tls(house, tmp_path):
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    subprocess.run(command, check=True, capture_output=True)
    files = {"tls_cert": str(certificate), "tls_key": str(key)}
    server = house.server([model_agent(house.model(says(*TOKENS)))], server=files)
    trust = ssl.create_default_context(cafile=str(certificate))
    with WebSocket(Client(server), ssl=trust) as web:
        web.until("done", task_id=web.submit("Write about trains"))
        assert "".join(event["text"] for event in web.of_type("token")) == "".join(TOKENS)
