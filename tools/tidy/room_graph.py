"""The rooms of src/ and the arrows between them.

rooms.txt holds what is allowed, one room a line:  room : may include these.
An include that is no allowed arrow is a finding, and so is every cycle: in
rooms.txt itself, and of files that include each other.
"""

import re

import cpp_text
from finding import Finding

ROOMS_FILE = "rooms.txt"
SOURCE_SUFFIXES = (".h", ".cc")
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')


def check(tree):
    findings, allowed = read_rooms(tree)
    findings += check_folders(tree, allowed)
    includes = read_includes(tree)
    findings += check_arrows(tree, allowed, includes)
    findings += check_cycles(includes)
    return findings


def read_rooms(tree):
    """The findings in rooms.txt, and {room: set of rooms it may include}."""
    if not tree.has(ROOMS_FILE):
        return [Finding(ROOMS_FILE, 1, "is missing; write one line per room: 'room : rooms it may include'")], {}
    findings, allowed, lines = [], {}, {}
    for number, line in enumerate(tree.text(ROOMS_FILE).splitlines(), 1):
        line = line.split("#")[0].strip()
        if not line:
            continue
        room, colon, targets = (part.strip() for part in line.partition(":"))
        if not colon or not re.fullmatch(r"[a-z][a-z0-9_]*", room):
            findings.append(Finding(ROOMS_FILE, number, f"'{line}' is not 'room : rooms it may include'"))
            continue
        allowed[room] = set(targets.split())
        lines[room] = number
    for room, targets in allowed.items():
        for target in sorted(targets - set(allowed)):
            findings.append(Finding(ROOMS_FILE, lines[room], f"'{room}' may include '{target}', which is no room; give it a line or drop it"))
    for cycle in cycles(allowed):
        findings.append(Finding(ROOMS_FILE, lines[cycle[0]], f"these rooms include each other: {' -> '.join(cycle)}; one arrow must go"))
    return findings, allowed


def check_folders(tree, allowed):
    findings = []
    folders = {path.split("/")[1] for path in tree.files(*SOURCE_SUFFIXES, under="src/") if path.count("/") > 1}
    for room in sorted(folders - set(allowed)):
        findings.append(Finding(ROOMS_FILE, 1, f"src/{room} is no room; give it a line with the rooms it may include"))
    for room in sorted(allowed):
        readme = f"src/{room}/README.md"
        if not tree.has(readme):
            findings.append(Finding(readme, 1, "is missing; a room's page says what it is, promises, never does, its files in reading order, how it is tested, rough edges"))
    for path in tree.files(*SOURCE_SUFFIXES, under="src/"):
        if path.count("/") == 1:
            findings.append(Finding(path, 1, "lies in no room; move it into one"))
    return findings


def read_includes(tree):
    """{file: [(line, included path as written)]} for every file of src/."""
    found = {}
    for path in tree.files(*SOURCE_SUFFIXES, under="src/"):
        lines = cpp_text.without_comments(tree.text(path)).splitlines()
        found[path] = [(number, match[1]) for number, line in enumerate(lines, 1) if (match := INCLUDE.match(line))]
    return found


def check_arrows(tree, allowed, includes):
    findings = []
    for path, targets in includes.items():
        room = path.split("/")[1]
        for number, target in targets:
            other = target.split("/")[0]
            if not tree.has(f"src/{target}"):
                findings.append(Finding(path, number, f'"{target}" is no file of src/; write "room/file.h", and <...> for what is not ours'))
            elif other != room and other not in allowed.get(room, set()):
                findings.append(Finding(path, number, f"'{room}' may not include '{other}' ({ROOMS_FILE}); let a room that may see both connect them, or move what is needed"))
    return findings


def check_cycles(includes):
    graph = {path: {f"src/{target}" for _, target in targets} for path, targets in includes.items()}
    findings = []
    for cycle in cycles(graph):
        line = next(number for number, target in includes[cycle[0]] if f"src/{target}" == cycle[1])
        findings.append(Finding(cycle[0], line, f"these files include each other: {' -> '.join(cycle)}; move what both need into a third"))
    return findings


def cycles(graph):
    """Each cycle that a walk along the arrows meets, as [a, b, ..., a]."""
    done, found = set(), []

    def walk(node, path):
        if node in path:
            found.append(path[path.index(node):] + [node])
        elif node not in done:
            for target in sorted(graph.get(node, ())):
                walk(target, path + [node])
            done.add(node)

    for node in sorted(graph):
        walk(node, [])
    return found
