import room_graph
from source_tree import SourceTree

ROOMS = "base :\nnet : base   # sockets\ntask : base\n"


def house(rooms=ROOMS, **files):
    texts = {"rooms.txt": rooms}
    for room in ("base", "net", "task"):
        texts[f"src/{room}/README.md"] = ""
        texts[f"src/{room}/{room}.h"] = ""
    texts.update({"src/" + name.replace("__", "/").replace("_dot_", "."): text for name, text in files.items()})
    return SourceTree(texts)


def said(tree):
    return [str(finding) for finding in room_graph.check(tree)]


def test_an_allowed_arrow_is_no_finding():
    assert said(house(net__wire_dot_cc='#include "base/base.h"\n#include "net/net.h"\n#include <vector>\n')) == []


def test_an_arrow_that_is_not_in_rooms_txt_names_both_rooms():
    (finding,) = said(house(net__wire_dot_cc='\n#include "task/task.h"\n'))
    assert finding.startswith("src/net/wire.cc:2: 'net' may not include 'task'")


def test_tests_are_bound_by_the_graph_too():
    (finding,) = said(house(base__id_test_dot_cc='#include "net/net.h"\n'))
    assert "'base' may not include 'net'" in finding


def test_an_include_in_a_comment_does_not_count():
    assert said(house(net__wire_dot_cc='// #include "task/task.h"\n/*\n#include "task/task.h"\n*/\n')) == []


def test_an_include_that_is_no_file_says_how_to_write_it():
    (finding,) = said(house(net__wire_dot_cc='#include "wire.h"\n'))
    assert '"wire.h" is no file of src/' in finding


def test_files_that_include_each_other_are_found_across_folders():
    (finding,) = said(house(net__http__a_dot_h='#include "net/sse/b.h"\n', net__sse__b_dot_h='\n#include "net/http/a.h"\n'))
    assert finding.startswith("src/net/http/a.h:1: these files include each other: src/net/http/a.h -> src/net/sse/b.h -> src/net/http/a.h")


def test_rooms_that_may_include_each_other_are_a_cycle():
    (finding,) = said(house(rooms="base : task\nnet : base\ntask : base\n"))
    assert finding.startswith("rooms.txt:1: these rooms include each other: base -> task -> base")


def test_a_room_without_a_line_a_folder_or_a_page_is_named():
    assert any("'attic', which is no room" in words for words in said(house(rooms=ROOMS + "doors : attic\n")))
    assert any(words.startswith("src/doors/README.md:1: is missing") for words in said(house(rooms=ROOMS + "doors :\n")))
    assert any("src/attic is no room" in words for words in said(house(attic__box_dot_h="")))


def test_a_line_of_rooms_txt_that_is_not_understood_is_quoted():
    (finding,) = said(house(rooms=ROOMS + "what is this\n"))
    assert finding == "rooms.txt:4: 'what is this' is not 'room : rooms it may include'"


def test_a_file_outside_of_every_room_is_told_to_move():
    assert any("lies in no room" in words for words in said(house(stray_dot_cc="")))
