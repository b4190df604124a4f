#include "app/logging/line.h"

#include <gmock/gmock.h>

#include "base/json.h"

namespace meshai::app {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kKey = "msk_live_0123456789abcdefghijABCDEFGHIJ0123456789abc";

TEST(LogLine, ForPeopleIsAMessageWithItsFields) {
    EXPECT_EQ(
        human_line("task failed", {{"task", "t_9f2"}, {"seconds", 4.1}, {"why", "closed in the middle"}}),
        "task failed task=t_9f2 seconds=4.1 why=\"closed in the middle\"");
}

TEST(LogLine, ForMachinesIsOneObject) {
    EXPECT_EQ(json_line(wall_of(1'737'028'800'125), Level::Warn, "task failed", {{"task", "t_9f2"}}),
              R"({"time":"2025-01-16T12:00:00.125Z","level":"warn","message":"task failed","task":"t_9f2"})");
}

TEST(LogLine, IsOneLineWhateverAnAgentSaid) {
    const Field evil{"said", "a\nERROR forged\x1b[31m"};
    EXPECT_THAT(human_line("agent\nspoke", {evil}), Not(HasSubstr("\n")));
    EXPECT_THAT(human_line("agent\x1b[2J spoke", {evil}), Not(HasSubstr("\x1b")));
    EXPECT_THAT(json_line(WallTime{}, Level::Info, "agent\nspoke", {evil}), Not(HasSubstr("\n")));
}

TEST(LogLine, IsValidUtf8AndBoundedWhateverAnAgentSaid) {
    const Field broken{"said", "\xff\xfe"};
    const Field endless{"said", std::string(1'000'000, 'a')};
    EXPECT_TRUE(is_valid_utf8(human_line("agent spoke", {broken})));
    EXPECT_TRUE(is_valid_utf8(json_line(WallTime{}, Level::Info, "agent spoke", {broken})));
    EXPECT_LT(human_line("agent spoke", {endless}).size(), 5000U);
}

TEST(LogLine, NeverHoldsAKey) {
    const auto header = "Authorization: Bearer " + std::string(kKey);
    EXPECT_EQ(human_line("got", {{"key", kKey}}), "got key=msk_live_***");
    EXPECT_THAT(human_line(header, {}), Not(HasSubstr("abcdefghij")));
    EXPECT_THAT(json_line(WallTime{}, Level::Info, "got", {{"header", header}}),
                Not(HasSubstr("abcdefghij")));
    EXPECT_EQ(without_keys("sk-abcdefghijklmnop and sk-abcdefghijklmnoq"), "sk-*** and sk-***");
}

TEST(LogLine, LeavesWordsAlone) {
    EXPECT_EQ(without_keys("Bearer of news, msk_live_ and the task-force"),
              "Bearer of news, msk_live_ and the task-force");
}

TEST(LogLine, LevelsHaveNames) {
    EXPECT_EQ(level_of("debug"), Level::Debug);
    EXPECT_EQ(level_of("error"), Level::Error);
    EXPECT_EQ(level_of("nonsense"), Level::Info);
}

}  // namespace
}  // namespace meshai::app
