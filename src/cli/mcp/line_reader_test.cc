#include "cli/mcp/line_reader.h"

#include <gtest/gtest.h>

namespace meshai::cli::mcp {
namespace {

TEST(LineReader, ReadsTheSameLinesHoweverTheBytesAreCut) {
    const std::string bytes = "one\r\n\ntwo \n3\n";
    const std::vector<Line> expected{{"one"}, {""}, {"two "}, {"3"}};
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        LineReader reader;
        auto lines = reader.feed(std::string_view(bytes).substr(0, cut));
        for (auto& line : reader.feed(std::string_view(bytes).substr(cut))) lines.push_back(std::move(line));
        EXPECT_EQ(lines, expected) << "cut at byte " << cut;
        EXPECT_FALSE(reader.finish());
    }
}

TEST(LineReader, TheLastLineNeedsNoNewline) {
    LineReader reader;
    EXPECT_TRUE(reader.feed("half").empty());
    EXPECT_EQ(reader.finish(), Line{"half"});
    EXPECT_FALSE(reader.finish());
}

TEST(LineReader, ALineOverTheBoundIsMarkedAndTheNextIsRead) {
    LineReader reader(4);
    EXPECT_EQ(reader.feed("1234\n12345\n12"), (std::vector<Line>{{"1234"}, {"", true}}));
    EXPECT_EQ(reader.feed("\n"), (std::vector<Line>{{"12"}}));
    EXPECT_TRUE(reader.feed("123456").empty());
    EXPECT_EQ(reader.finish(), (Line{"", true}));
}

}  // namespace
}  // namespace meshai::cli::mcp
