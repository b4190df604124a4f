#include "cli/steps.h"

#include <gmock/gmock.h>

#include "cli/scripted_server_test.h"

namespace meshai::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kStream = "GET /api/v1/tasks/t_1/stream";

json::object step(std::string_view path, std::string_view state, double percent,
                  std::string_view agent = "") {
    json::object event{{"type", "step"}, {"step", path}, {"state", state}, {"progress", percent}};
    if (!agent.empty()) event["agent"] = agent;
    return event;
}

TEST(Steps, ALineSaysHowFarTheWholeIsAndWhoDidWhat) {
    EXPECT_EQ(step_line(step("draft", "completed", 40, "writer")), "[ 40%] draft: completed (writer)");
    auto failed = step("fix", "failed", 60, "coder");
    failed["attempt"] = 2;
    failed["reason"] = "Too slow.";
    failed["code"] = "TIMEOUT";
    EXPECT_EQ(step_line(failed), "[ 60%] fix: failed (coder), attempt 2: Too slow. [TIMEOUT]");
}

TEST(Steps, TheBoardHasARowAStepAndABar) {
    StepBoard board;
    board.take(step("draft", "completed", 50, "writer"));
    board.take(step("critique", "started", 50));
    board.take(step("critique", "executing", 50, "critic"));
    EXPECT_TRUE(board.wrote("critique", 10));
    EXPECT_FALSE(board.wrote("critique", 10));
    EXPECT_TRUE(board.wrote("critique", 2048));
    EXPECT_EQ(board.page({}),
              "  draft     completed  writer\n"
              "  critique  executing  critic  2 KiB written\n"
              "  [##########----------]  50%\n");
    EXPECT_TRUE(board.says("critique", "critique: thinks about it"));
    EXPECT_THAT(board.page({}), HasSubstr("critic  thinks about it\n"));
    EXPECT_FALSE(board.says("nobody", "hello"));
    board.complete();
    EXPECT_THAT(board.page({}), HasSubstr("  [####################] 100%\n"));
}

TEST(Steps, WhatRunsIsShownFirstWhereNotEverythingFits) {
    StepBoard board;
    board.take(step("first", "executing", 0));
    for (int i = 0; i < 30; ++i) board.take(step("each/" + std::to_string(i), "completed", i));
    const auto page = board.page({.rows = 8, .columns = 40});
    EXPECT_EQ(std::ranges::count(page, '\n'), 7);
    EXPECT_THAT(page, HasSubstr("first"));
    EXPECT_THAT(page, HasSubstr("each/29"));
    EXPECT_THAT(page, Not(HasSubstr("each/20")));
    EXPECT_THAT(page, HasSubstr("and 26 more"));
}

TEST(Steps, MemoryHasABound) {
    StepBoard board;
    for (std::size_t i = 0; i < kStepRowsMax + 7; ++i)
        board.take(step("each/" + std::to_string(i), "completed", 1));
    EXPECT_THAT(board.page({}), HasSubstr("more\n"));
    EXPECT_FALSE(board.says("each/6", "?"));
    EXPECT_TRUE(board.says("each/7", "!"));
}

TEST(Steps, ARowNeverIsTwoOnTheScreenAndNeverSteersIt) {
    StepBoard board;
    auto event = step("draft", "failed", 0, "evil\x1b[2J");
    event["reason"] = "one\ntwo " + std::string(200, 'x');
    board.take(event);
    const auto page = board.page({.rows = 24, .columns = 30});
    EXPECT_EQ(std::ranges::count(page, '\n'), 2);
    EXPECT_EQ(page.find('\x1b'), std::string::npos);
    EXPECT_LE(page.find('\n'), 30U);
}

ScriptedAnswer two_steps() {
    return stream_of(
        {{"1", R"({"type":"start","task_id":"t_1"})"},
         {"2", R"({"type":"step","step":"a","state":"started","progress":0})"},
         {"3", R"({"type":"step","step":"b","state":"started","progress":0})"},
         {"4", R"({"type":"token","step":"a","text":"left "})"},
         {"5", R"({"type":"token","step":"b","text":"right "})"},
         {"6",
          R"({"type":"progress","message":"a: Agent writer has started","progress":0,"details":{"current_step":"a","agent":"writer"}})"},
         {"7", R"({"type":"agent_message","from":"writer","to":"critic","kind":"handover"})"},
         {"8", R"({"type":"step","step":"a","state":"completed","progress":50,"agent":"writer"})"},
         {"9", R"({"type":"step","step":"b","state":"completed","progress":100,"agent":"critic"})"},
         {"10", R"({"type":"complete","status":"completed","duration_ms":7})"}});
}

struct FollowedSteps : testing::Test {
    FollowedSteps() {
        server.on(kStream, two_steps());
        server.on("GET /api/v1/tasks/t_1/result", 200, R"({"result":"both"})");
    }
    int watch(Desk& desk) {
        return server.loop.run(watch_task(desk.session, "t_1", std::nullopt, Form::Table));
    }
    ScriptedServer server;
};

TEST_F(FollowedSteps, AreALineEachInAPipeAndTheirWordsAreNotMixedUp) {
    Desk desk(server);
    EXPECT_EQ(watch(desk), kOk);
    EXPECT_EQ(desk.out, "both\n");
    EXPECT_EQ(desk.err,
              "task t_1 started\n[  0%] a: started\n[  0%] b: started\n"
              "  0% a: Agent writer has started\nwriter to critic: handover\n"
              "[ 50%] a: completed (writer)\n[100%] b: completed (critic)\n");
}

TEST_F(FollowedSteps, AreABoardOnATerminalWithWhatIsSaidAboveIt) {
    Desk desk(server, {.has_boards = true});
    EXPECT_EQ(watch(desk), kOk);
    EXPECT_EQ(desk.out, "both\n");
    EXPECT_THAT(desk.err, HasSubstr("  a  started\n  b  started\n  [--------------------]   0%\n"));
    // Three rows up, then everything below is cleared.
    EXPECT_THAT(desk.err, HasSubstr("\r\x1b[3A\x1b[Jwriter to critic: handover\n  a  started"));
    EXPECT_TRUE(
        desk.err.ends_with("  a  completed  writer\n  b  completed  critic\n  [####################] 100%\n"))
        << desk.err;
}

TEST_F(FollowedSteps, AreNotDrawnWhereOnlyTheResultIsWanted) {
    Desk desk(server, {.is_quiet = true, .has_boards = true});
    EXPECT_EQ(watch(desk), kOk);
    EXPECT_EQ(desk.out, "both\n");
    EXPECT_EQ(desk.err, "");
}

TEST(StepsAndQuestions, ABoardIsNotDrawnOverAPersonWhoTypes) {
    ScriptedServer server;
    server.on(kStream, stream_of({{"1", R"({"type":"step","step":"a","state":"started","progress":0})"},
                                  {"2", R"({"type":"input_required","key":"go","message":"Go on?"})"},
                                  {"3", R"({"type":"step","step":"b","state":"started","progress":0})"},
                                  {"4", R"({"type":"input_given","key":"go","by":"ann"})"},
                                  {"5", R"({"type":"step","step":"b","state":"completed","progress":100})"},
                                  {"6", R"({"type":"complete","status":"completed"})"}}));
    server.on("GET /api/v1/tasks/t_1/result", 200, R"({"result":"yes"})");
    Desk desk(server, {.has_boards = true});
    EXPECT_EQ(server.loop.run(watch_task(desk.session, "t_1", std::nullopt, Form::Table)), kOk);
    EXPECT_THAT(desk.err, HasSubstr("[  0%] b: started\n"));
    // Nothing is drawn over before the board that comes behind the answer.
    EXPECT_GT(desk.err.find("\x1b["), desk.err.find("  b  completed"));
    EXPECT_TRUE(desk.err.ends_with("  b  completed\n  [####################] 100%\n"));
}

}  // namespace
}  // namespace meshai::cli
