#include <gmock/gmock.h>

#include "cli/follow.h"
#include "cli/scripted_server_test.h"

namespace meshai::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kSubmit = "POST /api/v1/tasks";
constexpr const char* kStream = "GET /api/v1/tasks/t_1/stream";
constexpr const char* kResult = "GET /api/v1/tasks/t_1/result";
constexpr const char* kSubmitted = R"({"task_id":"t_1","status":"submitted"})";
constexpr const char* kStart = R"({"type":"start","task_id":"t_1"})";
constexpr const char* kOnce = R"({"type":"token","text":"Once ","attempt":1})";
constexpr const char* kUpon = R"({"type":"token","text":"upon","attempt":1})";
constexpr const char* kResultFrame = R"({"type":"result","data":{"text":"Once upon"}})";
constexpr const char* kComplete = R"({"type":"complete","status":"completed","duration_ms":7})";

class RunTest : public testing::Test {
  protected:
    RunTest() {
        server.on(kSubmit, 201, kSubmitted);
        server.on(kResult, 200, R"({"task_id":"t_1","status":"completed","result":"Once upon"})");
    }

    RunWish task(std::string text) {
        RunWish wish;
        wish.task = std::move(text);
        return wish;
    }

    int run(Desk& desk, RunWish wish) { return server.loop.run(run_task(desk.session, std::move(wish))); }

    ScriptedServer server;
};

TEST_F(RunTest, StdoutHoldsTheResultAndStderrTheRest) {
    server.on(kStream, stream_of({{"1", kStart},
                                  {"2", R"({"type":"progress","message":"thinking","progress":10})"},
                                  {"3", kOnce},
                                  {"4", kUpon},
                                  {"5", kResultFrame},
                                  {"6", kComplete},
                                  {"", "[DONE]"}}));
    Desk desk(server);
    EXPECT_EQ(run(desk, task("Write")), kOk);
    EXPECT_EQ(desk.out, "Once upon\n");
    EXPECT_EQ(desk.err, "task t_1 started\n 10% thinking\nOnce upon\n");
}

TEST_F(RunTest, OnATerminalTheAnswerIsWrittenOnceAsItComes) {
    server.on(kStream, stream_of({{"1", kStart}, {"2", kOnce}, {"3", kUpon}, {"4", kComplete}}));
    Desk desk(server, {.is_terminal = true});
    EXPECT_EQ(run(desk, task("Write")), kOk);
    EXPECT_EQ(desk.out, "Once upon\n");
}

TEST_F(RunTest, QuietSaysNothingButTheResult) {
    server.on(kStream, stream_of({{"1", kStart}, {"2", kOnce}, {"3", kUpon}, {"4", kComplete}}));
    Desk desk(server, {.is_quiet = true});
    EXPECT_EQ(run(desk, task("Write")), kOk);
    EXPECT_EQ(desk.out, "Once upon\n");
    EXPECT_EQ(desk.err, "");
}

TEST_F(RunTest, AConnectionThatDropsIsMadeAgainBehindTheLastEventSeen) {
    server.on(kStream, stream_of({{"1", kStart}, {"2", kOnce}}));
    server.on(kStream, stream_of({{"3", kUpon}}));
    server.on(kStream, stream_of({{"4", kComplete}}));
    Desk desk(server);
    EXPECT_EQ(run(desk, task("Write")), kOk);
    EXPECT_THAT(server.asked,
                ElementsAre("POST /api/v1/tasks", "GET /api/v1/tasks/t_1/stream",
                            "GET /api/v1/tasks/t_1/stream Last-Event-ID=2",
                            "GET /api/v1/tasks/t_1/stream Last-Event-ID=3", "GET /api/v1/tasks/t_1/result"));
    EXPECT_EQ(desk.out, "Once upon\n");
}

TEST_F(RunTest, ASecondAttemptDoesNotReachThePipe) {
    server.on(kStream, stream_of({{"1", kStart},
                                  {"2", R"({"type":"token","text":"Twice","attempt":1})"},
                                  {"3", R"({"type":"token","text":"Once upon","attempt":2})"},
                                  {"4", kComplete}}));
    Desk desk(server);
    EXPECT_EQ(run(desk, task("Write")), kOk);
    EXPECT_EQ(desk.out, "Once upon\n");
    EXPECT_THAT(desk.err, HasSubstr("Twice\nOnce upon"));
}

TEST_F(RunTest, AFailedTaskIsExitCodeOneWithItsReason) {
    server.on(kStream,
              stream_of({{"1", kStart},
                         {"2", R"({"type":"error","code":"TIMEOUT","message":"Too slow.","details":{}})"}}));
    Desk desk(server);
    EXPECT_EQ(run(desk, task("Write")), kFailed);
    EXPECT_EQ(desk.out, "");
    EXPECT_THAT(desk.err, HasSubstr("meshai: task t_1 failed: Too slow. [TIMEOUT]"));
}

TEST_F(RunTest, InterruptedItCancelsTheTaskOnTheServer) {
    server.on(kStream, stream_of({{"1", kStart}}, /*is_hanging=*/true));
    server.on("DELETE /api/v1/tasks/t_1", 200, R"({"status":"cancelled"})");
    Desk desk(server);
    std::optional<int> code;
    server.loop.scope.spawn("run", [](Desk& at, RunWish wish, std::optional<int>& got) -> Async<void> {
        got = co_await run_task(at.session, std::move(wish));
    }(desk, task("Write"), code));
    server.loop.settle();
    EXPECT_FALSE(code);
    desk.interrupt.ring();
    server.loop.settle();
    EXPECT_THAT(server.asked, testing::Contains("DELETE /api/v1/tasks/t_1"));
    server.loop.passes(kCancelTime);
    EXPECT_EQ(code, kCancelled);
}

TEST_F(RunTest, WaitingHasAnEndAndTheTaskGoesOn) {
    server.on(kStream, stream_of({{"1", kStart}}, /*is_hanging=*/true));
    Desk desk(server);
    auto wish = task("Write");
    wish.wait = 30s;
    EXPECT_EQ(run(desk, wish), kTimedOut);
    EXPECT_THAT(desk.err, HasSubstr("meshai task watch t_1"));
    EXPECT_THAT(server.asked, Not(testing::Contains("DELETE /api/v1/tasks/t_1")));
}

TEST_F(RunTest, DetachedItPrintsTheIdAndLeaves) {
    Desk desk(server);
    auto wish = task("Write");
    wish.is_detached = true;
    EXPECT_EQ(run(desk, wish), kOk);
    EXPECT_EQ(desk.out, "t_1\n");
    EXPECT_EQ(server.asked.size(), 1U);
}

TEST_F(RunTest, ABusyServerIsAskedAgainWithTheSameKeyWhenItSaysSo) {
    ScriptedServer busy;
    busy.on(
        kSubmit,
        {.status = 429, .body = R"({"detail":"Rate limit exceeded"})", .headers = {{"Retry-After", "7"}}});
    busy.on(kSubmit, 201, kSubmitted);
    Desk desk(busy);
    auto wish = task("Write");
    wish.is_detached = true;
    const auto begin = busy.loop.clock.now();
    EXPECT_EQ(busy.loop.run(run_task(desk.session, wish)), kOk);
    EXPECT_GE(busy.loop.clock.now() - begin, 0s);
    ASSERT_GE(busy.idempotency_keys.size(), 2U);
    EXPECT_EQ(busy.idempotency_keys.front(), busy.idempotency_keys.back());
    EXPECT_FALSE(busy.idempotency_keys.front().empty());
}

TEST_F(RunTest, NoServerIsExitCodeThreeAtOnce) {
    Desk desk(server, {}, /*port=*/81);
    const auto begin = server.loop.clock.now();
    EXPECT_EQ(run(desk, task("Write")), kUnreachable);
    EXPECT_LT(server.loop.clock.now() - begin, 10s);
    EXPECT_THAT(desk.err, HasSubstr("http://127.0.0.1:81/ does not answer"));
}

TEST_F(RunTest, AServerThatNeverComesBackIsGivenUp) {
    server.on(kStream, 503, R"({"detail":"draining","code":"UNAVAILABLE"})");
    Desk desk(server);
    const auto begin = server.loop.clock.now();
    EXPECT_EQ(run(desk, task("Write")), kFailed);
    EXPECT_LE(server.loop.clock.now() - begin, kPatience + kRetryMax);
    EXPECT_GE(server.loop.clock.now() - begin, kPatience - kRetryMax);
}

struct Refused {
    const char* name;
    int status;
    const char* body;
    int code;
    const char* says;
};

const Refused kRefused[] = {
    {"WrongKey", 401, R"({"detail":"Invalid API key","code":"AUTHENTICATION_FAILED"})", kDenied,
     "Invalid API key"},
    {"NoRight", 403, R"({"error":"Forbidden","message":"Needs mcp:execute"})", kDenied, "Needs mcp:execute"},
    {"BadTask", 422, R"({"detail":"\"input\" is too long.","code":"VALIDATION_FAILED"})", kUsage, "too long"},
    {"Broken", 500, "<html>", kFailed, "status 500"},
    {"NotMeshAi", 200, R"({"hello":"world"})", kFailed, "is it a MeshAI server?"},
};

class RefusedTest : public testing::TestWithParam<Refused> {};

TEST_P(RefusedTest, IsToldInTheServersWordsWithItsExitCode) {
    ScriptedServer server;
    server.on(kSubmit, GetParam().status, GetParam().body);
    Desk desk(server);
    RunWish wish;
    wish.task = "Write";
    EXPECT_EQ(server.loop.run(run_task(desk.session, wish)), GetParam().code);
    EXPECT_THAT(desk.err, HasSubstr(GetParam().says));
    EXPECT_EQ(desk.out, "");
}

INSTANTIATE_TEST_SUITE_P(Run, RefusedTest, testing::ValuesIn(kRefused),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_F(RunTest, WatchingATaskNobodyHasIsExitCodeFive) {
    Desk desk(server);
    EXPECT_EQ(server.loop.run(watch_task(desk.session, "t_9", std::nullopt, Form::Table)), kNotFound);
}

TEST_F(RunTest, ListsAreTablesForPeopleAndJsonForPrograms) {
    server.on(
        "GET /api/v1/tasks", 200,
        R"([{"task_id":"t_1","status":"completed","task_type":"","agent_id":"writer","submitted_at":"2025-01-16T12:00:00Z","completed_at":null,"error_code":null}])");
    Desk desk(server);
    EXPECT_EQ(server.loop.run(list_tasks(desk.session, {})), kOk);
    EXPECT_EQ(desk.out,
              "TASK  STATUS     TYPE  AGENT   SUBMITTED             ENDED  ERROR\n"
              "t_1   completed        writer  2025-01-16T12:00:00Z\n");
    desk.out.clear();
    ListWish wish;
    wish.form = Form::Json;
    EXPECT_EQ(server.loop.run(list_tasks(desk.session, wish)), kOk);
    EXPECT_THAT(desk.out, testing::StartsWith(R"([{"task_id":"t_1")"));
}

TEST_F(RunTest, AnAgentIsRegisteredWithItsKeyAndItsCapabilities) {
    server.on("POST /api/v1/agents", 201, R"({"id":"a_1","name":"coder"})");
    Desk desk(server);
    AgentWish wish;
    wish.name = "coder";
    wish.url = "https://agent.example/execute";
    wish.key = "secret";
    wish.capabilities = {"code_generation"};
    EXPECT_EQ(server.loop.run(add_agent(desk.session, wish)), kOk);
    EXPECT_THAT(server.bodies.back(), HasSubstr(R"("authentication":{"type":"api_key","key":"secret"})"));
    EXPECT_THAT(server.bodies.back(), HasSubstr(R"("capabilities":["code_generation"])"));
    EXPECT_EQ(desk.out, "id    a_1\nname  coder\n");
}

TEST_F(RunTest, IdsCannotLeaveTheirPlaceInThePath) {
    Desk desk(server);
    EXPECT_EQ(server.loop.run(get_task(desk.session, "t_1?x=1#", Form::Table)), kNotFound);
    EXPECT_THAT(server.asked.back(), HasSubstr("/api/v1/tasks/t_1%3Fx%3D1%23"));
}

}  // namespace
}  // namespace meshai::cli
