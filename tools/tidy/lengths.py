"""How long a function and a file may be: past the wall there are two subjects."""

import ast
import re

import cpp_text
from finding import Finding

FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 400
FILE_LINES_GOOD = 300

CPP = (".h", ".cc")
MEASURED = CPP + (".py", ".sh", ".cmake", ".js", ".mjs", ".ts")


def check(tree):
    findings = []
    for path in tree.files(*MEASURED):
        text = tree.text(path)
        findings += check_file(path, text)
        if path.endswith(CPP):
            findings += check_functions(path, cpp_functions(text))
        elif path.endswith(".py"):
            findings += check_functions(path, python_functions(text))
    return findings


def check_file(path, text):
    lines = text.count("\n")
    if lines > FILE_LINES_MAX:
        return [Finding(path, FILE_LINES_MAX + 1, f"the file has {lines} lines, {FILE_LINES_MAX} is the wall; split it by subject")]
    if lines > FILE_LINES_GOOD:
        return [Finding(path, lines, f"the file has {lines} lines, about {FILE_LINES_GOOD} is good; does it have two subjects?", fails=False)]
    return []


def check_functions(path, functions):
    for name, first, last in functions:
        lines = last - first + 1
        if lines > FUNCTION_LINES_MAX:
            yield Finding(path, first, f"{name} has {lines} lines, {FUNCTION_LINES_MAX} is the wall; give its parts names")


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node.lineno, node.end_lineno


def cpp_functions(text):
    """(name, first line, last line) of every outermost function body.

    Braces are matched over text without comments and literals; what a brace
    opens is told from the words before it.
    """
    code = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: cpp_text.blanked(m[0]), cpp_text.code_only(text), flags=re.MULTILINE)
    opened = []  # what each open brace is: (kind, name, first line)
    head, head_line, line, parens = "", 1, 1, 0
    for char in code:
        if char == "{":
            kind = kind_of(head, parens, opened)
            opened.append((kind, head, head_line))
            if kind != "value":
                head = ""
        elif char == "}":
            kind, words, first = opened.pop() if opened else ("value", "", 0)
            if kind == "function":
                yield name_of(words), first, line
            if kind != "value":
                head = ""
            else:
                head += "{}"
        elif char == ";" and parens == 0:
            head = ""
        elif char == ":" and head.strip() in ("public", "private", "protected"):
            head = ""
        else:
            parens += (char == "(") - (char == ")")
            if not head.strip():
                head, head_line = "", line
            head += char
        line += char == "\n"


def kind_of(head, parens, opened):
    """'scope' (namespace, class, ...), 'function', or 'value' for all others."""
    if any(kind != "scope" for kind, _, _ in opened):
        return "value"
    words = re.sub(r"\btemplate\s*<[^{}]*?>\s*(?=\w|\[)", "", re.sub(r"\[\[.*?\]\]", "", head)).strip()
    if re.match(r"(inline\s+)?namespace\b", words) or words.startswith("extern"):
        return "scope"
    if re.match(r"(typedef\s+)?(class|struct|union|enum)\b", words) and "(" not in words:
        return "scope"
    if parens > 0 or "(" not in words or re.search(r"=\s*$", words):
        return "value"
    # Foo::Foo() : member_{1} {  -- the brace after a bare name fills a member.
    constructed = re.search(r"\)\s*(noexcept\s*)?:(?!:)", words)
    return "value" if constructed and re.search(r"[\w>]$", words) else "function"


def name_of(head):
    words = " ".join(head.split())
    test = re.match(r"(TEST(?:_[FP])?)\s*\(\s*(\w+)\s*,\s*(\w+)", words)
    if test:
        return f"{test[1]}({test[2]}, {test[3]})"
    match = re.search(r"([\w:~]+|operator\S+)\s*\(", words)
    return match[1] if match else words[:40]
