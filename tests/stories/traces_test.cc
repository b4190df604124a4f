// Stories of a trace that comes with a client, goes through a task, and comes out at its agent and at
// the operator's receiver.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "agents/testing/peer.h"
#include "agents/trace.h"
#include "tests/world/mcp_client.h"
#include "tests/world/stateless_client.h"

namespace meshai::tests {
namespace {

using testing::Contains;
using testing::HasSubstr;

const std::string kTrace = "0af7651916cd43dd8448eb211c80319c";
const std::string kSpan = "b7ad6b7169203331";
const std::string kClients = "00-" + kTrace + "-" + kSpan + "-01";
const wire::trace::Tracing kOn{.is_on = true};

app::Config with_a_receiver() {
    app::Config config;
    config.telemetry.otlp_endpoint = "http://collector.test:4318";
    return config;
}

class Traces : public testing::Test {
  protected:
    Traces() : receiver(world.loop, world.network(), {"collector.test", 4318}) {
        for (int i = 0; i < 8; ++i)
            receiver.replies(agents::answer(200, "application/json", "{}"), agents::Then::Next);
    }
    ~Traces() override {
        // The server ends while its receiver is still there; then that leaves the network.
        world.drains(Duration::zero());
        world.loop.scope.cancel();
        world.loop.settle();
    }

    /// Every span that has come, in the protocol's JSON.
    std::vector<json::object> spans() const {
        std::vector<json::object> all;
        for (std::size_t i = 0; i < receiver.requests().size(); ++i) {
            const auto body = parse_json(receiver.body(i)).value();
            for (const auto& span : body.at_pointer("/resourceSpans/0/scopeSpans/0/spans").as_array())
                all.push_back(span.as_object());
        }
        return all;
    }
    json::object span(const std::string& name) const {
        for (const auto& one : spans())
            if (find_string(one, "name") == name) return one;
        ADD_FAILURE() << "no span is called " << name;
        return {};
    }
    /// What the newest call of the agent is told.
    std::string told() { return *agents::traceparent_for(world.agent().calls().back(), kOn); }

    World world{1, with_a_receiver()};
    agents::FakePeer receiver;
};

TEST_F(Traces, ATraceOfTheHeaderReachesTheAgentAndTheReceiver) {
    auto& stream = world.mesh_execute("Write a poem", {}, {{"traceparent", kClients}});
    world.agent_writes("Roses");
    world.agent_finishes("Roses are red");
    world.passes(1s);
    EXPECT_THAT(take(stream), Contains("result Roses are red"));

    const auto task = span("meshai.task");
    EXPECT_EQ(find_string(task, "traceId"), kTrace);
    EXPECT_EQ(find_string(task, "parentSpanId"), kSpan);
    const auto attempt = span("invoke_agent writer");
    EXPECT_EQ(find_string(attempt, "traceId"), kTrace);
    EXPECT_EQ(find_string(attempt, "parentSpanId"), find_string(task, "spanId"));
    EXPECT_EQ(told(), "00-" + kTrace + "-" + *find_string(attempt, "spanId") + "-01");
}

TEST_F(Traces, ATraceOfMetaReachesTheAgentAndTheReceiver) {  // B9
    StatelessClient client(world);
    auto& called =
        client.request("tools/call",
                       {{"name", "mesh_execute"},
                        {"arguments", {{"task", "Write a poem"}}},
                        {"_meta", {{"traceparent", kClients}}}},
                       {{"traceparent", "00-11111111111111111111111111111111-2222222222222222-01"}});
    world.agent_finishes("a poem");
    world.passes(1s);
    EXPECT_THAT(outcome_of(called), HasSubstr("a poem"));
    EXPECT_EQ(find_string(span("meshai.task"), "traceId"), kTrace) << "_meta goes before the header";
    EXPECT_THAT(told(), HasSubstr(kTrace));
}

TEST_F(Traces, ATraceOfARequestOverRestIsTakenUp) {
    world.post("/api/v1/tasks", {{"input", "Write a poem"}}, {{"traceparent", kClients}});
    world.agent_finishes("a poem");
    world.passes(1s);
    EXPECT_EQ(find_string(span("meshai.task"), "traceId"), kTrace);
}

TEST_F(Traces, TheStreamOfAnotherClientKnowsNothingOfIt) {
    auto& traced = world.mesh_execute("Write a poem", {}, {{"traceparent", kClients}});
    world.agent_finishes("a poem");
    auto& other = world.mesh_execute("Write a poem");
    world.agent_finishes("a poem");
    world.passes(1s);
    EXPECT_EQ(take(traced), take(other));
    EXPECT_THAT(other.bytes(), testing::Not(HasSubstr(kTrace)));
    EXPECT_THAT(traced.bytes(), testing::Not(HasSubstr(kTrace)));

    std::set<std::string> traces;
    for (const auto& one : spans()) traces.insert(find_string(one, "traceId").value_or(""));
    EXPECT_EQ(traces.size(), 2U) << "each task has its own";
    EXPECT_TRUE(traces.contains(kTrace));
}

TEST_F(Traces, ABadTraceparentBeginsATraceOfOurOwn) {
    world.mesh_execute("Write a poem", {}, {{"traceparent", "00-xyz"}});
    world.agent_finishes("a poem");
    world.passes(1s);
    const auto task = span("meshai.task");
    EXPECT_EQ(find_string(task, "traceId").value_or("").size(), 32U);
    EXPECT_FALSE(task.contains("parentSpanId"));
}

TEST_F(Traces, AClientThatAsksAgainWithItsKeyAndAnotherSpanHasTheSameTask) {
    auto other = kClients;
    other.replace(36, 16, "3333333333333333");
    const auto first = world.post("/api/v1/tasks", {{"input", "Write a poem"}},
                                  {{"Idempotency-Key", "k1"}, {"traceparent", kClients}});
    const auto again = world.post("/api/v1/tasks", {{"input", "Write a poem"}},
                                  {{"Idempotency-Key", "k1"}, {"traceparent", other}});
    EXPECT_EQ(again.status, 201) << again.body;
    EXPECT_EQ(again.body, first.body);
}

TEST_F(Traces, AWorkflowAndItsTasksAreOneTrace) {
    const json::value two_steps{
        {"workflow_type", "sequential"},
        {"input", {{"topic", "sea"}}},
        {"payload", {{"steps", json::array{{{"task", "Draft a poem"}}, {{"task", "Revise it"}}}}}}};
    world.post("/api/v1/workflows", two_steps, {{"traceparent", kClients}});
    world.agent_finishes("a draft");
    world.agent_finishes("a poem");
    world.passes(2s);

    std::map<std::string, json::object> by_id;
    for (const auto& one : spans()) {
        EXPECT_EQ(find_string(one, "traceId"), kTrace);
        by_id[find_string(one, "spanId").value_or("")] = one;
    }
    const auto parent_of = [&](const json::object& one) {
        return by_id[find_string(one, "parentSpanId").value_or("")];
    };
    int children = 0;
    for (const auto& one : spans()) {
        if (find_string(one, "name") != "meshai.task") continue;
        if (find_string(one, "parentSpanId") == kSpan) continue;
        const auto step = parent_of(one);
        EXPECT_THAT(find_string(step, "name").value_or(""), testing::StartsWith("agent "));
        const auto run = parent_of(step);
        EXPECT_THAT(find_string(run, "name").value_or(""), testing::StartsWith("invoke_workflow"));
        EXPECT_EQ(find_string(parent_of(run), "parentSpanId"), kSpan);
        ++children;
    }
    EXPECT_EQ(children, 2);
}

TEST_F(Traces, ATaskThatIsCancelledIsTracedToo) {
    auto& stream = world.mesh_execute("Write a poem");
    world.remove("/api/v1/tasks/" + stream.task_id());
    world.passes(1s);
    EXPECT_THAT(to_text(span("meshai.task")), HasSubstr("cancelled"));
}

TEST_F(Traces, AnAttemptBeforeACrashIsInTheTraceOfTheTask) {
    auto& stream = world.mesh_execute("Write a poem", {{"recovery", "rerun"}}, {{"traceparent", kClients}});
    const auto before = told();
    world.crash();
    world.starts();
    world.agent_finishes("a poem");
    world.passes(1s);
    EXPECT_THAT(world.get("/api/v1/tasks/" + stream.task_id()).body, HasSubstr("completed"));
    std::vector<std::string> attempts;
    for (const auto& one : spans())
        if (find_string(one, "name") == "invoke_agent writer")
            attempts.push_back("00-" + kTrace + "-" + find_string(one, "spanId").value_or("") + "-01");
    EXPECT_EQ(attempts, (std::vector<std::string>{before, told()}));
}

TEST_F(Traces, WhatWaitsIsSentWhenTheServerDrains) {
    world.mesh_execute("Write a poem");
    world.agent_finishes("a poem");
    EXPECT_TRUE(spans().empty());
    world.drains(5s);
    EXPECT_FALSE(spans().empty());
    world.starts();
}

}  // namespace
}  // namespace meshai::tests
