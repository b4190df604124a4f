#include <gtest/gtest.h>

#include "mesh/conductor/workflow_world_test.h"

namespace meshai::mesh {
namespace {

agents::Failure broken() {
    return failure(Code::AgentFailed, true, false);
}

TEST(WorkflowFailure, AStepThatFailsEndsTheWorkflowAndCancelsTheOthers) {
    WorkflowWorld world;
    const auto id = world.conducts(R"({"name":"two","steps":[
        {"id":"good","task":"good","agent":"writer"},{"id":"bad","task":"bad","agent":"critic"},
        {"id":"slow","task":"slow","agent":"editor"}]})");
    world.asked("good").finishes("G");
    world.loop.settle();
    world.asked("bad").fails(broken());
    world.loop.settle();
    EXPECT_EQ(world.failure(id), "TASK_EXECUTION_FAILED: Step \"bad\" failed: It went wrong.");
    EXPECT_TRUE(world.asked("slow").was_cancelled);
    EXPECT_EQ(world.steps(id), (Words{"bad failed", "good completed", "slow cancelled"}));
    EXPECT_EQ(to_text(world.view(id).failed->partial), R"({"good":"G"})");
    EXPECT_TRUE(world.loop.run(world.server().log.unfinished())->empty());
}

TEST(WorkflowFailure, AStepIsTriedAgainAsAnotherTaskAfterAWhile) {
    WorkflowWorld world;
    const auto id = world.conducts(R"({"name":"again","steps":[
        {"id":"try","task":"try","agent":"writer","retry":{"attempts":2,"backoff":"10s"}}]})");
    world.call(0).fails(broken());
    world.passes(4s);
    EXPECT_EQ(world.agents.calls.size(), 1U);
    world.passes(6s);
    ASSERT_EQ(world.agents.calls.size(), 2U);
    EXPECT_NE(world.call(1).call.task, world.call(0).call.task);
    EXPECT_EQ(world.steps(id), (Words{"try running #2"}));
    world.call(1).fails(broken());
    world.passes(20s);
    world.call(2).finishes("at last");
    world.loop.settle();
    EXPECT_EQ(world.result(id), R"("at last")");
    EXPECT_EQ(world.steps(id), (Words{"try completed #3"}));
}

TEST(WorkflowFailure, WhatCannotGetBetterIsNotTriedAgain) {
    WorkflowWorld world;
    const auto id = world.conducts(R"({"name":"again","steps":[
        {"id":"try","task":"try","agent":"writer","retry":{"attempts":2}}]})");
    world.call(0).fails(failure(Code::InvalidArgument, true, false));
    world.passes(1min);
    EXPECT_EQ(world.failure(id), "VALIDATION_FAILED: Step \"try\" failed: It went wrong.");
    EXPECT_EQ(world.agents.calls.size(), 1U);
}

TEST(WorkflowFailure, AnAnswerThatIsNoJsonIsAskedForAgain) {
    WorkflowWorld world;
    const auto id = world.conducts(R"({"name":"again","steps":[
        {"id":"try","task":"try","agent":"writer","output":"json","retry":{"attempts":1,"backoff":"1s"}}]})");
    world.call(0).finishes("I would rather not.");
    world.passes(1s);
    world.call(1).finishes("Here: {\"a\": 1}");
    world.loop.settle();
    EXPECT_EQ(world.result(id), R"({"a":1})");
}

TEST(WorkflowFailure, AnotherAgentTakesOver) {
    WorkflowWorld world;
    const auto id = world.conducts(R"({"name":"other","steps":[
        {"id":"try","task":"try","agent":"writer","retry":{"attempts":1,"backoff":"1s"},"on_error":{"fallback":"critic"}}]})");
    world.call(0).fails(broken());
    world.passes(1s);
    world.call(1).fails(broken());
    world.loop.settle();
    EXPECT_EQ(world.tasks(), (Words{"writer: try", "writer: try", "critic: try"}));
    world.call(2).finishes("saved");
    world.loop.settle();
    EXPECT_EQ(world.result(id), R"("saved")");
    EXPECT_EQ(world.steps(id), (Words{"try completed #3"}));
}

TEST(WorkflowFailure, AStepMayFailWithoutTheOthers) {
    WorkflowWorld world;
    const auto id = world.conducts(R"({"name":"on","steps":[
        {"id":"try","task":"try","agent":"writer","on_error":"continue"},
        {"id":"then","task":"${steps.try.status}: ${steps.try.result || 'none'}","agent":"critic","after":["try"]}]})");
    world.call(0).fails(broken());
    world.loop.settle();
    world.asked("failed: none").finishes("ok");
    world.loop.settle();
    EXPECT_EQ(world.result(id), R"("ok")");
    EXPECT_EQ(world.lines(id)[0], "50% Step \"try\" failed, and the others go on (1 of 2)");
}

TEST(WorkflowFailure, AStepHasItsTime) {
    WorkflowWorld world;
    const auto child =
        world.conducts(R"({"name":"time","steps":[{"id":"a","task":"a","agent":"writer","timeout":"1m"}]})");
    const auto group =
        world.conducts(R"({"name":"time","steps":[{"id":"both","type":"parallel","timeout":"2m",
        "steps":[{"id":"b","task":"b","agent":"writer"},{"id":"c","type":"wait","for":"1h"}]}]})");
    world.passes(1min);
    EXPECT_TRUE(world.failure(child).starts_with("TIMEOUT: Step \"a\" failed: ")) << world.failure(child);
    world.passes(1min);
    EXPECT_EQ(world.failure(group), "TIMEOUT: Step \"both\" failed: It did not end in its time.");
    EXPECT_TRUE(world.asked("b").was_cancelled);
    EXPECT_EQ(world.steps(group), (Words{"both failed", "both/b cancelled", "both/c cancelled"}));
}

TEST(WorkflowFailure, AGroupThatIsTriedAgainKeepsWhatWasDone) {
    WorkflowWorld world;
    const auto id = world.conducts(R"({"name":"again","steps":[
        {"id":"both","type":"parallel","retry":{"attempts":1,"backoff":"1s"},"steps":[
            {"id":"good","task":"good","agent":"writer"},{"id":"bad","task":"bad","agent":"critic"}]}]})");
    world.asked("good").finishes("G");
    world.loop.settle();
    world.asked("bad").fails(broken());
    world.passes(1s);
    EXPECT_EQ(world.tasks(), (Words{"writer: good", "critic: bad", "critic: bad"}));
    world.crashes();
    world.asked("bad").finishes("B");
    world.loop.settle();
    EXPECT_EQ(world.result(id), R"({"good":"G","bad":"B"})");
    EXPECT_EQ(world.steps(id), (Words{"both completed #2", "both/bad completed #2", "both/good completed"}));
}

TEST(WorkflowFailure, ACancelledWorkflowCancelsItsChildren) {
    WorkflowWorld world;
    world.has_workflow(R"({"name":"inner","steps":[{"id":"say","task":"say","agent":"writer"}]})");
    const auto id = world.conducts(R"({"name":"outer","steps":[
        {"id":"call","type":"workflow","workflow":"inner"},{"id":"slow","task":"slow","agent":"critic"}]})");
    EXPECT_TRUE(world.cancels(id));
    EXPECT_TRUE(world.asked("say").was_cancelled);
    EXPECT_TRUE(world.asked("slow").was_cancelled);
    EXPECT_TRUE(world.view(id).cancelled);
    EXPECT_TRUE(world.loop.run(world.server().log.unfinished())->empty());
}

TEST(WorkflowFailure, TheTimeOfAWorkflowIsThatOfItsSteps) {
    WorkflowWorld world;
    const auto id =
        world.conducts(R"({"name":"time","timeout":"1m","steps":[{"id":"a","task":"a","agent":"writer"}]})");
    world.passes(1min);
    EXPECT_EQ(world.view(id).failed->code, Code::Timeout);
    EXPECT_TRUE(world.call(0).is_over);
    EXPECT_TRUE(world.loop.run(world.server().log.unfinished())->empty());
}

TEST(WorkflowFailure, AServerThatStopsCancelsNothing) {
    WorkflowWorld world;
    const auto id = world.conducts(R"({"name":"on","steps":[{"id":"a","task":"a","agent":"writer"},
        {"id":"b","task":"b ${steps.a.result}","agent":"writer","after":["a"]}]})");
    world.ends();
    world.opens();
    EXPECT_EQ(world.view(id).state, task::State::Executing);
    world.asked("a").finishes("A");
    world.loop.settle();
    world.ends();
    world.opens();
    world.asked("b A").finishes("B");
    world.loop.settle();
    EXPECT_EQ(world.result(id), R"("B")");
}

TEST(WorkflowFailure, WhatCannotRunIsRefusedWithEveryPlaceNamed) {
    WorkflowWorld world;
    const auto refused = world.tries_to_submit(MeshWorld::workflow_request(R"({"name":"bad","steps":[
        {"id":"a","task":"${steps.b.result}","agent":"nobody"},
        {"id":"call","type":"workflow","workflow":"none"}]})"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::InvalidArgument);
    for (const auto* words : {"steps[0].task", "steps[0].agent", "nobody", "steps[1].workflow", "none"})
        EXPECT_NE(refused.error().message.find(words), std::string::npos) << refused.error().message;
    const auto input = world.tries_to_submit(MeshWorld::workflow_request(
        R"({"name":"bad","input_schema":{"type":"object","required":["topic"]},"steps":[{"id":"a","task":"a"}]})"));
    ASSERT_FALSE(input);
    EXPECT_NE(input.error().message.find("topic"), std::string::npos) << input.error().message;
}

}  // namespace
}  // namespace meshai::mesh
