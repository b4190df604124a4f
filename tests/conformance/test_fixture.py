"""The door of the server with the fixture's toolbox: every scenario of every revision."""

import pytest

import expectations

RUN_NAMES = [run.name for run in expectations.RUNS]
PINNED = [row for row in expectations.pinned() if row[0] in RUN_NAMES]


@pytest.mark.parametrize("run, scenario, passed", PINNED, ids=[f"{run}-{scenario}" for run, scenario, _ in PINNED])
def test_a_scenario_passes_with_all_its_checks(outcomes, run, scenario, passed):
    found = outcomes[run]().scenarios.get(scenario)
    assert found, f"The suite did not run {scenario}."
    assert not found.failures, found.story
    assert found.passed == passed, f"{found.passed} checks passed, {passed} are pinned.\n{found.story}"


@pytest.mark.parametrize("run", RUN_NAMES)
def test_a_run_passes_exactly_what_is_known_to_pass(outcomes, run):
    outcome = outcomes[run]()
    assert outcome.exit_code == 0, outcome.output[-4000:]
    assert sorted(outcome.scenarios) == sorted(scenario for _, scenario, _ in expectations.pinned(run))
    assert (outcome.passed, outcome.failed) == (expectations.run_named(run).total, 0)
