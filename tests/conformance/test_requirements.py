"""Every numbered requirement of MCP has a test, a scenario of the suite, or a reason."""

import coverage
import expectations


def test_every_requirement_has_a_test_or_a_reason():
    assert coverage.untested() == []


def test_a_reason_is_for_what_has_no_test():
    tested = coverage.by_tests().keys() | coverage.by_suite().keys()
    stale = sorted(coverage.reasons().keys() & tested)
    assert stale == [], f"{stale} have a test by now; take them out of reasons.txt."


def test_tables_name_only_requirements_that_there_are():
    known = coverage.requirements().keys()
    assert (coverage.by_suite().keys() | coverage.reasons().keys()) - known == set()
    assert all(coverage.reasons().values())


def test_scenarios_that_stand_for_a_requirement_are_run_and_pinned():
    pinned = {scenario for section, scenario, _ in expectations.pinned() if not section.startswith("product")}
    assert {name for names in coverage.by_suite().values() for name in names} - pinned == set()


def test_a_number_counts_only_where_it_is_a_word(tmp_path):
    source = tmp_path / "src" / "a_test.cc"
    source.parent.mkdir()
    (tmp_path / "tests").mkdir()
    source.write_text('// A batch (B3), H1-H2.\nTEST(H16_Names, X) { EXPECT_EQ("\\xB5", x(F12a)); use(kK4); }\n')
    assert set(coverage.by_tests(tmp_path)) == {"B3", "H1", "H2"}
