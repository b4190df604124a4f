import lengths
import pytest
from source_tree import SourceTree


def names(text):
    return [(name, first, last) for name, first, last in lengths.cpp_functions(text)]


CASES = {
    "a free function": ("int f() {\n    return 1;\n}\n", [("f", 1, 3)]),
    "the signature counts": ("int\nf(int a,\n  int b)\n{\n}\n", [("f", 1, 5)]),
    "a member in a class in a namespace": ("namespace a::b {\nclass C {\n  public:\n    int f() const { return x_; }\n};\n}\n", [("f", 4, 4)]),
    "a class is no function": ("struct S : Base<int> {\n    int a = 1;\n    int b{2};\n};\n", []),
    "an enum is no function": ("enum class E : int { kA, kB };\n", []),
    "a table is no function": ("const Case kCases[] = {\n    {1, f(2)},\n    {2, 3},\n};\n", []),
    "members are filled before the body": ("C::C(int a) : a_{a}, b_(f(a)), c_{} {\n    go();\n}\n", [("C::C", 1, 3)]),
    "lambdas and branches belong to their function": ("void f() {\n    auto g = [](int) { return 1; };\n    if (g(1)) {\n    }\n}\n", [("f", 1, 5)]),
    "a template": ("template <class T, std::size_t N = 3>\nT f() {\n}\n", [("f", 1, 3)]),
    "a default argument in braces": ("void f(S s = {}) {\n}\n", [("f", 1, 2)]),
    "braces in literals and comments do not count": ('void f() {\n    g("{", \'{\', R"({{)");  // {\n}\nvoid h() {}\n', [("f", 1, 3), ("h", 4, 4)]),
    "a digit separator is no character": ("constexpr int kBig = 64'000;\nvoid f() {}\n", [("f", 2, 2)]),
    "a story test goes by its name": ("TEST(Log, KeepsOrder) {\n}\n", [("TEST(Log, KeepsOrder)", 1, 2)]),
    "an operator": ("bool operator==(A a, A b) {\n}\n", [("operator==", 1, 2)]),
    "macros do not unbalance": ("#define BEGIN {\nvoid f() {\n}\n", [("f", 2, 3)]),
}


@pytest.mark.parametrize("text, expected", CASES.values(), ids=CASES.keys())
def test_functions_are_found_with_their_lines(text, expected):
    assert names(text) == expected


def test_a_function_past_the_wall_is_a_finding_and_one_at_the_wall_is_not():
    at_the_wall = "void f() {\n" + "    g();\n" * (lengths.FUNCTION_LINES_MAX - 2) + "}\n"
    past_it = "void f() {\n" + "    g();\n" * (lengths.FUNCTION_LINES_MAX - 1) + "}\n"
    assert list(lengths.check(SourceTree({"src/a/f.cc": at_the_wall}))) == []
    (finding,) = lengths.check(SourceTree({"src/a/f.cc": past_it}))
    assert str(finding).startswith("src/a/f.cc:1: f has 71 lines, 70 is the wall")


def test_python_functions_are_measured_too():
    (finding,) = lengths.check(SourceTree({"tools/f.py": "def f():\n" + "    g()\n" * lengths.FUNCTION_LINES_MAX}))
    assert "f has 71 lines" in str(finding)


def test_a_long_file_is_a_note_and_a_longer_one_a_finding():
    (note,) = lengths.check(SourceTree({"src/a/f.cc": "\n" * 301}))
    (finding,) = lengths.check(SourceTree({"src/a/f.cc": "\n" * 401}))
    assert not note.fails and finding.fails
