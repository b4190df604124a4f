// Several servers on one store: a task is run by one of them, and by another one only when that is gone.
#include <gtest/gtest.h>

#include "mesh/executor/presence.h"
#include "mesh/testing/mesh_world.h"

namespace meshai::mesh {
namespace {

/// From the first look at a server that says nothing any more until it is taken for gone.
constexpr auto kLong = kPresencePeriod + kGoneAfter;

/// The world's own server is called "main"; another one joins it.
struct TwoServers : MeshWorld {
    explicit TwoServers(ExecutorLimits limits = {}) : MeshWorld(limits) {
        has_agent("writer");
        opens();
    }
    ~TwoServers() {
        for (auto& server : others) loop.run(server->executor->drain(Duration::zero()));
    }

    MeshServer& joins(std::string name) {
        auto& server = *others.emplace_back(another(std::move(name)));
        if (auto done = loop.run(server.executor->recover()); !done)
            throw std::runtime_error(done.error().message);
        loop.settle();
        return server;
    }

    /// A server that stands still: it said once that it is there, and says no more.
    MeshServer& stands_still(std::string name) {
        auto& server = *others.emplace_back(another(name));
        Presence presence(server.engine, loop.clock, std::move(name));
        if (auto done = loop.run(presence.renew()); !done) throw std::runtime_error(done.error().message);
        return server;
    }

    TaskId submits_at(MeshServer& server, std::string_view text = "Write") {
        auto done = loop.run(server.executor->submit(kAlice, request(text), {}));
        loop.settle();
        return done.value().id;
    }

    task::View view_at(MeshServer& server, const TaskId& id) {
        return loop.run(server.log.view(kAcme, id)).value();
    }

    std::vector<std::unique_ptr<MeshServer>> others;
};

TEST(Takeover, NobodyTakesWhatALivingServerHas) {
    TwoServers world;
    const auto running = world.submits();
    auto& other = world.joins("other");
    const auto theirs = world.submits_at(other);
    world.passes(4min);
    ASSERT_EQ(world.agents.calls.size(), 2U);
    world.call(0).finishes("ours");
    world.call(1).finishes("theirs");
    world.loop.settle();
    for (const auto& id : {running, theirs}) {
        EXPECT_EQ(world.view(id).state, task::State::Completed);
        EXPECT_EQ(world.view(id).attempt, 1);
    }
}

TEST(Takeover, WhatAServerLeavesThatIsGoneIsTakenUpAfterAWhile) {
    ExecutorLimits limits;
    limits.running_tasks = 1;
    TwoServers world(limits);
    const auto running = world.submits();
    const auto waiting = world.submits();
    world.disk->pull_plug();  // under the first server alone: the second one comes later
    auto& other = world.joins("other");
    world.passes(kLong - 1s);
    EXPECT_EQ(world.agents.calls.size(), 1U);
    world.passes(1s);
    ASSERT_EQ(world.agents.calls.size(), 2U);
    EXPECT_EQ(world.call(1).call.task, running);
    EXPECT_EQ(world.call(1).call.attempt, 2);
    world.call(1).finishes("after all");
    world.loop.settle();
    ASSERT_EQ(world.agents.calls.size(), 3U);
    world.call(2).finishes("as well");
    world.loop.settle();
    EXPECT_EQ(world.view_at(other, running).completed->attempt, 2);
    EXPECT_EQ(world.view_at(other, waiting).completed->attempt, 1);
}

TEST(Takeover, AServerThatWasOnlySlowFindsItsTasksTakenAndFallsSilent) {
    ExecutorLimits limits;
    limits.running_tasks = 1;
    TwoServers world(limits);
    auto& slow = world.stands_still("slow");
    const auto running = world.submits_at(slow);
    const auto waiting = world.submits_at(slow);
    world.passes(kLong);
    ASSERT_EQ(world.agents.calls.size(), 2U);
    world.call(0).says("a late word");
    world.call(0).finishes("a late result");
    world.loop.settle();
    EXPECT_TRUE(world.call(0).is_over);
    world.call(1).finishes("the result");
    world.loop.settle();
    EXPECT_EQ(world.view(running).completed->result, "the result");
    EXPECT_EQ(world.view(running).completed->attempt, 2);
    // The place that became free at the slow server is no leave to begin what is not its own any more.
    for (std::size_t i = 2; i < world.agents.calls.size(); ++i) world.call(i).finishes("the other result");
    world.loop.settle();
    EXPECT_EQ(world.view(waiting).completed->attempt, 1);
    EXPECT_EQ(world.agents.calls.size(), 3U);
    EXPECT_EQ(slow.executor->stats().running, 0U);
    EXPECT_EQ(slow.executor->stats().completed, 0U);
}

TEST(Takeover, OfSeveralHeirsOneTakesATask) {
    TwoServers world;
    std::vector<TaskId> ids;
    for (int i = 0; i < 10; ++i) ids.push_back(world.submits());
    world.disk->pull_plug();
    auto& first = world.joins("first");
    world.joins("second");
    world.passes(kLong + kPresencePeriod);
    ASSERT_EQ(world.agents.calls.size(), 20U);
    for (std::size_t i = 10; i < 20; ++i) world.call(i).finishes("done");
    world.passes(1s);
    for (const auto& id : ids) {
        EXPECT_EQ(world.view_at(first, id).state, task::State::Completed);
        EXPECT_EQ(world.view_at(first, id).attempt, 2);
    }
}

TEST(Takeover, ACrashAnywhereInItLosesAndDoublesNothing) {
    bool is_over = false;
    std::uint64_t commits = 0;
    for (; !is_over && commits < 60; ++commits) {
        TwoServers world;
        world.agents.on_call = [&world](const std::string&, FakeCall& call) {
            if (world.agents.calls.size() > 2) call.finishes("done");
        };
        const std::vector ids{world.submits(), world.submits()};
        world.disk->pull_plug();
        world.disk->set_delay(1ms);
        const auto before = world.disk->commits();
        world.joins("heir");
        is_over = true;
        for (Duration passed{}; passed < 2 * kLong; passed += 1s) {
            if (world.disk->commits() >= before + commits) {
                is_over = false;
                break;
            }
            // In steps so small that no second commit slips in, where commits happen.
            for (int i = 0; i < 1000 && world.disk->commits() < before + commits; ++i) world.passes(1ms);
        }
        world.disk->pull_plug();
        world.disk->set_delay(0s);
        auto& heir = world.joins("heir");
        world.passes(2 * kLong);
        for (const auto& id : ids) {
            EXPECT_EQ(world.view_at(heir, id).state, task::State::Completed) << "crash after " << commits;
            const auto events = world.loop.run(heir.log.read(kAcme, id, Seq{}, 1000)).value();
            int endings = 0;
            for (std::size_t i = 0; i < events.size(); ++i) {
                EXPECT_EQ(events[i].seq.value, i + 1);
                endings += task::is_last(events[i].body) ? 1 : 0;
            }
            EXPECT_EQ(endings, 1) << "crash after " << commits << " commits";
            EXPECT_FALSE(world.loop.run(heir.log.holder(kAcme, id)).value())
                << "who has finished is held by nobody";
        }
    }
    EXPECT_TRUE(is_over) << "every moment was tried";
    EXPECT_GT(commits, 8U) << "the story has several moments at which to crash";
}

}  // namespace
}  // namespace meshai::mesh
