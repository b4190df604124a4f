import pathlib
import subprocess
import sys

SUM_TESTS = pathlib.Path(__file__).resolve().parents[1] / "sum_tests.py"


def summed(tmp_path, *arguments, **reports):
    paths = []
    for name, cases in reports.items():
        path = tmp_path / f"{name}.xml"
        path.write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")
        paths.append(str(path))
    run = subprocess.run([sys.executable, str(SUM_TESTS), *arguments, *paths], capture_output=True, text=True, timeout=30)
    return run.returncode, run.stdout.splitlines()


GOOD = '<testcase name="a" status="run"/>'
BAD = '<testcase name="b" status="fail"><failure message="no"/><system-out>it broke here</system-out></testcase>'


def test_all_runners_are_added_up_in_the_last_line(tmp_path):
    assert summed(tmp_path, ctest=GOOD + GOOD, pytest=GOOD) == (0, ["ctest: 2 passed, 0 failed", "pytest: 1 passed, 0 failed", "3 passed, 0 failed"])


def test_a_failed_test_says_its_name_and_its_story(tmp_path):
    status, lines = summed(tmp_path, "--status", "8", ctest=GOOD + BAD)
    assert status == 1 and lines[-1] == "1 passed, 1 failed"
    assert any("FAILED" in line and "b" in line for line in lines) and any("it broke here" in line for line in lines)


def test_no_test_at_all_is_a_failure(tmp_path):
    assert summed(tmp_path, ctest="") == (1, ["No test was executed.", "0 passed, 1 failed"])
    assert summed(tmp_path)[0] == 1


def test_a_runner_that_died_without_a_report_is_a_failure(tmp_path):
    status, lines = summed(tmp_path, "--status", "0", "--status", "3", ctest=GOOD)
    assert status == 1 and lines[-1] == "1 passed, 1 failed"


def test_a_program_that_could_not_be_started_is_no_skipped_test(tmp_path):
    unrunnable = '<testcase name="c" status="notrun"><skipped message="Unable to find executable"/></testcase>'
    skipped = '<testcase name="d" status="notrun"><skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/></testcase>'
    status, lines = summed(tmp_path, ctest=GOOD + unrunnable + skipped)
    assert status == 1 and lines[-1] == "1 passed, 1 failed, 1 skipped"
