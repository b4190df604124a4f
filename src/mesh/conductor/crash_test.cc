#include <gtest/gtest.h>

#include <map>
#include <set>

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

/// A workflow with a client that watches it and answers, and a server that may crash.
struct WorkflowCrash {
    WorkflowWorld world{};
    std::vector<TaskId> accepted{};
    std::vector<TaskId> asked{};  ///< children that agents were called for, in order
    std::set<TaskId> over{};      ///< children that had ended when the server crashed
    TaskId first_draft{};
    bool is_answering = false;

    WorkflowCrash() {
        world.has_workflow(kInner);
        world.agents.on_call = [this](const std::string& name, FakeCall& call) {
            const auto& task = call.call.task;
            EXPECT_FALSE(over.contains(task)) << "what had ended was run again";
            asked.push_back(task);
            const auto text = std::string(call.call.request.input.get_string());
            if (text == "draft" && first_draft.empty()) first_draft = task;
            if (task == first_draft)
                call.fails(failure(Code::AgentFailed, true, false));
            else
                call.finishes(json::string(text + " by " + name));
        };
    }

    static Async<void> submit(MeshWorld& at, std::vector<TaskId>& into) {
        auto request = MeshWorld::workflow_request(kOuter, {{"files", {"a", "b", "c"}}, {"never", false}});
        auto done = co_await at.executor().submit(kAlice, std::move(request), "once");
        if (done) into.push_back(done->id);
    }

    static Async<void> answer(MeshWorld& at, TaskId id, bool& is_answering) {
        const json::value yes = json::object{{"action", "accept"}, {"content", json::object()}};
        (void)co_await at.executor().answer(kAlice, id, {{"ok", yes}});
        is_answering = false;
    }

    /// The client looks once, and answers what it is asked.
    void look() {
        if (accepted.empty() || is_answering || !task::has_open(world.view(accepted.front()).inquiries))
            return;
        is_answering = true;
        world.loop.scope.spawn("answer", answer(world, accepted.front(), is_answering));
    }

    bool crashes_after(std::uint64_t commits) {
        world.disk->set_delay(1ms);
        world.loop.scope.spawn("submit", submit(world, accepted));
        std::uint64_t seen = 0;
        for (int step = 0; step < 1'500; ++step) {
            if (world.disk->commits() >= commits) {
                crash();
                return true;
            }
            world.passes(200us);
            if (std::exchange(seen, world.disk->commits()) != seen) look();
        }
        return false;
    }

    void crash() {
        world.disk->pull_plug();
        world.ends();
        is_answering = false;
        world.disk->set_delay(0s);
        // Nothing runs yet: what is on the disk is what had ended.
        NoNetwork network(world.loop);
        MeshServer reader(world.loop, world.disk, network.tools(), world.agents, {}, {});
        for (const auto& id : asked) {
            const auto view = world.loop.run(reader.log.view(kAcme, id));
            if (view && task::is_final(view->state)) over.insert(id);
        }
        world.loop.run(reader.executor->drain(Duration::zero()));
        world.opens();
    }

    void goes_on() {
        std::uint64_t seen = 0;
        for (int step = 0; step < 100; ++step) {
            world.passes(1ms);
            if (std::exchange(seen, world.disk->commits()) != seen) look();
        }
        world.passes(1min);
    }
};

void check(WorkflowCrash& story, const TaskId& id) {
    auto& world = story.world;
    EXPECT_EQ(world.result(id), R"({"last":"last say draft by writer by critic by editor","never":null})");
    EXPECT_EQ(world.steps(id),
              (Words{"both completed", "both/last completed", "both/never skipped", "call completed",
                     "call/say completed", "draft completed #2", "each completed", "each/read[0] completed",
                     "each/read[1] completed", "each/read[2] completed", "ok completed", "pause completed"}));
    int endings = 0;
    double percent = 0;
    std::map<std::string, std::set<TaskId>> children;
    std::map<std::string, int> finishes;
    for (const auto& event : world.events(id)) {
        endings += task::is_last(event.body) ? 1 : 0;
        if (const auto* progress = std::get_if<task::Progress>(&event.body)) {
            EXPECT_GE(progress->percent.value_or(percent), percent);
            percent = progress->percent.value_or(percent);
        }
        if (const auto* started = std::get_if<task::StepStarted>(&event.body);
            started && !started->child.empty())
            children[started->step].insert(started->child);
        if (const auto* step = std::get_if<task::StepFinished>(&event.body)) ++finishes[step->step];
    }
    EXPECT_EQ(endings, 1);
    EXPECT_EQ(percent, 100);
    for (const auto& [step, ids] : children) EXPECT_EQ(ids.size(), step == "draft" ? 2U : 1U) << step;
    for (const auto& [step, times] : finishes) EXPECT_EQ(times, step == "draft" ? 2 : 1) << step;
    EXPECT_LE(static_cast<std::int64_t>(story.asked.size()), kCallsMax);
}

TEST(WorkflowCrashes, WhereverTheServerCrashesTheWorkflowGoesOnWhereItWas) {
    bool crashed = true;
    std::uint64_t commits = 0;
    for (; crashed && commits < 200; ++commits) {
        SCOPED_TRACE(fmt::format("crash after {} commits", commits));
        WorkflowCrash story;
        crashed = story.crashes_after(commits);
        story.goes_on();
        const auto open = story.world.loop.run(story.world.server().log.unfinished());
        ASSERT_TRUE(open);
        if (story.accepted.empty()) continue;
        EXPECT_TRUE(open->empty());
        check(story, story.accepted.front());
        if (testing::Test::HasFailure()) break;
        story.world.disk->set_delay(0s);
    }
    EXPECT_GT(commits, 20U) << "the story has many moments at which to crash";
    EXPECT_FALSE(crashed) << "and all of them were tried";
}

}  // namespace
}  // namespace meshai::mesh
