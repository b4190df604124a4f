"""Fixtures: a house that keeps servers, models and agents, and tears them down."""

import subprocess

import pytest

from gear.client import Client
from gear.fake_agent import FakeAgent
from gear.fake_model import FakeModel, echoes
from gear.meshai import Meshai, http_agent, model_agent
from gear.raw import exchange, request
from gear.real_model import RealModel
from gear.waiting import patient

SANITIZER_WORDS = ("ERROR: AddressSanitizer", "WARNING: ThreadSanitizer", "ERROR: LeakSanitizer", "runtime error:")
TAIL_CHARACTERS = 6000
END_SECONDS = 1.0


class House:
    """Everything one test starts."""

    def __init__(self, folder):
        self._folder = folder
        self.servers = []
        self._peers = []

    def model(self, script=echoes):
        return self._keep(FakeModel(script))

    def agent(self, script):
        return self._keep(FakeAgent(script))

    def server(self, agents=(), **sections):
        """A server that is ready; see gear/meshai.py for the rest."""
        return self.server_folder(agents, **sections).start()

    def server_folder(self, agents=(), **sections):
        """A configured server that is not running."""
        server = Meshai(self._folder / f"server{len(self.servers) + 1}", agents, **sections)
        self.servers.append(server)
        return server

    def server_with_model(self, script=echoes, **sections):
        """The usual house: one server, one scripted model. Gives (client, model)."""
        model = self.model(script)
        return Client(self.server([model_agent(model)], **sections)), model

    def server_with_agent(self, script, **sections):
        """One server, one scripted /execute agent. Gives (client, agent)."""
        agent = self.agent(script)
        return Client(self.server([http_agent(agent)], **sections)), agent

    def close(self):
        for peer in reversed(self._peers):
            peer.close()
        problems = []
        for server in reversed(self.servers):
            problems += self._end(server)
        assert not problems, "\n".join(problems)

    def _keep(self, peer):
        self._peers.append(peer)
        return peer

    def _end(self, server):
        if server.process is None:
            return []
        problems = []
        if server.is_running:
            self._end_gently(server)
        if server.process.returncode not in (0, -9):
            problems.append(f"{server.folder.name} ended with {server.process.returncode}.")
        said = server.errors.all_text()
        problems += [
            f"{server.folder.name} said {word!r}:\n{said[-TAIL_CHARACTERS:]}"
            for word in SANITIZER_WORDS
            if word in said
        ]
        return problems

    def _end_gently(self, server):
        """Ending is tested by every test; a task that still runs may not hold it up."""
        server.terminate()
        try:
            server.process.wait(patient(END_SECONDS))
        except subprocess.TimeoutExpired:
            server.kill()


@pytest.fixture
def house(tmp_path):
    house = House(tmp_path)
    yield house
    house.close()


@pytest.fixture(scope="module")
def module_house(tmp_path_factory):
    """A house for tests that may share what they find in it."""
    house = House(tmp_path_factory.mktemp("house"))
    yield house
    house.close()


@pytest.fixture(scope="session")
def real_model():
    model = RealModel()
    yield model
    model.close()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """What the servers said belongs to the story of a failure."""
    outcome = yield
    report = outcome.get_result()
    house = getattr(item, "funcargs", {}).get("house")
    if report.failed and house:
        for server in house.servers:
            if server.errors:
                report.sections.append((f"stderr of {server.folder.name}", server.errors.text[-TAIL_CHARACTERS:]))


@pytest.fixture
def client(house):
    """A client of a server that will be mistreated; at the end the same process must still do its work."""
    client, _ = house.server_with_model(echoes)
    process = client.server.process
    yield client
    assert process.poll() is None, "the server ended"
    assert exchange(client.server, request())[0] == 200
    task_id = client.submit("Still there?")
    assert client.wait_until(task_id)["status"] == "completed"
