#include "agents/mesh/adapter.h"

#include <gtest/gtest.h>

#include "agents/mesh/farewell.h"
#include "agents/mesh/remote.h"
#include "agents/testing/stage.h"

namespace meshai::agents {
namespace {

using Lines = std::vector<std::string>;

const std::string kJson = "application/json";

// A frame as MeshAI writes it.
std::string frame(int id, std::string_view type, std::string_view rest) {
    return fmt::format("event: {0}\nid: {1}\ndata: {{\"type\":\"{0}\"{2}}}\n\n", type, id, rest);
}

const std::string kStart = frame(1, "start", R"(,"message":"Starting task execution","task_id":"t_remote")");
const std::string kHalf = frame(4, "progress", R"(,"message":"half","progress":50)");
const std::string kToken = frame(5, "token", R"(,"text":"a poem")");
const std::string kKeepalive = "event: keepalive\ndata: {\"type\":\"keepalive\"}\n\n";
const std::string kResult = frame(6, "result", R"(,"data":{"text":"a poem"},"progress":100)");
const std::string kEnd =
    frame(7, "complete", R"(,"status":"completed","duration_ms":3)") + "data: [DONE]\n\n";

TEST(MeshAgent, RunsTheTaskOnTheRemoteMesh) {
    Stage stage(Kind::Mesh);
    stage.spec.url = "http://agent.example/";
    stage.spec.api_key = Secret("msk_live_x");
    stage.call.request.task_type = "creative";
    stage.call.request.capabilities = {"text_generation"};
    stage.call.request.context = json::object{{"topic", "sea"}};
    stage.call.request.timeout = Millis{1500};
    stage.peer.replies(stream(kStart + kHalf + kToken + kKeepalive + kResult + kEnd));
    EXPECT_EQ(line_of(stage.run()), "result a poem");
    EXPECT_EQ(stage.sink.lines, (Lines{"progress 50% half", "output a poem", "alive"}));
    EXPECT_EQ(stage.peer.first_line(0), "POST /api/v1/tasks/stream HTTP/1.1");
    EXPECT_TRUE(stage.peer.has_header(0, "Authorization: Bearer msk_live_x"));
    EXPECT_TRUE(stage.peer.has_header(0, "Idempotency-Key: t_1"));
    EXPECT_EQ(parse_json(stage.peer.body(0)).value(),
              parse_json(R"({"input":"Write a poem","task_type":"creative",
        "required_capabilities":["text_generation"],"context":{"topic":"sea"},"timeout_seconds":2,
        "on_disconnect":"continue"})")
                  .value());
}

TEST(MeshAgent, SendsTheSameBytesForEveryAttempt) {
    Stage stage(Kind::Mesh);
    stage.call.deadline = stage.loop.clock.in(1h);
    stage.peer.replies(stream(kStart + kResult));
    stage.peer.replies(stream(kStart + kResult));
    (void)stage.run();
    stage.loop.passes(7s);
    stage.call.attempt = 2;
    (void)stage.run();
    EXPECT_EQ(stage.peer.body(0), stage.peer.body(1));
}

TEST(MeshAgent, TakesABrokenStreamUpAgainWhereItBroke) {
    for (const auto then : {Then::Close, Then::Reset}) {
        Stage stage(Kind::Mesh);
        stage.peer.replies(stream(kStart + kHalf + "event: token\nid: 5\ndata: {\"type\":\"tok"), then);
        stage.peer.replies(stream(kToken + kResult + kEnd));
        EXPECT_EQ(line_of(stage.run()), "result a poem");
        EXPECT_EQ(stage.sink.lines, (Lines{"progress 50% half", "output a poem"}));
        ASSERT_EQ(stage.peer.requests().size(), 2U);
        EXPECT_EQ(stage.peer.first_line(1), "GET /api/v1/tasks/t_remote/stream HTTP/1.1");
    }
}

TEST(MeshAgent, TellsTheRemoteTheLastEventItHasSeen) {
    Stage stage(Kind::Mesh);
    stage.peer.replies(stream(kStart + kHalf + kKeepalive));
    stage.peer.replies(stream(kResult));
    EXPECT_EQ(line_of(stage.run()), "result a poem");
    EXPECT_TRUE(stage.peer.has_header(1, "Last-Event-ID: 4"));
}

TEST(MeshAgent, LearnsTheRemoteTaskFromTheHeaderToo) {
    Stage stage(Kind::Mesh);
    stage.peer.replies(stream("", "X-Task-Id: t_remote\r\n"));
    stage.peer.replies(stream(kResult));
    EXPECT_EQ(line_of(stage.run()), "result a poem");
    EXPECT_EQ(stage.peer.first_line(1), "GET /api/v1/tasks/t_remote/stream HTTP/1.1");
}

TEST(MeshAgent, SubmitsAgainWithTheSameKeyWhileItKnowsNoTask) {
    Stage stage(Kind::Mesh);
    stage.peer.replies("", Then::Reset);
    stage.peer.replies(stream(kStart + kResult));
    EXPECT_EQ(line_of(stage.run()), "result a poem");
    EXPECT_EQ(stage.peer.requests().at(0), stage.peer.requests().at(1));
}

TEST(MeshAgent, BelievesNoIdThatWouldLeadElsewhere) {
    Stage stage(Kind::Mesh);
    stage.peer.replies(stream(frame(1, "start", R"(,"task_id":"../../admin?x=")")));
    stage.peer.replies(stream(kStart + kResult));
    EXPECT_EQ(line_of(stage.run()), "result a poem");
    EXPECT_EQ(stage.peer.first_line(1), "POST /api/v1/tasks/stream HTTP/1.1");
}

TEST(MeshAgent, GivesUpAfterAWhileAndLeavesTheTaskForARerun) {
    Stage stage(Kind::Mesh);
    stage.peer.replies(stream(kStart));
    for (int i = 0; i < mesh::kResumesMax; ++i) stage.peer.replies("", Then::Close);
    const auto ending = stage.run();
    ASSERT_FALSE(ending);
    EXPECT_EQ(ending.error().error.code, Code::AgentProtocol);
    EXPECT_TRUE(ending.error().is_transient);
    EXPECT_TRUE(ending.error().was_sent);
    stage.loop.passes(10s);
    EXPECT_EQ(stage.peer.requests().size(), 1U + mesh::kResumesMax) << "and nothing is cancelled";
}

TEST(MeshAgent, NewsMakeItPatientAgain) {
    Stage stage(Kind::Mesh);
    stage.peer.replies(stream(kStart));
    for (int i = 0; i < 3 * mesh::kResumesMax; ++i) stage.peer.replies(stream(kHalf));
    stage.peer.replies(stream(kResult));
    EXPECT_EQ(line_of(stage.run()), "result a poem");
}

TEST(MeshAgent, ThatIsDownForAMomentIsWaitedFor) {
    Stage stage(Kind::Mesh);
    stage.peer.replies(stream(kStart));
    stage.peer.replies(answer(503, kJson, R"({"detail":"draining"})", "Retry-After: 60\r\n"));
    stage.peer.replies(stream(kResult));
    const auto begin = stage.loop.clock.now();
    EXPECT_EQ(line_of(stage.run()), "result a poem");
    EXPECT_GE(stage.loop.clock.now() - begin, 60s);
}

TEST(MeshAgent, ThatIsNotThereHasSeenNothing) {
    Stage stage(Kind::Mesh);
    stage.network.set_faults({"agent.example", 80}, {.is_refused = true});
    const auto ending = stage.run();
    EXPECT_EQ(ending.error().error.code, Code::AgentUnavailable);
    EXPECT_FALSE(ending.error().was_sent);
    EXPECT_TRUE(ending.error().is_transient);
}

TEST(MeshAgent, ATaskThatIsCancelledHereIsCancelledThereWithinASecond) {
    Stage stage(Kind::Mesh);
    stage.spec.api_key = Secret("msk_live_x");
    stage.peer.replies(stream(kStart), Then::Hang);
    stage.peer.replies(answer(200, kJson, R"({"status":"cancelled"})"));
    stage.begin();
    stage.cancel();
    ASSERT_TRUE(stage.ending());
    EXPECT_EQ((*stage.ending()).error().error.code, Code::Cancelled);
    stage.adapter.reset();
    stage.scope.reset();
    stage.loop.settle();
    ASSERT_EQ(stage.peer.requests().size(), 2U);
    EXPECT_EQ(stage.peer.first_line(1), "DELETE /api/v1/tasks/t_remote HTTP/1.1");
    EXPECT_TRUE(stage.peer.has_header(1, "Authorization: Bearer msk_live_x"));
}

TEST(MeshAgent, ARemoteThatDoesNotListenHoldsNobodyUp) {
    Stage stage(Kind::Mesh);
    stage.peer.replies(stream(kStart), Then::Hang);
    stage.begin();
    stage.cancel();
    EXPECT_EQ((*stage.ending()).error().error.code, Code::Cancelled);
    stage.loop.passes(mesh::kFarewellTime);
    EXPECT_EQ(stage.peer.left_alone(), 2) << "the stream, and the farewell that nobody answered";
    const auto lines = stage.loop.log.lines();
    ASSERT_FALSE(lines.empty());
    EXPECT_NE(lines.back().find("could not be cancelled"), std::string::npos);
}

TEST(MeshAgent, IsToldWhenTheTasksTimeIsOver) {
    Stage stage(Kind::Mesh);
    stage.call.deadline = stage.loop.clock.in(30s);
    stage.peer.replies(stream(kStart), Then::Hang);
    stage.peer.replies(answer(200, kJson, "{}"));
    EXPECT_EQ(stage.run().error().error.code, Code::Timeout);
    stage.loop.settle();
    EXPECT_EQ(stage.peer.first_line(1), "DELETE /api/v1/tasks/t_remote HTTP/1.1");
}

TEST(MeshAgent, WhoseTaskHasEndedIsToldNothing) {
    Stage stage(Kind::Mesh);
    stage.peer.replies(
        stream(kStart + frame(3, "error", R"(,"message":"no ink","code":"TASK_EXECUTION_FAILED")")));
    EXPECT_EQ(line_of(stage.run()), "TASK_EXECUTION_FAILED: Agent \"writer\" failed: no ink");
    stage.loop.passes(10s);
    EXPECT_EQ(stage.peer.requests().size(), 1U);
}

TEST(MeshAgent, ARerunAsksAnewWhenTheTaskOfTheRunBeforeWasCancelled) {
    Stage stage(Kind::Mesh);
    stage.call.attempt = 2;
    stage.peer.replies(stream(kStart + frame(3, "error", R"(,"message":"cancelled","code":"CANCELLED")")));
    stage.peer.replies(stream(kStart + kResult));
    EXPECT_EQ(line_of(stage.run()), "result a poem");
    EXPECT_TRUE(stage.peer.has_header(1, "Idempotency-Key: t_1.2"));
}

TEST(MeshAgent, FetchesAResultThatDidNotFitIntoItsFrame) {
    const std::string whole(200'000, 'x');
    Stage stage(Kind::Mesh);
    stage.spec.api_key = Secret("msk_live_x");
    const auto reference = frame(
        6, "result",
        R"(,"data":{"truncated":true,"result_url":"/api/v1/tasks/t_remote/result","bytes":200000,"preview":"xx"})");
    stage.peer.replies(stream(kStart + reference));
    stage.peer.replies("", Then::Reset);
    stage.peer.replies(answer(200, kJson, "{\"result\":\"" + whole + "\"}"));
    EXPECT_EQ(line_of(stage.run()), "result " + whole);
    EXPECT_EQ(stage.peer.first_line(2), "GET /api/v1/tasks/t_remote/result HTTP/1.1");
    EXPECT_TRUE(stage.peer.has_header(2, "Authorization: Bearer msk_live_x"));
}

TEST(MeshAgent, FetchesItsResultFromNowhereElse) {
    for (const auto* url : {"https://evil.example/x", "//evil.example/x", "", "tasks/1", "/a b"}) {
        Stage stage(Kind::Mesh);
        stage.peer.replies(
            stream(kStart + frame(6, "result",
                                  fmt::format(R"(,"data":{{"truncated":true,"result_url":"{}"}})", url))));
        const auto ending = stage.run();
        if (*url == '\0') continue;  // no address: the reference itself is the result
        ASSERT_FALSE(ending) << url;
        EXPECT_EQ(ending.error().error.code, Code::AgentProtocol);
        EXPECT_EQ(stage.peer.requests().size(), 1U);
    }
}

TEST(MeshAgent, IsProbedForLife) {
    Stage stage(Kind::Mesh);
    stage.peer.replies(answer(200, kJson, "{}"));
    stage.peer.replies(answer(404, kJson, "{}"));
    EXPECT_TRUE(stage.probe());
    EXPECT_FALSE(stage.probe());
    EXPECT_EQ(stage.peer.first_line(0), "GET /livez HTTP/1.1");
}

TEST(MeshAgent, TakesATextOutOfItsEnvelope) {
    EXPECT_EQ(mesh::unwrapped(json::object{{"text", "a"}}), json::value("a"));
    EXPECT_EQ(mesh::unwrapped(json::object{{"text", "a"}, {"n", 1}}),
              (json::object{{"text", "a"}, {"n", 1}}));
    EXPECT_EQ(mesh::unwrapped(json::value("a")), json::value("a"));
}

}  // namespace
}  // namespace meshai::agents
