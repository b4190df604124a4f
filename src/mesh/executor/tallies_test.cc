// What is counted: each ending once, by whoever wrote it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mesh/testing/mesh_world.h"

namespace meshai::mesh {
namespace {

using testing::HasSubstr;

struct Writer : MeshWorld {
    Writer() {
        has_agent("writer");
        opens();
    }
};

TEST(Counting, MetricsTellOutcomes) {
    Writer world;
    const auto id = world.submits();
    world.call(0).finishes("done");
    world.loop.settle();
    ASSERT_EQ(world.view(id).state, task::State::Completed);
    const auto text = world.server().metrics.text();
    EXPECT_THAT(text, HasSubstr("meshai_tasks_total{outcome=\"completed\"} 1"));
    EXPECT_THAT(text, HasSubstr("meshai_agent_calls_total{outcome=\"completed\"} 1"));
    EXPECT_THAT(text, HasSubstr("meshai_tasks_running 0"));
}

TEST(Counting, ATaskThatNoRunHasIsCancelledInItsLogAndCounted) {
    Writer world;
    const auto deadline = world.loop.clock.wall() + 1h;
    const auto task =
        world.loop.run(world.server().log.submit(kAlice, MeshWorld::request(), deadline, {})).value();
    world.passes(20s);
    EXPECT_TRUE(world.cancels(task.id));
    EXPECT_EQ(world.story(task.id), "submitted cancelled");
    EXPECT_EQ(world.executor().stats().cancelled, 1U);
    EXPECT_THAT(world.server().metrics.text(), HasSubstr("meshai_task_duration_seconds_sum 20"));
}

TEST(Counting, ARunThatFindsItsLogClosedCountsNothing) {
    Writer world;
    const auto id = world.submits();
    const auto last = world.view(id).last;
    const task::Cancelled by_another{"alice", "through another server"};
    ASSERT_TRUE(world.loop.run(world.server().log.append(kAcme, id, last, {by_another})));
    world.call(0).finishes("too late");
    world.loop.settle();
    EXPECT_EQ(world.view(id).state, task::State::Cancelled);
    const auto stats = world.executor().stats();
    EXPECT_EQ(stats.completed + stats.failed + stats.cancelled, 0U);
    EXPECT_EQ(stats.running, 0U);
}

}  // namespace
}  // namespace meshai::mesh
