import newcomers

GOOD = "// task/log.h\n//\n// The log of one task.\n// Never here: JSON.\n#pragma once\n"


def said(path, text):
    return [finding.words for finding in newcomers.check_header(path, text)]


def test_a_header_with_its_path_and_a_paragraph_is_fine():
    assert said("src/task/log.h", GOOD) == []
    assert said("tests/world/world.h", GOOD.replace("task/log.h", "tests/world/world.h")) == []


def test_a_header_that_was_moved_names_another_path():
    (words,) = said("src/task/line.h", GOOD)
    assert words == "the first line is not '// task/line.h'"


def test_one_line_is_no_paragraph():
    (words,) = said("src/task/log.h", "// task/log.h\n//\n// The log.\n#pragma once\n")
    assert words.startswith("has no paragraph")


def test_pragma_once_comes_right_after_the_paragraph():
    (words,) = said("src/task/log.h", GOOD.replace("#pragma once", "#include <vector>\n#pragma once"))
    assert "'#pragma once' does not follow" in words


def test_an_empty_header_breaks_all_three():
    assert len(said("src/task/log.h", "")) == 3
