"""The file with the data: checked, copied, guarded, full, broken."""

import os
import resource
import signal
import sqlite3

from gear.client import Client
from gear.fake_model import echoes
from gear.meshai import model_agent
from gear.waiting import eventually


def test_check_finds_a_good_database_good(house):
    client, _ = house.server_with_model(echoes)
    client.wait_until(client.submit("Write"))
    running = client.server.cli("db", "check", "--config", client.server.config)
    assert running.returncode == 0, running.stderr
    client.server.stop()
    stopped = client.server.cli("db", "check", "--config", client.server.config)
    assert stopped.returncode == 0, stopped.stderr


def test_check_finds_a_broken_database_broken_and_the_server_refuses_it(house):
    client, _ = house.server_with_model(echoes)
    for _ in range(20):
        client.wait_until(client.submit("Write " * 200))
    client.server.stop()
    path = client.server.folder / "meshai.db"
    with path.open("r+b") as file:
        file.seek(4096 + 100)
        file.write(os.urandom(max(0, path.stat().st_size // 2)))
    ended = client.server.cli("db", "check", "--config", client.server.config)
    assert ended.returncode != 0 and str(path) in ended.stderr + ended.stdout
    ended = client.server.cli("serve", "--config", client.server.config)
    assert ended.returncode != 0 and "meshai.db" in ended.stderr


def test_a_backup_of_a_running_server_is_a_whole_working_copy(house):
    client, _ = house.server_with_model(echoes)
    done = client.submit("roses are red")
    client.wait_until(done)
    copy = client.server.folder / "copy.db"
    ended = client.server.cli("db", "backup", "--config", client.server.config, copy)
    assert ended.returncode == 0, ended.stderr
    later = client.submit("after the copy")
    client.wait_until(later)

    other = house.server([], store={"path": str(copy)})
    reader = Client(other, client.key)
    assert reader.task(done)["result"] == client.task(done)["result"]
    assert reader.get(f"/api/v1/tasks/{later}").status_code == 404


def test_a_backup_never_overwrites_a_file(house):
    client, _ = house.server_with_model(echoes)
    precious = client.server.folder / "precious"
    precious.write_text("mine")
    ended = client.server.cli("db", "backup", "--config", client.server.config, precious)
    assert ended.returncode != 0 and precious.read_text() == "mine"


def test_a_second_server_on_the_same_file_is_refused(house):
    client, _ = house.server_with_model(echoes)
    second = house.server_folder([], store={"path": str(client.server.folder / "meshai.db")})
    ended = second.cli("serve", "--config", second.config)
    assert ended.returncode != 0 and "meshai.db" in ended.stderr
    client.wait_until(client.submit("Write"), "completed")


def test_a_killed_servers_lock_does_not_stop_the_next_one(house):
    client, _ = house.server_with_model(echoes)
    client.server.kill()
    client.server.start()
    client.wait_until(client.submit("Write"), "completed")


def test_a_database_of_a_newer_version_is_refused_with_a_clear_word(house):
    server = house.server([])
    server.stop()
    path = server.folder / "meshai.db"
    with sqlite3.connect(path) as database:
        (version,) = database.execute("PRAGMA user_version").fetchone()
        assert version > 0
        database.execute(f"PRAGMA user_version = {version + 1000}")
    database.close()
    ended = server.cli("serve", "--config", server.config)
    assert ended.returncode != 0 and "newer" in ended.stderr


def test_a_file_that_is_no_database_is_left_alone(house):
    server = house.server_folder([])
    path = server.folder / "meshai.db"
    path.write_text("Dear diary, " * 1000)
    ended = server.cli("serve", "--config", server.config)
    assert ended.returncode != 0 and "meshai.db" in ended.stderr
    assert path.read_text().startswith("Dear diary")


# --- a full disk

FILE_BYTES_MAX = 2 << 20


def with_small_files(house, script):
    """A server that may not write past 2 MiB of any file. SIGXFSZ is ignored, as
    Python ignores it, so that the limit is an error of write() like a full disk."""
    model = house.model(script)
    server = house.server_folder([model_agent(model)], popen={"restore_signals": False})
    assert signal.getsignal(signal.SIGXFSZ) == signal.SIG_IGN
    server.key()
    server.start()
    limit_files(server, FILE_BYTES_MAX)
    return Client(server)


def limit_files(server, size):
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def fill(client):
    """Submits until the store is full; gives the refusal."""
    for _ in range(200):
        answer = client.post("/api/v1/tasks", {"input": "x" * 100_000})
        if answer.status_code != 201:
            return answer
    raise AssertionError("200 tasks of 100 kB found room in 2 MiB.")


def test_a_full_disk_is_told_and_forgotten_when_there_is_room_again(house):
    client = with_small_files(house, lambda call: call.say("ok"))
    first = client.submit("Write")
    client.wait_until(first, "completed")

    refused = fill(client)
    assert refused.status_code in (503, 507)
    assert refused.json()["code"] == "STORAGE_FULL"
    assert client.get("/livez").status_code == 200
    assert client.task(first)["status"] == "completed"
    with client.mcp_stream("x" * 100_000) as stream:
        assert stream.status in (503, 507) or "STORAGE_FULL" in stream.rest()[-3].data

    limit_files(client.server, resource.RLIM_INFINITY)
    eventually(lambda: client.post("/api/v1/tasks", {"input": "again"}).status_code == 201)
    client.wait_until(client.submit("Write"), "completed")


def test_a_disk_that_fills_up_under_a_running_task_leaves_it_with_one_ending(house):
    def script(call):
        call.say(*["z" * 30_000] * (200 if call.prompt == "Write a lot" else 1))

    client = with_small_files(house, script)
    task_id = client.submit("Write a lot")
    fill(client)
    limit_files(client.server, resource.RLIM_INFINITY)
    task = client.wait_until(task_id, within=60)
    assert task["status"] in ("completed", "failed")
    with client.attach(task_id) as stream:
        frames = stream.rest()
    assert sum(1 for frame in frames if frame.type in ("result", "error")) == 1
    checked = client.server.cli("db", "check", "--config", client.server.config)
    assert checked.returncode == 0, checked.stderr
