#include <gmock/gmock.h>

#include "cli/scripted_server_test.h"
#include "cli/top_view.h"

namespace meshai::cli {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kEvents = "GET /api/v1/events/stream";
constexpr const char* kMetrics = "GET /api/v1/metrics/stream";
constexpr const char* kTasks = "GET /api/v1/tasks";
constexpr const char* kNumbers =
    R"({"type":"metrics","at":"2025-01-16T12:00:07.000Z","tasks":{"running":1,"queued":2,"waiting":0,"workflows":0},)"
    R"("rates":{"submitted":0.5,"completed":0.25,"failed":0},"execution_ms":{"p50":2000,"p95":4100,"p99":null},)"
    R"("totals":{"input_tokens":120,"output_tokens":805,"cost":0.0042},)"
    R"("agents":[{"name":"writer","health":"healthy","running":1,"queued":2,"success_rate":1,)"
    R"("avg_response_time_ms":1890}]})";
constexpr const char* kStarted =
    R"({"type":"started","task_id":"t_2","seq":3,"at":"2025-01-16T12:00:01.125Z","agent":"writer","message":"Agent writer has started"})";
constexpr const char* kHalf =
    R"({"type":"progress","task_id":"t_2","seq":4,"at":"2025-01-16T12:00:02.000Z","progress":50,"message":"half\nway"})";
constexpr const char* kDone =
    R"({"type":"completed","task_id":"t_2","seq":5,"at":"2025-01-16T12:00:03.000Z"})";
constexpr const char* kOpen =
    R"([{"task_id":"t_1","status":"pending","agent_id":null,"submitted_at":"2025-01-16T11:59:00.000Z"},)"
    R"({"task_id":"t_0","status":"completed"}])";

class TopTest : public testing::Test {
  protected:
    TopTest() { server.on(kTasks, 200, kOpen); }

    /// Runs until everything that the server says has been taken, then ^C.
    std::optional<int> watch(Desk& desk, Duration span = 1s) {
        std::optional<int> code;
        server.loop.scope.spawn("top", [](Desk& at, std::optional<int>& got) -> Async<void> {
            got = co_await top(at.session, {});
        }(desk, code));
        server.loop.passes(span);
        desk.interrupt.ring();
        server.loop.passes(1s);
        return code;
    }

    ScriptedServer server;
};

TEST_F(TopTest, OnceItIsAPageOfNumbersAgentsAndOpenTasks) {
    server.on(kMetrics, stream_of({{"", kNumbers}}, /*is_hanging=*/true));
    Desk desk(server);
    EXPECT_EQ(server.loop.run(top(desk.session, {.is_once = true})), kOk);
    EXPECT_EQ(desk.out,
              "12:00:07  running 1  queued 2  waiting 0  workflows 0\n"
              "per s: 0.5 in, 0.25 done, 0 failed\n"
              "ms: p50 2000 p95 4100 p99 -\n"
              "tokens 120 in, 805 out, cost 0.0042\n"
              "\n"
              "AGENT   HEALTH   RUNNING  QUEUED  SUCCESS  AVG MS\n"
              "writer  healthy  1        2       1        1890\n"
              "\n"
              "TASK  STATUS   AGENT  SINCE     %  WORKFLOW  NOW\n"
              "t_1   pending         11:59:00\n");
}

TEST_F(TopTest, OnceAsJsonItIsTheSnapshotAsItCame) {
    server.on(kMetrics, stream_of({{"", kNumbers}}, true));
    Desk desk(server);
    EXPECT_EQ(server.loop.run(top(desk.session, {.is_once = true, .form = Form::Json})), kOk);
    EXPECT_EQ(parse_json(desk.out.substr(0, desk.out.size() - 1)).value(), parse_json(kNumbers).value());
}

TEST_F(TopTest, InAPipeItIsALineForEachEvent) {
    server.on(kEvents, stream_of({{"a", kStarted}, {"b", kHalf}, {"c", kDone}}, true));
    server.on(kMetrics, stream_of({{"", kNumbers}, {"", kNumbers}}, true));
    Desk desk(server);
    EXPECT_EQ(watch(desk), kOk);
    EXPECT_THAT(desk.out, HasSubstr("12:00:01 t_2 started writer Agent writer has started\n"
                                    "12:00:02 t_2 progress 50% half way\n"
                                    "12:00:03 t_2 completed\n"));
    EXPECT_EQ(desk.out.find("running 1"), desk.out.rfind("running 1")) << "one line for ten snapshots";
    EXPECT_THAT(desk.out, Not(HasSubstr("\x1b")));
}

TEST_F(TopTest, OnATerminalThePageIsDrawnAnewInItsPlace) {
    server.on(kEvents, stream_of({{"a", kStarted}, {"b", kHalf}}, true));
    server.on(kMetrics, stream_of({{"", kNumbers}}, true));
    Desk desk(server, {.is_terminal = true, .size = [] { return PageSize{.rows = 11, .columns = 60}; }});
    EXPECT_EQ(watch(desk), kOk);
    const auto last = desk.out.substr(desk.out.rfind("\x1b[H"));
    EXPECT_THAT(last, HasSubstr("t_2   executing  writer  12:00:01  50%            half way\x1b[K\n"));
    EXPECT_THAT(last, HasSubstr("\x1b[J"));
    EXPECT_EQ(std::ranges::count(last, '\n'), 10) << last;
}

TEST_F(TopTest, AConnectionThatDropsIsMadeAgainBehindTheLastEvent) {
    server.on(kEvents, stream_of({{"a", kStarted}}));
    server.on(kEvents, stream_of({{"b", kDone}}, true));
    server.on(kMetrics, stream_of({{"", kNumbers}}, true));
    Desk desk(server);
    EXPECT_EQ(watch(desk, 5s), kOk);
    EXPECT_THAT(server.asked, Contains("GET /api/v1/events/stream Last-Event-ID=a"));
    EXPECT_THAT(desk.out, HasSubstr("t_2 completed"));
}

TEST_F(TopTest, AKeyWithoutTheRightIsToldSo) {
    server.on(kEvents, 403, R"({"detail":"This key lacks the scope mcp:read.","code":"FORBIDDEN"})");
    server.on(kMetrics, stream_of({{"", kNumbers}}, true));
    Desk desk(server);
    EXPECT_EQ(server.loop.run(top(desk.session, {})), kDenied);
    EXPECT_THAT(desk.err, HasSubstr("lacks the scope"));
}

TEST(TopView, KeepsAFewOfTheTasksThatHaveEnded) {
    TopView view;
    for (std::size_t i = 0; i < kTopEndedMax + 5; ++i) {
        const auto id = "t_" + std::to_string(100 + i);
        view.take_event({{"type", "submitted"}, {"task_id", id}, {"at", "2025-01-16T12:00:01.125Z"}});
        view.take_event({{"type", "failed"}, {"task_id", id}, {"message", "no ink"}});
    }
    const auto page = view.page({.rows = 100, .columns = 100});
    EXPECT_THAT(page, Not(HasSubstr("t_104")));
    EXPECT_THAT(page, HasSubstr("t_105  failed         12:00:01               no ink\n"));
}

}  // namespace
}  // namespace meshai::cli
