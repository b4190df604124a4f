#!/usr/bin/env python3
"""Runs the conformance suite by hand and tells what fails.

    gate.py [RUN...]            against a fixture server of its own (default: all runs)
    gate.py --url URL [RUN...]  against a server that runs already
    gate.py --pin [RUN...]      writes what passed into expected.txt, if nothing failed

Inside the checkout's environment: MESHAI_NODE_DIR and MESHAI_NPM_DIR as
tools/dev/places.sh sets them.
"""

import argparse
import contextlib
import pathlib
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path += [str(HERE), str(HERE.parent / "clients")]

import expectations  # noqa: E402
import servers  # noqa: E402
import suite  # noqa: E402


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url")
    parser.add_argument("--pin", action="store_true")
    parser.add_argument("runs", nargs="*", metavar="RUN")
    options = parser.parse_args(arguments)
    wanted = [run for run in expectations.RUNS if not options.runs or run.name in options.runs]
    return 1 if any([not judge(run, options) for run in wanted]) else 0


def judge(run, options):
    server = contextlib.nullcontext(options.url) if options.url else servers.fixture()
    with tempfile.TemporaryDirectory() as folder, server as url:
        servers.assert_answers(url)
        outcome = suite.run(run, url, pathlib.Path(folder) / "out")
    for scenario in outcome.scenarios.values():
        if scenario.story:
            print(f"{scenario.name}: {scenario.passed} passed\n{scenario.story}")
    print(f"== {run}: {outcome.passed} passed (expected {run.total}), {outcome.failed} failed, exit {outcome.exit_code}")
    is_green = outcome.failed == 0 and outcome.exit_code == 0
    if options.pin and is_green:
        expectations.pin(run.name, outcome.scenarios)
    return is_green and outcome.passed == run.total


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except AssertionError as problem:
        sys.exit(f"gate: {problem}")
