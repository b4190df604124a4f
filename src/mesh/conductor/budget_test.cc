#include <gtest/gtest.h>

#include "mesh/conductor/workflow_world_test.h"

namespace meshai::mesh {
namespace {

/// Agents that answer at once and use as much each time.
void answer_at_once(WorkflowWorld& world, task::Usage usage) {
    world.agents.on_call = [usage](const std::string& name, FakeCall& call) {
        call.ending.emplace(agents::Answer{json::string("by " + name), usage});
    };
}

std::string fan(std::string_view budget) {
    return fmt::format(
        R"({{"name":"fan","budget":{},"steps":[{{"id":"each","type":"map","over":"input.items","width":2,
        "step":{{"id":"one","task":"${{item}}","agent":"writer"}}}}]}})",
        budget);
}

json::object items(int count) {
    json::array all;
    for (int i = 0; i < count; ++i) all.push_back(json::string("item " + std::to_string(i)));
    return {{"items", std::move(all)}};
}

TEST(WorkflowBudget, CallsAreCountedBeforeTheyAreMade) {
    WorkflowWorld world;
    answer_at_once(world, {});
    const auto id = world.conducts(fan(R"({"calls":3})"), items(10));
    EXPECT_EQ(world.agents.calls.size(), 3U);
    const auto failed = world.view(id).failed;
    ASSERT_TRUE(failed) << world.story(id);
    EXPECT_EQ(failed->code, Code::BudgetExhausted);
    EXPECT_NE(failed->message.find("The budget of 3 calls is used up."), std::string::npos)
        << failed->message;
    EXPECT_EQ(failed->details.at("budget_of"), json::value(id.value));
    EXPECT_EQ(failed->partial.size(), 3U) << "what was done is not lost";
}

TEST(WorkflowBudget, TokensAndCostArePassedByTheCallsInFlightAtMost) {
    WorkflowWorld world;
    answer_at_once(world, {60, 40, 0.5});
    const auto tokens = world.conducts(fan(R"({"tokens":250})"), items(10));
    EXPECT_EQ(world.view(tokens).failed->code, Code::BudgetExhausted);
    EXPECT_LE(world.agents.calls.size(), 4U) << "250 tokens are three calls, and one more may be on its way";
    world.agents.calls.clear();
    const auto cost = world.conducts(fan(R"({"cost":1.2})"), items(10));
    EXPECT_EQ(world.view(cost).failed->code, Code::BudgetExhausted);
    EXPECT_LE(world.agents.calls.size(), 4U);
}

constexpr auto kLeaf = R"({"name":"leaf","steps":[{"id":"each","type":"map","over":"input.items","width":3,
    "step":{"id":"one","task":"${item}","agent":"writer"}}]})";
constexpr auto kBranch =
    R"({"name":"branch","steps":[{"id":"each","type":"map","over":"input.items","width":3,
    "step":{"id":"sub","type":"workflow","workflow":"leaf","input":{"items":"${input.items}"}}}]})";

TEST(WorkflowBudget, AThreeLevelFanOutStaysWithinItsCalls) {
    WorkflowWorld world;
    world.has_workflow(kLeaf);
    world.has_workflow(kBranch);
    answer_at_once(world, {});
    const auto id = world.conducts(R"({"name":"root","budget":{"calls":20},"steps":[
        {"id":"each","type":"map","over":"input.items","width":3,
         "step":{"id":"sub","type":"workflow","workflow":"branch","input":{"items":"${input.items}"}}}]})",
                                   items(4));
    EXPECT_EQ(world.agents.calls.size(), 20U);
    EXPECT_EQ(world.view(id).failed->code, Code::BudgetExhausted);
    EXPECT_TRUE(world.loop.run(world.server().log.unfinished())->empty()) << "nothing goes on below it";
}

TEST(WorkflowBudget, DepthIsABound) {
    WorkflowWorld world;
    world.has_workflow(kLeaf);
    world.has_workflow(kBranch);
    answer_at_once(world, {});
    const auto id = world.conducts(R"({"name":"root","budget":{"depth":2},"steps":[
        {"id":"sub","type":"workflow","workflow":"branch","input":{"items":"${input.items}"}}]})",
                                   items(1));
    EXPECT_TRUE(world.agents.calls.empty());
    EXPECT_EQ(world.view(id).failed->code, Code::BudgetExhausted);
}

TEST(WorkflowBudget, ACalledWorkflowThatUsesUpItsOwnBudgetFailsAlone) {
    WorkflowWorld world;
    auto leaf = std::string(kLeaf);
    leaf.insert(1, R"("budget":{"calls":2},)");
    world.has_workflow(leaf);
    answer_at_once(world, {});
    const auto id = world.conducts(R"({"name":"root","budget":{"calls":100},"steps":[
        {"id":"sub","type":"workflow","workflow":"leaf","input":{"items":"${input.items}"},"on_error":"continue"},
        {"id":"then","task":"${steps.sub.status}","agent":"critic","after":["sub"]}]})",
                                   items(5));
    EXPECT_EQ(world.result(id), R"("by critic")");
    EXPECT_EQ(world.tasks().back(), "critic: failed");
}

TEST(WorkflowBudget, TheUsageOfAWorkflowIsThatOfItsSteps) {
    WorkflowWorld world;
    world.has_workflow(kLeaf);
    answer_at_once(world, {10, 5, 0.25});
    const auto id = world.conducts(R"({"name":"root","steps":[
        {"id":"sub","type":"workflow","workflow":"leaf","input":{"items":"${input.items}"}},
        {"id":"then","task":"then","agent":"critic","after":["sub"]}]})",
                                   items(3));
    EXPECT_EQ(world.view(id).completed->usage, (task::Usage{40, 20, 1.0}));
}

}  // namespace
}  // namespace meshai::mesh
