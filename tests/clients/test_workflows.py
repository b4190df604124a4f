"""Workflows from the command line: written, checked, run and watched, as the README shows it."""

import json
import re
import shlex

from gear.fake_model import echoes
from gear.lines import Lines
from gear.meshai import ROOT
from gear.waiting import eventually, patient

USAGE = 2


def readme():
    """(the file, the commands) of the README's section."""
    text = (ROOT / "README.md").read_text()
    section = text.split("## A workflow in a minute\n")[1].split("\n## ")[0]
    toml = re.search(r"```toml\n(.*?)```", section, re.S)[1]
    shell = re.search(r"```sh\n(.*?)```", section, re.S)[1]
    return toml, [shlex.split(line, comments=True) for line in shell.splitlines()]


def test_the_readmes_minute_is_true(house, tmp_path):
    client, _ = house.server_with_model(echoes)
    toml, commands = readme()
    path = tmp_path / "article.toml"
    path.write_text(toml)
    (check, run, detached, watch) = [
        [str(path) if word == "article.toml" else word for word in command[1:]] for command in commands
    ]

    checked = client.server.cli(*check)
    assert (checked.returncode, checked.stdout) == (0, f"{path} is fine: 4 steps\n"), checked.stderr

    ended = client.server.client(*run)
    assert ended.returncode == 0, ended.stderr
    assert "Write about rivers." in ended.stdout and "Criticise this text:" in ended.stdout
    assert "\x1b" not in ended.stdout + ended.stderr
    assert re.search(r"^\[ *0%\] draft: started$", ended.stderr, re.M), "nobody has it yet"
    steps = re.findall(r"^\[ *\d+%\] (\w+): completed \(writer\)$", ended.stderr, re.M)
    assert steps[0] == "draft" and steps[-1] == "final" and sorted(steps) == ["critique", "draft", "final", "title"]

    started = client.server.client(*detached)
    task_id = started.stdout.strip()
    assert started.returncode == 0 and task_id.startswith("t_")
    watched = client.server.client(*[task_id if word == "t_…" else word for word in watch])
    assert (watched.returncode, watched.stdout) == (0, ended.stdout), watched.stderr


def test_a_file_with_mistakes_is_told_with_places_and_not_sent(house, tmp_path):
    client, model = house.server_with_model(echoes)
    path = tmp_path / "bad.json"
    path.write_text(json.dumps({"steps": [{"id": "a", "task": "t", "agnet": "w"}]}))
    said = f'{path}: steps[0].agnet: is no member here; did you mean "agent"?\n'
    checked = client.server.cli("workflow", "check", path)
    assert (checked.returncode, checked.stdout, checked.stderr) == (USAGE, "", said)
    ended = client.server.client("run", "--workflow", path, "--input", "topic=rivers", "go")
    assert (ended.returncode, ended.stdout, ended.stderr) == (USAGE, "", "meshai: " + said)
    assert client.get("/api/v1/tasks").json() == []


def test_the_operators_folder_is_what_can_be_run_by_name_and_follows_its_files(house, tmp_path):
    flows = tmp_path / "flows"
    flows.mkdir()
    (flows / "article.toml").write_text(readme()[0])
    client, _ = house.server_with_model(echoes, workflows={"folder": str(flows)})
    cli = client.server.client

    listed = cli("workflow", "ls")
    assert re.search(r"^article +1 +file +4$", listed.stdout, re.M), listed.stdout + listed.stderr
    shown = cli("workflow", "show", "article")
    assert re.search(r"^critique +agent +draft", shown.stdout, re.M), shown.stdout + shown.stderr
    ended = cli("workflow", "run", "article", "topic=rivers")
    assert ended.returncode == 0 and "Write about rivers." in ended.stdout, ended.stderr

    next_one = flows / "next"
    next_one.write_text(json.dumps({"steps": [{"id": "one", "task": "Say ${input.task}"}]}))
    next_one.rename(flows / "say.json")

    eventually(lambda: cli("workflow", "show", "say").returncode == 0, within=15, why="The new file is read")
    ended = cli("run", "--workflow", "say", "hello")
    assert (ended.returncode, ended.stdout.strip()) == (0, "Say hello"), ended.stderr

    (flows / "say.json").write_text('{"steps": [{"id": "one"}]}')
    client.server.errors.wait_for("steps[0]", 15)
    assert cli("workflow", "run", "say", "task=again").returncode == 0, "what it said before goes on"


def test_a_step_that_asks_says_how_it_is_answered_and_the_run_goes_on(house, tmp_path):
    client, _ = house.server_with_model(echoes)
    path = tmp_path / "ask.json"
    steps = [
        {"id": "may-i", "type": "approval", "message": "Post it?"},
        {"id": "post", "after": ["may-i"], "task": "Post ${input.text}"},
    ]
    path.write_text(json.dumps({"steps": steps}))
    run = client.server.client_starts("workflow", "run", str(path), "text=hello")
    errors = Lines(run.stderr)
    said = errors.wait_for("answer it with: meshai ", 15)
    command = shlex.split(said.split("answer it with: meshai ")[1].split(", or at")[0])
    answered = client.server.client(*command, "--accept")
    assert answered.returncode == 0, answered.stderr
    assert run.wait(patient(15)) == 0, errors.all_text()
    assert run.stdout.read().strip() == "Post hello"
    assert "may-i: completed" in errors.all_text()
