import stat
import tomllib

import server
from model import Model


def test_the_configuration_names_the_model_as_an_agent(tmp_path):
    written = server.configuration(tmp_path, Model("http://127.0.0.1:1/v1", "chatty", ""))
    read = tomllib.loads(written)
    assert read["server"] == {"listen": "127.0.0.1:0"}
    assert read["store"]["path"].startswith(str(tmp_path))
    (agent,) = read["agents"]
    assert (agent["kind"], agent["url"], agent["model"], agent["allow_private"]) == ("openai", "http://127.0.0.1:1/v1", "chatty", True)
    assert "api_key_file" not in agent


def test_a_key_goes_into_a_file_that_only_its_owner_reads(tmp_path):
    written = server.configuration(tmp_path, Model("http://127.0.0.1:1/v1", "chatty", "", key="sk-secret"))
    assert "sk-secret" not in written
    path = tmp_path / "model.key"
    assert tomllib.loads(written)["agents"][0]["api_key_file"] == str(path)
    assert path.read_text() == "sk-secret\n" and stat.S_IMODE(path.stat().st_mode) == 0o600
