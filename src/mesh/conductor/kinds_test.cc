#include <gtest/gtest.h>

#include "mesh/conductor/stage.h"
#include "mesh/conductor/workflow_world_test.h"

namespace meshai::mesh {
namespace {

TEST(WorkflowKinds, StepsOfAParallelRunAtTheSameTime) {
    WorkflowWorld world;
    const auto id = world.conducts(R"({"name":"both","steps":[
        {"id":"both","type":"parallel","steps":[
            {"id":"left","task":"left","agent":"writer"},{"id":"right","task":"right","agent":"critic"}]},
        {"id":"sum","task":"${steps.both.result.left} and ${steps.both.result.right}","agent":"editor","after":["both"]}]})");
    EXPECT_EQ(world.tasks(), (Words{"writer: left", "critic: right"}));
    world.asked("right").finishes("R");
    world.loop.settle();
    world.asked("left").finishes("L");
    world.loop.settle();
    world.asked("L and R").finishes("sum");
    world.loop.settle();
    EXPECT_EQ(world.result(id), R"("sum")");
    EXPECT_EQ(world.steps(id),
              (Words{"both completed", "both/left completed", "both/right completed", "sum completed"}));
    EXPECT_EQ(world.lines(id),
              (Words{"33% Step \"both/right\" is done (1 of 2)", "66% Step \"both/left\" is done (2 of 2)",
                     "66% Step \"both\" is done (1 of 2)", "100% Step \"sum\" is done (2 of 2)"}));
}

TEST(WorkflowKinds, AMapDoesAsManyItemsAtATimeAsItsWidth) {
    WorkflowWorld world;
    const auto id = world.conducts(R"({"name":"each","steps":[
        {"id":"each","type":"map","over":"input.files","width":2,
         "step":{"id":"read","task":"${index}: ${item}","agents":["writer","critic"]}}]})",
                                   {{"files", {"a", "b", "c"}}});
    // The agents take turns.
    EXPECT_EQ(world.tasks(), (Words{"writer: 0: a", "critic: 1: b"}));
    world.asked("1: b").finishes("B");
    world.loop.settle();
    EXPECT_EQ(world.tasks().size(), 3U);
    world.asked("2: c").finishes("C");
    world.asked("0: a").finishes("A");
    world.loop.settle();
    EXPECT_EQ(world.result(id), R"(["A","B","C"])");
    EXPECT_EQ(world.steps(id), (Words{"each completed", "each/read[0] completed", "each/read[1] completed",
                                      "each/read[2] completed"}));
}

TEST(WorkflowKinds, OneWorkflowHasABoundedNumberOfChildrenAtATime) {
    WorkflowWorld world;
    json::array files;
    for (int i = 0; i < 64; ++i) files.push_back(i);
    std::string maps;
    for (const auto* agent : {"writer", "critic", "editor"})
        maps += fmt::format(R"({}{{"id":"all-{}","type":"map","over":"input.files","width":64,
            "step":{{"id":"one-{}","task":"${{item}}","agent":"{}"}}}})",
                            maps.empty() ? "" : ",", agent, agent, agent);
    const auto id = world.conducts(R"({"name":"many","steps":[)" + maps + "]}", {{"files", files}});
    EXPECT_EQ(world.agents.calls.size(), kStepsAtOnceMax);
    for (std::size_t i = 0; i < world.agents.calls.size(); ++i) {
        world.call(i).finishes("done");
        world.loop.settle();
    }
    EXPECT_EQ(world.agents.calls.size(), 192U);
    EXPECT_TRUE(world.view(id).completed) << world.failure(id);
}

TEST(WorkflowKinds, AnEmptyListIsDoneAtOnceAndNoListIsAFailure) {
    WorkflowWorld world;
    constexpr auto kEach =
        R"({"name":"each","steps":[{"id":"list","task":"list","agent":"writer","output":"json"},
        {"id":"each","type":"map","over":"steps.list.result.files","after":["list"],
         "step":{"id":"read","task":"${item}","agent":"writer"}}]})";
    const auto empty = world.conducts(kEach);
    world.call(0).finishes(R"({"files":[]})");
    world.loop.settle();
    EXPECT_EQ(world.result(empty), "[]");
    const auto none = world.conducts(kEach);
    world.call(1).finishes(R"({"files":"all"})");
    world.loop.settle();
    EXPECT_EQ(world.failure(none),
              "VALIDATION_FAILED: Step \"each\" failed: over: 'steps.list.result.files' gives no list.");
    EXPECT_EQ(world.steps(none), (Words{"each failed", "list completed"}));
}

TEST(WorkflowKinds, AConditionTakesOneOfItsBranches) {
    WorkflowWorld world;
    constexpr auto kEither = R"({"name":"either","steps":[
        {"id":"either","type":"condition","if":"input.long","then":[{"id":"long","task":"long","agent":"writer"}],
         "else":[{"id":"short","task":"short","agent":"critic"}]}]})";
    const auto yes = world.conducts(kEither, {{"long", true}});
    world.asked("long").finishes("L");
    world.loop.settle();
    EXPECT_EQ(world.result(yes), R"("L")");
    const auto no = world.conducts(kEither, {{"long", false}});
    world.asked("short").finishes("S");
    world.loop.settle();
    EXPECT_EQ(world.result(no), R"("S")");
    EXPECT_EQ(world.steps(no), (Words{"either completed", "either/short completed"}));
    EXPECT_EQ(world.view(no).percent, 100);
}

TEST(WorkflowKinds, AStepWhoseConditionIsFalseIsSkippedAndTheNextOneRuns) {
    WorkflowWorld world;
    const auto id = world.conducts(R"({"name":"skip","steps":[
        {"id":"draft","task":"draft","agent":"writer","when":"input.wanted"},
        {"id":"last","task":"${steps.draft.result || 'nothing'}: ${steps.draft.status}","agent":"critic","after":["draft"]}]})");
    world.asked("nothing: skipped").finishes("ok");
    world.loop.settle();
    EXPECT_EQ(world.result(id), R"("ok")");
    EXPECT_EQ(world.steps(id), (Words{"draft skipped", "last completed"}));
}

TEST(WorkflowKinds, AWaitEndsWhenItShallAlsoAfterARestart) {
    WorkflowWorld world;
    const auto id = world.conducts(R"({"name":"later","timeout":"7d","steps":[
        {"id":"pause","type":"wait","for":"2h"},{"id":"then","task":"then","agent":"writer","after":["pause"]}]})");
    world.passes(1h);
    EXPECT_TRUE(world.agents.calls.empty());
    world.crashes();
    world.passes(59min);
    EXPECT_TRUE(world.agents.calls.empty());
    world.passes(1min);
    EXPECT_EQ(world.tasks(), (Words{"writer: then"}));
    world.call(0).finishes("done");
    world.loop.settle();
    EXPECT_EQ(world.result(id), R"("done")");
}

TEST(WorkflowKinds, AWaitUntilATimeGoesByTheWallClock) {
    WorkflowWorld world;
    const auto id =
        world.conducts(R"({"name":"later","steps":[{"id":"pause","type":"wait","until":"input.at"}]})",
                       {{"at", rfc3339(world.loop.clock.wall() + 1h)}});
    world.passes(20min);
    world.loop.clock.step_wall(Millis(30min));
    world.passes(10min);
    EXPECT_TRUE(world.view(id).completed);
}

TEST(WorkflowKinds, AWorkflowCallsAnotherWhoseStepsStandInItsLog) {
    WorkflowWorld world;
    world.has_workflow(R"({"name":"inner","input_schema":{"type":"object","required":["word"]},
        "steps":[{"id":"say","task":"say ${input.word}","agent":"writer"}]})");
    const auto id = world.conducts(R"({"name":"outer","steps":[
        {"id":"call","type":"workflow","workflow":"inner","input":{"word":"${input.word}"}}]})",
                                   {{"word", "hello"}});
    // A running workflow keeps the version that it was submitted with.
    world.workflows.clear();
    world.asked("say hello").reports("half", 50);
    world.loop.settle();
    EXPECT_EQ(world.view(id).steps.at("call/say").started.type, "agent");
    world.asked("say hello").finishes("hello!");
    world.loop.settle();
    EXPECT_EQ(world.result(id), R"("hello!")");
    EXPECT_EQ(world.steps(id), (Words{"call completed", "call/say completed"}));
}

TEST(WorkflowKinds, TheInputOfACalledWorkflowIsCheckedWhenItIsKnown) {
    WorkflowWorld world;
    world.has_workflow(
        R"({"name":"inner","input_schema":{"type":"object","properties":{"word":{"type":"string"}}},
        "steps":[{"id":"say","task":"say ${input.word}","agent":"writer"}]})");
    const auto id = world.conducts(
        R"({"name":"outer","steps":[{"id":"list","task":"list","agent":"writer","output":"list"},
        {"id":"call","type":"workflow","workflow":"inner","input":{"word":"${steps.list.result}"},"after":["list"]}]})");
    world.call(0).finishes(R"(["a"])");
    world.loop.settle();
    EXPECT_TRUE(world.failure(id).starts_with("VALIDATION_FAILED: Step \"call\" failed: "))
        << world.failure(id);
}

TEST(WorkflowKinds, AWrongPathFailsTheStepAndNamesItself) {
    WorkflowWorld world;
    const auto id = world.conducts(R"({"name":"wrong","steps":[
        {"id":"list","task":"list","agent":"writer","output":"json"},
        {"id":"use","task":"${steps.list.result.files[0].name}","agent":"writer","after":["list"]}]})");
    world.call(0).finishes("{}");
    world.loop.settle();
    EXPECT_EQ(
        world.failure(id),
        "VALIDATION_FAILED: Step \"use\" failed: task: 'steps.list.result.files[0].name' gives null, and a "
        "value is needed; `||` gives a default.");
    EXPECT_EQ(world.view(id).failed->details.at("step"), json::value("use"));
    EXPECT_EQ(world.view(id).failed->partial.at("list"), json::value("{}"));
}

struct TogetherCase {
    std::string_view name;
    std::string_view strategy;
    Words asked;  ///< beginnings of the tasks, in order
    std::string result;
};

class Together : public testing::TestWithParam<TogetherCase> {};

TEST_P(Together, AgentsWorkAtOneTask) {
    const auto& one = GetParam();
    WorkflowWorld world;
    world.agents.on_call = [](const std::string& name, FakeCall& call) {
        const auto text = to_text(call.call.request.input);
        const bool splits = text.find("Split") != std::string::npos;
        call.finishes(json::string(splits ? "[\"first part\",\"second part\"]" : "by " + name));
    };
    const auto id =
        world.conducts(fmt::format(R"({{"name":"team","steps":[{{"id":"team","type":"collaboration",
        "strategy":"{}","agents":["writer","critic"],"task":"Explain ${{input.topic}}"}}]}})",
                                   one.strategy),
                       {{"topic", "Rome"}});
    Words asked;
    for (const auto& task : world.tasks()) asked.push_back(task.substr(0, task.find('\n')).substr(0, 40));
    EXPECT_EQ(asked, one.asked);
    EXPECT_EQ(world.result(id), one.result);
}

const TogetherCase kTogether[] = {
    {"Sequential", "sequential", {"writer: Explain Rome", "critic: Explain Rome"}, R"("by critic")"},
    {"Parallel",
     "parallel",
     {"writer: Explain Rome", "critic: Explain Rome"},
     R"({"writer":"by writer","critic":"by critic"})"},
    {"Collaborative",
     "collaborative",
     {"writer: Explain Rome", "critic: Explain Rome", "writer: Several agents have worked on th"},
     R"("by writer")"},
    {"Hierarchical",
     "hierarchical",
     {"writer: Split this task into at most 8 p", "critic: This is one part of a larger tas",
      "critic: This is one part of a larger tas", "writer: You have split a task into parts"},
     R"("by writer")"},
};

INSTANTIATE_TEST_SUITE_P(Strategies, Together, testing::ValuesIn(kTogether),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace meshai::mesh
