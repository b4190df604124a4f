"""What the demo prints: facts in two columns, and colours on a terminal only."""

import os
import sys

NAME_WIDTH = 9


def has_colours():
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def coloured(words, code):
    return f"\033[{code}m{words}\033[0m" if has_colours() else words


def bold(words):
    return coloured(words, 1)


def dim(words):
    return coloured(words, 2)


def say(words, end="\n"):
    print(words, end=end, flush=True)


def fact(name, words):
    say(f"{bold(name.ljust(NAME_WIDTH))} {words}")
