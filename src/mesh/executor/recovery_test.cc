#include "mesh/executor/recovery.h"

#include <gtest/gtest.h>

#include "mesh/testing/mesh_world.h"

namespace meshai::mesh {
namespace {

TEST(Recovery, ATaskThatWaitedRunsAfterTheRestart) {
    ExecutorLimits limits;
    limits.running_tasks = 1;
    MeshWorld world(limits);
    world.has_agent("charger", false);
    world.opens();
    world.submits();
    const auto id = world.submits("second");
    world.crashes();
    // The first was running on an agent that must not be called twice; the second never began.
    ASSERT_EQ(world.agents.calls.size(), 2U);
    EXPECT_EQ(world.call(1).call.task, id);
    world.call(1).finishes("done");
    world.loop.settle();
    EXPECT_EQ(world.story(id), "submitted routed started completed");
    EXPECT_EQ(world.view(id).attempt, 1);
}

TEST(Recovery, AnIdempotentAgentIsAskedAgainAndTheLogSaysWhy) {
    MeshWorld world;
    world.has_agent("writer", true);
    world.opens();
    const auto id = world.submits();
    world.call(0).says("half a ");
    world.loop.settle();
    world.crashes();
    EXPECT_EQ(world.story(id), "submitted routed started output routed started");
    const auto events = world.events(id);
    const auto* again = std::get_if<task::Started>(&events.back().body);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->attempt, 2);
    EXPECT_EQ(again->reason, "server restarted");
    world.call(1).finishes("whole");
    world.loop.settle();
    EXPECT_EQ(world.view(id).completed->attempt, 2);
}

TEST(Recovery, AnAgentThatIsNotIdempotentIsNotAskedAgainInSilence) {
    MeshWorld world;
    world.has_agent("charger", false);
    world.opens();
    const auto id = world.submits();
    world.crashes();
    EXPECT_EQ(world.agents.calls.size(), 1U);
    EXPECT_EQ(world.view(id).failed->code, Code::Interrupted);
    EXPECT_EQ(
        world.view(id).failed->message,
        "The server was restarted while agent \"charger\" was running the task; it may not be run again "
        "because that agent is not idempotent.");
}

struct PolicyCase {
    std::string_view name;
    task::Recovery policy;
    std::optional<bool> is_idempotent;
    int attempt;
    std::optional<Code> ending;
};

class Policy : public testing::TestWithParam<PolicyCase> {};

TEST_P(Policy, Decides) {
    const auto& one = GetParam();
    Remains remains;
    remains.policy = one.policy;
    remains.attempt = one.attempt;
    remains.deadline = WallTime{Millis{1000}};
    const auto ending = decide(remains, one.is_idempotent, WallTime{Millis{999}});
    ASSERT_EQ(ending.has_value(), one.ending.has_value());
    if (ending) EXPECT_EQ(std::get<task::Failed>(*ending).code, *one.ending);
    const auto late = decide(remains, one.is_idempotent, WallTime{Millis{1000}});
    ASSERT_TRUE(late);
    EXPECT_EQ(std::get<task::Failed>(*late).code, Code::Timeout);
}

constexpr PolicyCase kPolicies[] = {
    {"NeverStarted", task::Recovery::Fail, false, 0, std::nullopt},
    {"RerunWhateverTheAgent", task::Recovery::Rerun, false, 1, std::nullopt},
    {"FailWhateverTheAgent", task::Recovery::Fail, true, 1, Code::Interrupted},
    {"AutoIdempotent", task::Recovery::Auto, true, 1, std::nullopt},
    {"AutoNotIdempotent", task::Recovery::Auto, false, 1, Code::Interrupted},
    {"AutoUnknownAgent", task::Recovery::Auto, std::nullopt, 1, Code::Interrupted},
    {"TooOften", task::Recovery::Rerun, true, kAttemptsMax, Code::Interrupted},
};

INSTANTIATE_TEST_SUITE_P(Policies, Policy, testing::ValuesIn(kPolicies),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Recovery, TheTimeThatTheServerWasDownCounts) {
    MeshWorld world;
    world.has_agent("writer");
    world.opens();
    auto request = MeshWorld::request();
    request.timeout = 60s;
    const auto late = world.submits(request);
    request.timeout = 100s;
    const auto in_time = world.submits(request);
    world.disk->pull_plug();
    world.ends();
    world.passes(80s);
    world.opens();
    EXPECT_EQ(world.view(late).failed->code, Code::Timeout);
    EXPECT_EQ(world.view(in_time).state, task::State::Executing);
    world.passes(20s);
    EXPECT_EQ(world.view(in_time).failed->code, Code::Timeout);
}

TEST(Recovery, ManyTasksRespectTheRunningLimitAndAllEnd) {
    ExecutorLimits limits;
    limits.running_tasks = 3;
    limits.queued_tasks = 100;
    MeshWorld world(limits);
    world.has_agent("writer");
    world.opens();
    std::vector<TaskId> ids;
    for (int i = 0; i < 60; ++i) ids.push_back(world.submits());
    world.agents.calls.clear();
    world.crashes();
    EXPECT_EQ(world.agents.calls.size(), 3U);
    EXPECT_EQ(world.executor().stats().running, 3U);
    for (std::size_t i = 0; i < world.agents.calls.size(); ++i) {
        world.call(i).finishes("done");
        world.loop.settle();
    }
    EXPECT_EQ(world.agents.calls.size(), 60U);
    for (const auto& id : ids) EXPECT_EQ(world.view(id).state, task::State::Completed);
}

/// One fixed story in which every kind of write happens: two tasks, the second
/// fails over once. Gives the ids of the tasks that were accepted.
struct CrashStory {
    MeshWorld world;
    std::vector<TaskId> accepted{};
    int calls = 0;

    CrashStory() {
        world.has_agent("a-flaky");
        world.has_agent("b-steady");
        world.agents.on_call = [this](const std::string& name, FakeCall& call) {
            call.reports("begun", 10);
            call.says("hello ");
            if (name == "a-flaky" && ++calls % 2 == 0)
                call.fails(failure(Code::AgentUnavailable, true, true));
            else
                call.finishes("done");
        };
        world.opens();
    }

    static Async<void> submit(MeshWorld& at, std::string key, std::vector<TaskId>& into) {
        auto done = co_await at.executor().submit(kAlice, MeshWorld::request(), std::move(key));
        if (done) into.push_back(done->id);
    }

    /// Runs until `commits` units are durable, in steps so small that no second
    /// one slips in, then pulls the plug. False when the story is over before.
    bool crashes_after(std::uint64_t commits) {
        world.disk->set_delay(1ms);
        world.loop.scope.spawn("first", submit(world, "one", accepted));
        world.loop.scope.spawn("second", submit(world, "two", accepted));
        for (int step = 0; step < 400; ++step) {
            if (world.disk->commits() >= commits) {
                world.crashes();
                return true;
            }
            world.passes(100us);
        }
        return false;
    }
};

TEST(Recovery, WhereverTheServerCrashesEveryAcceptedTaskEndsExactlyOnce) {
    bool crashed = true;
    std::uint64_t commits = 0;
    for (; crashed && commits < 100; ++commits) {
        CrashStory story;
        crashed = story.crashes_after(commits);
        story.world.passes(1min);
        // What the client was told it can rely on; what is on the disk must be whole as well.
        auto open = story.world.loop.run(story.world.server().log.unfinished());
        ASSERT_TRUE(open);
        EXPECT_TRUE(open->empty()) << "crash after " << commits << " commits";
        for (const auto& id : story.accepted) {
            const auto events = story.world.events(id);
            ASSERT_FALSE(events.empty());
            int endings = 0;
            for (std::size_t i = 0; i < events.size(); ++i) {
                EXPECT_EQ(events[i].seq.value, i + 1) << "crash after " << commits << " commits";
                endings += task::is_last(events[i].body) ? 1 : 0;
            }
            EXPECT_EQ(endings, 1) << "crash after " << commits << " commits: " << story.world.story(id);
            EXPECT_EQ(story.world.view(id).state, task::State::Completed);
        }
        story.world.disk->set_delay(0s);
    }
    EXPECT_GT(commits, 6U) << "the story has several moments at which to crash";
    EXPECT_FALSE(crashed) << "and all of them were tried";
}

TEST(Recovery, AResubmittedKeyAfterACrashFindsTheSameTask) {
    MeshWorld world;
    world.has_agent("writer");
    world.opens();
    const auto first = world.tries_to_submit(MeshWorld::request(), "key").value();
    world.crashes();
    const auto again = world.tries_to_submit(MeshWorld::request(), "key").value();
    EXPECT_EQ(again.id, first.id);
    EXPECT_FALSE(again.is_new);
    EXPECT_EQ(world.agents.calls.size(), 2U) << "the rerun of recovery and nothing else";
}

}  // namespace
}  // namespace meshai::mesh
