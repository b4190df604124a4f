"""Words that a reader should never meet here, and what to write instead."""

import dataclasses
import re

import cpp_text
from finding import Finding

CPP = (".h", ".cc")
CODE = CPP + (".py", ".sh", ".cmake", ".js", ".mjs", ".ts")


@dataclasses.dataclass(frozen=True)
class Rule:
    pattern: re.Pattern
    instead: str
    suffixes: tuple = CPP
    under: tuple = ("src/", "tests/")
    but_not: tuple = ()
    looks_at: str = "code"  # "code": comments and literals blanked; "text": all


# The words are written in pieces, so that this file passes its own check.
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3)) + r")\b")
MACHINE_PATH = re.compile(r"(?<![\w.}~-])/(?:ro" + r"ot|wo" + r"rk|home/\w+|Users/\w+)/[\w.]")

RULES = [
    Rule(UNFINISHED, "finish it, or describe it as a rough edge in the room's README", suffixes=CODE + (".md", "dev"), under=("",), looks_at="text"),
    Rule(MACHINE_PATH, "a path of one machine; take it from an argument, the environment or the checkout", suffixes=(), under=("",), looks_at="text"),
    Rule(re.compile(r"\bsleep_(for|until)\b|\busleep\s*\("), "wait on a Clock&; in a test, let the manual clock pass", but_not=("src/base/",)),
    Rule(re.compile(r"\b(?:system|steady|high_resolution|file|utc)_clock::now\b"), "time comes from a Clock&", but_not=("src/base/",)),
    Rule(re.compile(r"\b(?:class|struct|enum(?:\s+class)?|using)\s+\w*(?:Manager|Helper|Utils?|Impl|Data|Info)\b(?!\s*::)"),
         "name the thing by what it is; see the style's first section"),
    Rule(re.compile(r"\bstd::(?:rand|random_device)\b|\bsrand\s*\("), "randomness comes from a Random&", but_not=("src/base/",)),
]

VAGUE_FILE = re.compile(r"(?:^|/)(?:common|utils?|helpers?|misc)\.(?:h|cc|py)$")

# Modest on purpose: a whole comment line that can only be a statement.
STATEMENT = re.compile(
    r"(?:return\b.*;|(?:co_await|co_return)\b.*;|#include\s.*|[\w:.>\[\]-]+\(.*\);|(?:auto|const|int|bool|std::\S+)&?\s+\w+\s*=.*;"
    r"|(?:if|for|while)\s*\(.*\)\s*\{?)\s*"
)


def check(tree):
    for path in tree.files():
        text = tree.text(path)
        code = cpp_text.code_only(text) if path.endswith(CPP) else text
        for rule in RULES:
            yield from check_rule(rule, path, text if rule.looks_at == "text" else code)
        if VAGUE_FILE.search(path):
            yield Finding(path, 1, "a file name that says nothing; name it by its subject, or cut it differently")
        if path.endswith(CPP):
            yield from check_dead_code(path, text)


def check_rule(rule, path, text):
    if not path.startswith(rule.under) or path.startswith(rule.but_not or ("\0",)):
        return
    if rule.suffixes and not path.endswith(rule.suffixes):
        return
    for number, line in enumerate(text.splitlines(), 1):
        match = rule.pattern.search(line)
        if match:
            yield Finding(path, number, f"'{match[0].strip()}': {rule.instead}")


def check_dead_code(path, text):
    for number, words in cpp_text.comments(text):
        if STATEMENT.fullmatch(words.strip()):
            yield Finding(path, number, "this comment is code; delete it, the history keeps it")
