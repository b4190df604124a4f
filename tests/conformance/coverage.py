#!/usr/bin/env python3
"""Lists the requirements of MCP (requirements.txt) that no test names.

A test names a requirement by its number in a comment, a name or a text. What
the public suite tests is in scenarios.txt, and what is deliberately without a
test is in reasons.txt with the reason. Without arguments; exit code 1 if a
requirement has none of the three.
"""

import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
NUMBER = re.compile(r"(?<![A-Za-z0-9_\\])([BNHTFLRKO]\d{1,2})(?![0-9A-Za-z_])")
TEST_SUFFIXES = {".cc", ".h", ".py", ".mjs", ".txt"}


def rows(file):
    """The lines of a table whose columns stand between bars."""
    lines = file.read_text().splitlines()
    return [[cell.strip() for cell in line.split("|")] for line in lines if line and not line.startswith("#")]


def requirements():
    return {number: what for number, _, what in rows(HERE / "requirements.txt")}


def by_suite():
    """number -> names of the suite's scenarios."""
    return {number: names.split() for number, names in rows(HERE / "scenarios.txt")}


def reasons():
    return dict(rows(HERE / "reasons.txt"))


def test_sources(root=ROOT):
    """Tests beside the code, and all of tests/ but this folder's own tables and the fixture."""
    yield from sorted((root / "src").rglob("*_test.cc"))
    for file in sorted((root / "tests").rglob("*")):
        if file.suffix in TEST_SUFFIXES and HERE not in file.parents:
            yield file


def by_tests(root=ROOT):
    """number -> the test sources that name it."""
    named = {}
    for file in test_sources(root):
        for number in set(NUMBER.findall(file.read_text(errors="replace"))):
            named.setdefault(number, []).append(str(file.relative_to(root)))
    return named


def untested():
    """[(number, what)] of all that have neither test nor scenario nor reason."""
    covered = by_tests().keys() | by_suite().keys() | reasons().keys()
    return [(number, what) for number, what in requirements().items() if number not in covered]


if __name__ == "__main__":
    missing = untested()
    for number, what in missing:
        print(f"{number}: {what}")
    print(f"{len(requirements()) - len(missing)} of {len(requirements())} requirements have a test or a reason")
    sys.exit(1 if missing else 0)
