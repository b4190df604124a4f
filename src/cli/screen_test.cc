#include "cli/screen.h"

#include <gtest/gtest.h>

#include "cli/output.h"
#include "cli/target.h"

namespace meshai::cli {
namespace {

struct Terminal {
    std::string all;  ///< stdout and stderr on one screen
    std::string out;

    Screen screen(ScreenSettings settings) {
        return {settings,
                [this](std::string_view bytes) {
                    out += bytes;
                    all += bytes;
                },
                [this](std::string_view bytes) { all += bytes; }};
    }
};

TEST(Screen, ProgressInTheMiddleOfAnAnswerStandsOnALineOfItsOwnAndTheAnswerIsShownWhole) {
    Terminal terminal;
    auto screen = terminal.screen({.is_terminal = true});
    screen.token("Once ", 1);
    screen.progress("still writing", 50, "");
    screen.token("upon", 1);
    screen.result("Once upon");
    EXPECT_EQ(terminal.all, "Once \n 50% still writing\nupon\nOnce upon\n");
}

TEST(Screen, AnAgentCannotSteerTheTerminal) {
    Terminal terminal;
    auto screen = terminal.screen({.is_terminal = true});
    screen.progress("a\x1b[2Jb\nc", std::nullopt, "");
    screen.result("x\x1b]0;title\x07y");
    EXPECT_EQ(terminal.all, "a[2Jb c\nx]0;titley\n");
}

TEST(Screen, APipeGetsTheBytesAsTheyAre) {
    Terminal terminal;
    auto screen = terminal.screen({});
    screen.result("x\x1b[1my\n\n");
    EXPECT_EQ(terminal.out, "x\x1b[1my\n");
}

TEST(Screen, ColoursOnlyWhereTheyAreWanted) {
    Terminal terminal;
    auto screen = terminal.screen({.has_colours = true});
    screen.note("hello");
    EXPECT_EQ(terminal.all, "\x1b[2mhello\x1b[0m\n");
}

TEST(Screen, AResultIsTextWhereItIsOne) {
    EXPECT_EQ(result_text("plain"), "plain");
    EXPECT_EQ(result_text(json::object{{"text", "wrapped"}}), "wrapped");
    EXPECT_EQ(result_text(json::object{{"text", "a"}, {"score", 1}}), R"({"text":"a","score":1})");
    EXPECT_EQ(result_text(nullptr), "null");
}

TEST(Output, TablesAreAlignedWhateverTheScript) {
    const json::array rows{json::object{{"a", "é"}, {"b", json::array{"x", "y"}}},
                           json::object{{"a", "long one"}}};
    EXPECT_EQ(table_text(rows, {{"a", "A"}, {"b", "B"}}), "A         B\né         x, y\nlong one\n");
}

TEST(Target, FlagsGoOverTheEnvironment) {
    const auto variable = [](const std::string& name) -> std::optional<std::string> {
        if (name == "MESHAI_API_URL") return "https://old.example/base/";
        if (name == "MESHAI_API_KEY") return "from-env";
        return std::nullopt;
    };
    const auto target = target_of({}, variable).value();
    EXPECT_EQ(to_text(target.at("/api/v1/tasks")), "https://old.example/base/api/v1/tasks");
    EXPECT_EQ(target.key, "from-env");
    EXPECT_EQ(target_of({.url = "http://127.0.0.1:9", .key = "k"}, variable).value().key, "k");
    const auto nothing = [](const std::string&) { return std::optional<std::string>(); };
    EXPECT_EQ(target_of({}, nothing).error().code, Code::Unauthenticated);
    EXPECT_EQ(target_of({.url = "htp:/x", .key = "k"}, nothing).error().code, Code::InvalidArgument);
}

}  // namespace
}  // namespace meshai::cli
