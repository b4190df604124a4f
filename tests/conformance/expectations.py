"""Which runs there are, and the number of checks that each scenario passes.

A number that is reached is pinned in expected.txt: a check that the suite no
longer makes, or no longer can make, is noticed like one that fails. The
sections named after a run are the fixture's, those with "product-" before it
the product's.
"""

import pathlib

from suite import Run

FILE = pathlib.Path(__file__).with_name("expected.txt")

RUNS = (
    Run("2026-07-28", "conformance-0.2", ("--requirements", "2026-07-28"), 197),
    Run("2025-11-25", "conformance-0.2", ("--requirements", "2025-11-25"), 84),
    Run("2025-06-18", "conformance-0.2", ("--spec-version", "2025-06-18"), 56),
    Run("2025-03-26", "conformance-0.2", ("--spec-version", "2025-03-26"), 3),
    Run("first-edition", "conformance-0.1", ("--suite", "all"), 47),
)


def run_named(name):
    return next(run for run in RUNS if run.name == name)


def pinned(section=None):
    """(section, scenario, passed) of every line, or of those of a section."""
    rows = [line.split() for line in FILE.read_text().splitlines() if line and not line.startswith("#")]
    return [(where, scenario, int(passed)) for where, scenario, passed in rows if section in (None, where)]


def pin(section, scenarios):
    """Replaces the lines of one section."""
    text = FILE.read_text() if FILE.exists() else ""
    head = [line for line in text.splitlines() if line.startswith("#")]
    rest = [line for line in text.splitlines() if line and not line.startswith("#") and line.split()[0] != section]
    new = [f"{section:<22} {name:<48} {scenarios[name].passed}" for name in scenarios]
    FILE.write_text("\n".join([*head, *sorted(rest + new)]) + "\n")
