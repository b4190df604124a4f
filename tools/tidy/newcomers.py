"""Every header opens with its own path and a paragraph for a newcomer."""

from finding import Finding

PARAGRAPH_LINES_MIN = 2


def check(tree):
    for path in tree.files(".h", under="src/") + tree.files(".h", under="tests/"):
        yield from check_header(path, tree.text(path))


def check_header(path, text):
    opening = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("//"):
            break
        opening.append(line[2:].strip())
    names = {path, path.removeprefix("src/")}
    if not opening or opening[0] not in names:
        yield Finding(path, 1, f"the first line is not '// {path.removeprefix('src/')}'")
    if sum(bool(words) for words in opening[1:]) < PARAGRAPH_LINES_MIN:
        yield Finding(path, 1, "has no paragraph for a newcomer; say what it is, who uses it, what it promises, what it never does")
    rest = [line for line in text.splitlines()[len(opening):] if line.strip()]
    if not rest or rest[0] != "#pragma once":
        yield Finding(path, len(opening) + 1, "'#pragma once' does not follow the paragraph")
