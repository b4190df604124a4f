"""The product's own endpoint: every scenario that asks for no tool, resource or
prompt of the fixture. Of scenarios that ask for some, the checks in
NEEDS_FIXTURE are left to test_fixture.py."""

import concurrent.futures

import pytest

import expectations
import suite
from product import product

# Checks that call a tool of the fixture, or list prompts, of which the product has none.
NEEDS_FIXTURE = {
    "sep-2575-server-rejects-undeclared-capability",
    "sep-2575-missing-capability-http-400",
    "sep-2575-http-server-no-independent-requests-on-stream",
    "sep-2575-server-no-log-without-loglevel",
    "sep-2549-prompts-list-caching-hints",
    "sep-2663-server-rejects-undeclared-client",
    "tasks-per-request-meta-opt-in",
    "tasks-server-directed-creation-no-hint",
    "sep-2663-legacy-task-param-ignored",
    "tasks-immediate-result-shortcut",
    "tasks-result-type-complete-on-non-task-responses",
    "sep-2663-durable-create-strong-consistency",
}
PREFIX = "product-"
PINNED = [row for row in expectations.pinned() if row[0].startswith(PREFIX)]


@pytest.fixture(scope="module")
def product_outcomes(tmp_path_factory):
    """One server for all runs, like a server in use; by the name of the run."""
    folder = tmp_path_factory.mktemp("product")
    runs = [run for run in expectations.RUNS if expectations.pinned(PREFIX + run.name)]
    with product(folder) as url, concurrent.futures.ThreadPoolExecutor(suite.RUNS_AT_A_TIME) as pool:
        outcomes = pool.map(lambda run: suite.run(run, url, folder / run.name), runs)
        yield dict(zip([run.name for run in runs], outcomes, strict=True))


@pytest.mark.parametrize("section, scenario, passed", PINNED, ids=[f"{row[0]}-{row[1]}" for row in PINNED])
def test_the_product_passes_a_scenario(product_outcomes, section, scenario, passed):
    found = product_outcomes[section.removeprefix(PREFIX)].scenarios[scenario]
    failures = [text for text in found.failures if text.split(":")[0] not in NEEDS_FIXTURE]
    assert not failures, "\n".join(failures)
    assert found.passed == passed, f"{found.passed} checks passed, {passed} are pinned.\n{found.story}"
