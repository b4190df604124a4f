"""Runs the suite once per session and edition, two at a time, before the first test that asks."""

import concurrent.futures

import pytest

import expectations
import servers
import suite


@pytest.fixture(scope="session")
def outcomes(request, tmp_path_factory):
    """By the name of the run, a function that gives its Outcome: only of the runs that were asked for."""
    wanted = {item.callspec.params["run"] for item in request.session.items
              if "outcomes" in item.fixturenames and hasattr(item, "callspec")}
    folder = tmp_path_factory.mktemp("conformance")

    def run_against_fixture(name):
        with servers.fixture() as url:
            return suite.run(expectations.run_named(name), url, folder / name)

    with concurrent.futures.ThreadPoolExecutor(suite.RUNS_AT_A_TIME) as pool:
        names = [run.name for run in expectations.RUNS if run.name in wanted]
        yield {name: pool.submit(run_against_fixture, name).result for name in names}
