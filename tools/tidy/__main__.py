"""Checks the rules of the house that no compiler knows; prints
`file:line: what, and what to do instead`, and ends with 1 if a rule is broken.

    python3 tools/tidy [ROOT]
"""

import pathlib
import sys

import banned_words
import lengths
import newcomers
import room_graph
import source_tree

CHECKS = (room_graph, lengths, newcomers, banned_words)


def findings_of(tree):
    return sorted({finding for check in CHECKS for finding in check.check(tree)})


def main(arguments):
    root = pathlib.Path(arguments[0]) if arguments else pathlib.Path(__file__).resolve().parents[2]
    findings = findings_of(source_tree.read_checkout(root))
    for finding in findings:
        print(finding)
    return 1 if any(finding.fails for finding in findings) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
