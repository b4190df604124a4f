#!/usr/bin/env python3
"""Adds up the JUnit reports of all test runners and says who failed and why.

The last line is the plain "N passed, N failed". A run in which no test was
executed has failed, and so has one whose runner ended badly although its
report names no failed test (it died before it could write).
"""

import argparse
import dataclasses
import pathlib
import sys
import xml.etree.ElementTree as xml

SHOWN_LINES_MAX = 60  # of the output of one failed test


@dataclasses.dataclass
class Sum:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def __str__(self):
        words = f"{self.passed} passed, {self.failed} failed"
        return words + (f", {self.skipped} skipped" if self.skipped else "")


def verdict(case):
    """'passed', 'failed' or 'skipped' for one test case of a report."""
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    skipped = case.find("skipped")
    if skipped is None:
        return "passed"
    # ctest reports a test program that it could not start as "skipped" too.
    unrunnable = case.get("status") == "notrun" and not skipped.get("message", "").startswith(("SKIP_", "Disabled"))
    return "failed" if unrunnable else "skipped"


def story(case):
    """The name of a failed test and the end of what it said."""
    parts = [f"FAILED {case.get('classname', '')} {case.get('name', '')}"]
    for kind in ("failure", "error", "skipped", "system-out", "system-err"):
        for found in case.findall(kind):
            text = (found.text or found.get("message") or "").strip()
            parts += text.splitlines()[-SHOWN_LINES_MAX:]
    return "\n  ".join(parts)


def sum_of(report):
    total, stories = Sum(), []
    for case in xml.parse(report).iter("testcase"):
        name = verdict(case)
        setattr(total, name, getattr(total, name) + 1)
        if name == "failed":
            stories.append(story(case))
    return total, stories


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--status", type=int, action="append", default=[], help="exit code of a runner")
    parser.add_argument("reports", nargs="*", type=pathlib.Path)
    options = parser.parse_args(arguments)

    total = Sum()
    for report in options.reports:
        if not report.exists():
            continue
        part, stories = sum_of(report)
        for text in stories:
            print(text)
        if part.passed + part.failed:
            print(f"{report.stem}: {part}")
        total.add(part)

    if any(options.status) and not total.failed:
        print("A test runner ended badly and named no failed test; see build/log/.")
        total.failed += 1
    if not total.passed + total.failed:
        print("No test was executed.")
        total.failed += 1
    print(total)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
