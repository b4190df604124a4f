#include <gtest/gtest.h>

#include "mesh/conductor/workflow_world_test.h"

namespace meshai::mesh {
namespace {

constexpr auto kAsk = R"({"name":"ask","steps":[
    {"id":"ok","type":"approval","message":"Publish ${input.what}?","timeout":"1h",
     "schema":{"type":"object","properties":{"note":{"type":"string"}}},"on_timeout":"%s","on_reject":"%r"},
    {"id":"then","task":"publish: ${steps.ok.result.approved} by ${steps.ok.result.by}","agent":"writer","after":["ok"]}]})";

std::string ask(std::string_view on_timeout, std::string_view on_reject) {
    std::string text = kAsk;
    text.replace(text.find("%s"), 2, on_timeout);
    text.replace(text.find("%r"), 2, on_reject);
    return text;
}

json::value answer(std::string_view action) {
    return json::object{{"action", action}, {"content", json::object{{"note", "go"}}}};
}

TEST(WorkflowApproval, APersonSaysYesAndTheWorkflowGoesOn) {
    WorkflowWorld world;
    const auto id = world.conducts(ask("fail", "fail"), {{"what", "it"}});
    ASSERT_EQ(world.view(id).state, task::State::InputRequired);
    const auto asked = world.view(id).inquiries.at("ok");
    EXPECT_EQ(to_text(asked.question),
              R"({"method":"elicitation/create","params":{"message":"Publish it?","requestedSchema":)"
              R"({"type":"object","properties":{"note":{"type":"string"}}}}})");
    EXPECT_EQ(asked.expires_at, world.view(id).submitted_at + 1h);
    EXPECT_TRUE(world.answers(id, {{"ok", answer("accept")}}));
    EXPECT_EQ(world.tasks(), (Words{"writer: publish: true by alice"}));
    EXPECT_EQ(world.view(id).steps.at("ok").finished->result.at("content"), answer("accept").at("content"));
}

TEST(WorkflowApproval, NoIsAFailureUnlessTheWorkflowSaysOtherwise) {
    WorkflowWorld world;
    const auto strict = world.conducts(ask("fail", "fail"), {{"what", "it"}});
    EXPECT_TRUE(world.answers(strict, {{"ok", answer("decline")}}));
    EXPECT_EQ(world.failure(strict), "ACCESS_DENIED: Step \"ok\" failed: It was not approved (by alice).");
    const auto mild = world.conducts(ask("fail", "continue"), {{"what", "it"}});
    EXPECT_TRUE(world.answers(mild, {{"ok", answer("cancel")}}));
    EXPECT_EQ(world.tasks(), (Words{"writer: publish: false by alice"}));
}

TEST(WorkflowApproval, WhatNobodyAnswersInTimeHasAStatedOutcome) {
    WorkflowWorld world;
    const auto fails = world.conducts(ask("fail", "fail"), {{"what", "it"}});
    const auto rejects = world.conducts(ask("reject", "continue"), {{"what", "it"}});
    const auto approves = world.conducts(ask("approve", "fail"), {{"what", "it"}});
    world.passes(59min);
    EXPECT_EQ(world.view(approves).state, task::State::InputRequired);
    world.passes(1min);
    EXPECT_EQ(world.failure(fails), "TIMEOUT: Step \"ok\" failed: Nobody answered in time.");
    auto asked = world.tasks();
    std::ranges::sort(asked);
    EXPECT_EQ(asked, (Words{"writer: publish: false by expired", "writer: publish: true by expired"}));
    EXPECT_EQ(world.view(rejects).state, task::State::Executing);
}

TEST(WorkflowApproval, TheQuestionOutlivesARestartAndKeepsItsTime) {
    WorkflowWorld world;
    const auto id = world.conducts(ask("fail", "fail"), {{"what", "it"}});
    world.passes(30min);
    world.crashes();
    EXPECT_EQ(world.view(id).state, task::State::InputRequired);
    EXPECT_EQ(world.view(id).inquiries.at("ok").expires_at, world.view(id).submitted_at + 1h);
    EXPECT_TRUE(world.answers(id, {{"ok", answer("accept")}}));
    world.crashes();
    world.crashes();
    EXPECT_EQ(world.view(id).steps.at("ok").finished->status, "completed");
    EXPECT_EQ(world.view(id).inquiries.at("ok").answered_by, kAlice.subject);
}

TEST(WorkflowApproval, ACalledWorkflowAsksThroughItsCaller) {
    WorkflowWorld world;
    world.has_workflow(R"({"name":"inner","steps":[{"id":"ok","type":"approval","message":"Go on?"}]})");
    const auto id =
        world.conducts(R"({"name":"outer","steps":[{"id":"call","type":"workflow","workflow":"inner"}]})");
    ASSERT_TRUE(world.view(id).inquiries.contains("call/ok")) << world.story(id);
    EXPECT_TRUE(world.answers(id, {{"call/ok", answer("accept")}}));
    EXPECT_EQ(world.view(id).completed->result.at("by"), json::value("alice"));
}

TEST(WorkflowApproval, AQuestionGoesWithTheStepsThatFailed) {
    WorkflowWorld world;
    const auto id = world.conducts(R"({"name":"both","steps":[
        {"id":"both","type":"parallel","on_error":"continue","steps":[
            {"id":"ok","type":"approval","message":"Go on?"},{"id":"bad","task":"bad","agent":"writer"}]},
        {"id":"then","task":"then","agent":"critic","after":["both"]}]})");
    world.asked("bad").fails(failure(Code::AgentFailed, true, false));
    world.loop.settle();
    EXPECT_FALSE(task::has_open(world.view(id).inquiries));
    EXPECT_EQ(world.view(id).inquiries.at("both/ok").answered_by, Subject{"withdrawn"});
    EXPECT_EQ(world.steps(id),
              (Words{"both failed", "both/bad failed", "both/ok cancelled", "then running"}));
}

}  // namespace
}  // namespace meshai::mesh
