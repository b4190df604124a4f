#include "agents/http/adapter.h"

#include <gtest/gtest.h>

#include "agents/testing/stage.h"

namespace meshai::agents {
namespace {

using Lines = std::vector<std::string>;

TEST(HttpAgent, GetsTheTaskAsTheFamilyWritesIt) {
    Stage stage(Kind::Http);
    stage.spec.api_key = Secret("s3cret");
    stage.spec.instructions = "Rhyme.";
    stage.call.request.task_type = "creative";
    stage.call.request.context = json::object{{"topic", "sea"}, {"session_id", "s1"}};
    stage.call.deadline = stage.loop.clock.in(30s);
    stage.peer.replies(
        answer(200, "application/json",
               R"({"status":"completed","result":"a poem","execution_time":1.5,"agent_id":"a1"})"));
    EXPECT_EQ(line_of(stage.run()), "result a poem");
    EXPECT_EQ(stage.peer.first_line(0), "POST /execute HTTP/1.1");
    EXPECT_TRUE(stage.peer.has_header(0, "Authorization: Bearer s3cret"));
    EXPECT_TRUE(stage.peer.has_header(0, "Idempotency-Key: t_1"));
    EXPECT_TRUE(stage.peer.has_header(0, "Content-Type: application/json"));
    EXPECT_EQ(parse_json(stage.peer.body(0)).value(), parse_json(R"({"task_id":"t_1","task_type":"creative",
        "payload":{"input":"Write a poem"},"timeout_seconds":30,"attempt":1,"instructions":"Rhyme.",
        "context":{"context_id":"ctx_t_1","session_id":"s1","shared_memory":{"topic":"sea"},"agent_memory":{},
        "metadata":{},"created_at":"2025-01-16T12:00:00.000","updated_at":"2025-01-16T12:00:00.000",
        "access_count":0}})")
                                                          .value());
}

TEST(HttpAgent, GetsAnObjectAsItIs) {
    Stage stage(Kind::Http);
    stage.call.request.input = json::object{{"rows", 3}};
    stage.peer.replies(answer(200, "application/json", R"({"status":"completed","result":{"sum":6}})"));
    EXPECT_EQ(line_of(stage.run()), R"(result {"sum":6})");
    EXPECT_EQ(parse_json_object(stage.peer.body(0)).value().at("payload"), (json::object{{"rows", 3}}));
}

struct Address {
    const char* url;
    const char* called;
};

TEST(HttpAgent, IsCalledAtItsExecuteWithOrWithoutThatInItsUrl) {
    for (const auto& [url, called] :
         {Address{"http://agent.example", "POST /execute HTTP/1.1"},
          {"http://agent.example/", "POST /execute HTTP/1.1"},
          {"http://agent.example/execute", "POST /execute HTTP/1.1"},
          {"http://agent.example/v1/execute/", "POST /v1/execute HTTP/1.1"},
          {"http://agent.example/bots?team=red", "POST /bots/execute?team=red HTTP/1.1"}}) {
        Stage stage(Kind::Http);
        stage.spec.url = url;
        stage.peer.replies(answer(200, "application/json", R"({"result":"x"})"));
        (void)stage.run();
        EXPECT_EQ(stage.peer.first_line(0), called) << url;
    }
}

TEST(HttpAgent, MayThinkForTheWholeTimeOfTheTask) {
    Stage stage(Kind::Http);
    stage.call.deadline = stage.loop.clock.in(1h);
    stage.peer.replies(Reply{{{answer(200, "application/json", R"({"result":"late"})"), 50min}}});
    EXPECT_EQ(line_of(stage.run()), "result late");
}

TEST(HttpAgent, IsGivenUpAtTheDeadline) {
    Stage stage(Kind::Http);
    stage.call.deadline = stage.loop.clock.in(30s);
    stage.peer.replies("", Then::Hang);
    const auto ending = stage.run();
    EXPECT_EQ(line_of(ending), "TIMEOUT: Agent \"writer\" did not finish within the task's time.");
    EXPECT_TRUE(ending.error().was_sent);
    EXPECT_FALSE(ending.error().is_transient);
    EXPECT_EQ(stage.peer.left_alone(), 1);
}

TEST(HttpAgent, StreamsInTheGuidesDialect) {
    Stage stage(Kind::Http);
    stage.peer.replies(
        stream("data: {\"type\":\"start\",\"message\":\"Starting\"}\n\n"
               "data: {\"type\":\"progress\",\"message\":\"Loading\",\"progress\":10}\n\n"
               "data: {\"type\":\"token\",\"text\":\"a \"}\n\n"
               "data: {\"type\":\"token\",\"text\":\"poem\"}\n\n"
               "data: {\"type\":\"keepalive\",\"timestamp\":\"2025-01-16T12:00:00Z\"}\n\n"
               "data: {\"type\":\"metrics\",\"cpu\":1}\n\n"
               "data: {\"type\":\"progress\",\"message\":\"Back\",\"progress\":5,"
               "\"details\":{\"current_step\":\"two\"}}\n\n"
               "data: {\"type\":\"result\",\"data\":{\"poem\":\"a poem\"},\"progress\":100}\n\n"
               "data: {\"type\":\"complete\",\"status\":\"completed\",\"duration_ms\":1}\n\n"
               "data: [DONE]\n\n"));
    EXPECT_EQ(line_of(stage.run()), R"(result {"poem":"a poem"})");
    EXPECT_EQ(stage.sink.lines,
              (Lines{"progress 10% Loading", "output a poem", "alive", "progress 10% [two] Back"}));
}

TEST(HttpAgent, IsHeardWhileItStreams) {
    Stage stage(Kind::Http);
    stage.peer.replies(Reply{{{stream("data: {\"type\":\"token\",\"text\":\"a\"}\n\n")},
                              {"data: {\"type\":\"token\",\"text\":\"b\"}\n\n", 1s},
                              {"data: [DONE]\n\n", 1s}}});
    stage.begin();
    EXPECT_EQ(stage.sink.lines, Lines{"output a"});
    stage.loop.passes(1s);
    EXPECT_EQ(stage.sink.lines, (Lines{"output a", "output b"}));
    EXPECT_FALSE(stage.ending());
    stage.loop.passes(1s);
    ASSERT_TRUE(stage.ending());
    EXPECT_EQ(line_of(*stage.ending()), "result ab");
}

TEST(HttpAgent, LosesItsConnectionWhenTheRunIsCancelled) {
    Stage stage(Kind::Http);
    stage.peer.replies(stream("data: {\"type\":\"progress\",\"message\":\"x\"}\n\n"), Then::Hang);
    stage.begin();
    EXPECT_EQ(stage.peer.left_alone(), 0);
    stage.cancel();
    ASSERT_TRUE(stage.ending());
    EXPECT_EQ((*stage.ending()).error().error.code, Code::Cancelled);
    EXPECT_EQ(stage.peer.left_alone(), 1);
}

TEST(HttpAgent, LosesItsConnectionWhenTheLogTakesNoMore) {
    Stage stage(Kind::Http);
    stage.sink.refusal = Error{Code::AlreadyFinished, "The task has ended."};
    stage.peer.replies(stream("data: {\"type\":\"progress\",\"message\":\"x\"}\n\n"), Then::Hang);
    EXPECT_EQ(line_of(stage.run()), "ALREADY_FINISHED: The task has ended.");
    stage.loop.settle();
    EXPECT_EQ(stage.peer.left_alone(), 1);
}

TEST(HttpAgent, CostsWhatTheOperatorSays) {
    Stage stage(Kind::Http);
    stage.spec.cost = {.per_call = 1, .per_1k_input_tokens = 2, .per_1k_output_tokens = 4};
    stage.peer.replies(answer(200, "application/json",
                              R"({"result":"x","usage":{"input_tokens":500,"output_tokens":250}})"));
    const auto ending = stage.run();
    ASSERT_TRUE(ending);
    EXPECT_EQ(ending->usage, (task::Usage{.input_tokens = 500, .output_tokens = 250, .cost = 3}));
}

TEST(HttpAgent, IsProbedAtItsHealthPage) {
    Stage stage(Kind::Http);
    stage.spec.url = "http://agent.example/bots/execute";
    stage.peer.replies(answer(200, "application/json", R"({"status":"healthy"})"));
    stage.peer.replies(answer(404, "text/plain", "no such page"));
    stage.peer.replies(answer(200, "application/json", R"({"status":"unhealthy"})"));
    stage.peer.replies(answer(503, "text/plain", ""));
    EXPECT_TRUE(stage.probe());
    EXPECT_TRUE(stage.probe());
    EXPECT_FALSE(stage.probe());
    EXPECT_FALSE(stage.probe());
    EXPECT_FALSE(stage.probe()) << "it hangs";
    EXPECT_EQ(stage.peer.first_line(0), "GET /bots/health HTTP/1.1");
}

TEST(HttpAgent, MustAnswerWellOnTheHealthPageThatTheOperatorNamed) {
    Stage stage(Kind::Http);
    stage.spec.health_url = "http://agent.example/up";
    stage.peer.replies(answer(404, "text/plain", "no such page"));
    stage.peer.replies(answer(204, "text/plain", ""));
    EXPECT_FALSE(stage.probe());
    EXPECT_TRUE(stage.probe());
    EXPECT_EQ(stage.peer.first_line(0), "GET /up HTTP/1.1");
}

TEST(HttpAgent, OnAPrivateAddressIsCalledOnlyIfTheOperatorAllowsIt) {
    Stage stage(Kind::Http);
    stage.network.set_address("agent.example", "10.0.0.7");
    const auto ending = stage.run();
    ASSERT_FALSE(ending);
    EXPECT_EQ(ending.error().error.code, Code::AgentUnavailable);
    EXPECT_FALSE(ending.error().was_sent);
    EXPECT_FALSE(ending.error().is_transient);
    stage.spec.allow_private = true;
    stage.peer.replies(answer(200, "application/json", R"({"result":"x"})"));
    EXPECT_EQ(line_of(stage.run()), "result x");
}

}  // namespace
}  // namespace meshai::agents
