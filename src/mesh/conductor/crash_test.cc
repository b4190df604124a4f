#include <gtest/gtest.h>

#include "mesh/conductor/workflow_world_test.h"

namespace meshai::mesh {
namespace {

constexpr auto kInner =
    R"({"name":"inner","steps":[{"id":"say","task":"say ${input.word}","agent":"critic"}]})";
constexpr auto kOuter = R"({"name":"outer","budget":{"calls":12},"steps":[
    {"id":"draft","task":"draft","agent":"writer","retry":{"attempts":2,"backoff":"5ms"}},
    {"id":"each","type":"map","over":"input.files","width":2,"after":["draft"],
     "step":{"id":"read","task":"read ${item}","agent":"critic"}},
    {"id":"pause","type":"wait","for":"20ms","after":["draft"]},
    {"id":"ok","type":"approval","message":"Go on?","after":["each","pause"]},
    {"id":"call","type":"workflow","workflow":"inner","input":{"word":"${steps.draft.result}"},"after":["ok"]},
    {"id":"both","type":"parallel","after":["call"],"steps":[
        {"id":"last","task":"last ${steps.call.result}","agent":"editor"},
        {"id":"never","task":"never","agent":"editor","when":"input.never"}]}]})";
constexpr std::int64_t kCallsMax = 12;

/// The workflow, and agents of which the first that drafts fails.
struct WorkflowCrash {
    WatchedWorkflow story{kOuter, {{"files", {"a", "b", "c"}}, {"never", false}}};
    std::vector<TaskId> asked{};  ///< children that agents were called for, in order
    TaskId first_draft{};

    WorkflowCrash() {
        story.world.has_workflow(kInner);
        story.world.agents.on_call = [this](const std::string& name, FakeCall& call) {
            const auto& task = call.call.task;
            EXPECT_FALSE(story.ended.contains(task)) << "what had ended was run again";
            asked.push_back(task);
            const auto text = std::string(call.call.request.input.get_string());
            if (text == "draft" && first_draft.empty()) first_draft = task;
            if (task == first_draft)
                call.fails(failure(Code::AgentFailed, true, false));
            else
                call.finishes(json::string(text + " by " + name));
        };
    }
};

void check(WorkflowCrash& crash) {
    auto& world = crash.story.world;
    const auto& id = crash.story.id;
    EXPECT_EQ(world.result(id), R"({"last":"last say draft by writer by critic by editor","never":null})");
    EXPECT_EQ(world.steps(id),
              (Words{"both completed", "both/last completed", "both/never skipped", "call completed",
                     "call/say completed", "draft completed #2", "each completed", "each/read[0] completed",
                     "each/read[1] completed", "each/read[2] completed", "ok completed", "pause completed"}));
    EXPECT_EQ(world.view(id).percent, 100);
    const auto tree = crash.story.tree();
    EXPECT_EQ(tree.size(), 9U)
        << "the workflow, two drafts, three readings, what is called, what it says, last";
    for (const auto& task : tree) check_log(world.events(task));
    EXPECT_LE(static_cast<std::int64_t>(crash.asked.size()), kCallsMax);
}

TEST(WorkflowCrashes, WhereverTheServerCrashesTheWorkflowGoesOnWhereItWas) {
    bool crashed = true;
    std::uint64_t commits = 0;
    for (; crashed && commits < 200 && !testing::Test::HasFailure(); ++commits) {
        SCOPED_TRACE(fmt::format("crash after {} commits", commits));
        WorkflowCrash crash;
        crashed = crash.story.reaches(commits);
        if (crashed) crash.story.is_killed();
        crash.story.comes_to_rest();
        const auto open = crash.story.world.loop.run(crash.story.world.server().log.unfinished());
        ASSERT_TRUE(open);
        EXPECT_TRUE(open->empty());
        ASSERT_FALSE(crash.story.id.empty());
        check(crash);
    }
    EXPECT_GT(commits, 20U) << "the story has many moments at which to crash";
    EXPECT_FALSE(crashed) << "and all of them were tried";
}

}  // namespace
}  // namespace meshai::mesh
