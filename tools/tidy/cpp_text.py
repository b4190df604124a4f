"""Enough of C++ to look at its text: comments and literals told from code.

Everything is blanked, never removed: line and column numbers stay true.
"""

import re

# One alternative per thing that hides others. The order matters: a raw string
# before a plain one, and a digit separator (1'000) before a character.
LEXEMES = re.compile(
    r"""
      (?P<line_comment>//[^\n]*)
    | (?P<block_comment>/\*.*?\*/)
    | (?P<raw>R"(?P<fence>[^()\\\s]{0,16})\(.*?\)(?P=fence)")
    | (?P<number>\b\d[\d']*)
    | (?P<string>"(?:\\.|[^"\\\n])*")
    | (?P<char>'(?:\\.|[^'\\\n])+')
    """,
    re.VERBOSE | re.DOTALL,
)


def blanked(text):
    return re.sub(r"[^\n]", " ", text)


def without_comments(text):
    """The text with every comment blanked; literals stay."""
    return LEXEMES.sub(lambda m: blanked(m[0]) if m["line_comment"] or m["block_comment"] else m[0], text)


def code_only(text):
    """The text with comments and the insides of literals blanked."""

    def replace(match):
        if match["number"]:
            return match[0]
        if match["string"] or match["raw"] or match["char"]:
            return match[0][0] + blanked(match[0][1:-1]) + match[0][-1]
        return blanked(match[0])

    return LEXEMES.sub(replace, text)


def comments(text):
    """(line number, words) of every line that is a // comment and nothing else.

    Indented words are left out: they are examples.
    """
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r"\s*//[/!]? ?(\S.*)$", line)
        if match:
            yield number, match[1]
