import banned_words
import pytest
from source_tree import SourceTree


def said(path, text):
    return [f"{finding.line}: {finding.words}" for finding in banned_words.check(SourceTree({path: text}))]


BROKEN = {
    "unfinished work": ("src/a/b.cc", "// TO" + "DO: later\n", "finish it"),
    "unfinished work in a page": ("docs/a.md", "FIX" + "ME\n", "finish it"),
    "a path of one machine": ("docs/a.md", "see /wo" + "rk/main/x\n", "a path of one machine"),
    "a home of somebody": ("tools/a.sh", "cd /home/" + "ann/x\n", "a path of one machine"),
    "a sleep": ("src/a/b_test.cc", "std::this_thread::sleep_for(1s);\n", "manual clock"),
    "the real time": ("src/a/b.cc", "auto t = std::chrono::steady_clock::now();\n", "time comes from a Clock&"),
    "a vague type": ("src/a/b.h", "class TaskManager {\n", "name the thing by what it is"),
    "chance": ("src/a/b.cc", "std::random_device device;\n", "randomness comes from a Random&"),
    "dead code": ("src/a/b.cc", "    // send(event);\n", "this comment is code"),
    "a dead declaration": ("src/a/b.cc", "    // auto x = 1;\n", "this comment is code"),
}


@pytest.mark.parametrize("path, text, words", BROKEN.values(), ids=BROKEN.keys())
def test_a_banned_word_is_found_with_what_to_do_instead(path, text, words):
    (finding,) = said(path, text)
    assert finding.startswith("1: ") and words in finding


FINE = {
    "a clock in base": ("src/base/clock.cc", "auto t = std::chrono::steady_clock::now();\n"),
    "a banned word in a string is data": ("src/a/b.cc", 'auto s = "sleep_for";\n'),
    "a path that is relative": ("docs/a.md", "see src/wo" + "rk/main.cc and ~/.cache/x\n"),
    "words that end in a semicolon": ("src/a/b.cc", "// The event is stored first (see log.h);\n"),
    "an example is indented": ("src/a/b.h", "//     auto view = apply(view, event);\n"),
    "a longer word": ("src/a/b.h", "struct Database {};\nstruct Information {};\n"),
}


@pytest.mark.parametrize("path, text", FINE.values(), ids=FINE.keys())
def test_what_is_fine_stays_unsaid(path, text):
    assert said(path, text) == []


def test_a_file_name_that_says_nothing_is_a_finding():
    (finding,) = said("src/a/utils.h", "")
    assert "a file name that says nothing" in finding
