#include "agents/trace.h"

#include <gtest/gtest.h>

#include "agents/mesh/remote.h"
#include "agents/testing/stage.h"

namespace meshai::agents {
namespace {

const std::string kClients = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

// A peer's answer that is good for an agent of this kind.
std::string good_answer(Kind kind) {
    if (kind == Kind::OpenAi)
        return answer(200, "application/json",
                      R"({"choices":[{"message":{"content":"a poem"},"finish_reason":"stop"}]})");
    if (kind == Kind::Http) return answer(200, "application/json", R"({"status":"completed","result":"a"})");
    return stream(
        "event: start\nid: 1\ndata: {\"type\":\"start\",\"task_id\":\"t_remote\"}\n\n"
        "event: result\nid: 2\ndata: {\"type\":\"result\",\"data\":{\"text\":\"a poem\"}}\n\n");
}

std::string expected_for(const Call& call) {
    return fmt::format("00-0af7651916cd43dd8448eb211c80319c-{}-01",
                       wire::trace::span_of_attempt(call.task, call.attempt).hex);
}

TEST(TraceOfACall, GoesOnInTheRequestToEveryKindOfAgent) {
    for (const auto kind : {Kind::OpenAi, Kind::Http, Kind::Mesh}) {
        Stage stage(kind);
        stage.tracing.is_on = true;
        stage.call.request.trace = kClients;
        stage.call.attempt = 2;
        stage.peer.replies(good_answer(kind));
        EXPECT_TRUE(stage.run()) << kind_name(kind);
        EXPECT_TRUE(stage.peer.has_header(0, "traceparent: " + expected_for(stage.call))) << kind_name(kind);
    }
}

TEST(TraceOfACall, GoesOnInTheEnvironmentOfAProgram) {
    Stage stage(Kind::Command);
    stage.tracing.is_on = true;
    stage.call.request.trace = kClients;
    stage.programs.next({.output = {"a poem\n"}});
    (void)stage.run();
    const auto& environment = stage.programs.started.front().environment;
    EXPECT_EQ(environment.back(),
              (std::pair<std::string, std::string>{"TRACEPARENT", expected_for(stage.call)}));
}

TEST(TraceOfACall, IsNotSpokenOfWhereTheOperatorHasNoTraces) {
    for (const auto kind : {Kind::OpenAi, Kind::Http, Kind::Mesh}) {
        Stage stage(kind);
        stage.call.request.trace = kClients;
        stage.peer.replies(good_answer(kind));
        (void)stage.run();
        EXPECT_EQ(stage.peer.requests().front().find("traceparent"), std::string::npos) << kind_name(kind);
    }
    Stage stage(Kind::Command);
    stage.call.request.trace = kClients;
    stage.programs.next({.output = {"a poem\n"}});
    (void)stage.run();
    for (const auto& [name, value] : stage.programs.started.front().environment)
        EXPECT_NE(name, "TRACEPARENT");
}

TEST(TraceOfACall, KeepsTheClientsDecisionNotToRecord) {
    Call call;
    call.task.value = "t_1";
    call.request.trace = kClients;
    call.request.trace.back() = '0';
    EXPECT_TRUE(traceparent_for(call, {.is_on = true})->ends_with("-00"));
}

}  // namespace
}  // namespace meshai::agents
