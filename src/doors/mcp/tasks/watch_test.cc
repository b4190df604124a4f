#include "doors/mcp/tasks/tasks_world_test.h"

namespace meshai::doors::mcp {
namespace {

struct WatchedTasks : testing::Test {
    TasksWorld world{Revision::R2026_07_28};
    Signal bell{world.loop.ex(), world.loop.clock};

    std::vector<json::object> take(TaskWatch& watch) { return world.loop.run(watch.take()); }
    bool has_rung() { return world.loop.run(bell.wait_until(MonoTime::min())) == Wake::Notified; }
};

// K11: "notifications/tasks carries the full DetailedTask".
TEST_F(WatchedTasks, AreToldWholeWhenTheyChange) {
    const auto id = world.submits();
    auto watch = world.watches({id.value}, bell);
    auto first = take(*watch);
    ASSERT_EQ(first.size(), 1U);
    EXPECT_EQ(text_of(first[0], "taskId"), id.value);
    EXPECT_EQ(text_of(first[0], "status"), "working");
    EXPECT_TRUE(take(*watch).empty());
    (void)has_rung();

    world.agent_asks(0, {"name"});
    EXPECT_TRUE(has_rung());
    auto asking = take(*watch);
    ASSERT_EQ(asking.size(), 1U);
    EXPECT_EQ(text_of(asking[0], "status"), "input_required");
    EXPECT_TRUE(asking[0].at("inputRequests").as_object().contains("name"));

    EXPECT_TRUE(world.answers(id, {{"name", TasksWorld::ann()}}));
    world.agent_finishes(0, "Rome");
    auto ended = take(*watch);
    ASSERT_EQ(ended.size(), 1U);
    EXPECT_EQ(text_of(ended[0], "status"), "completed");
    EXPECT_EQ(first_text(ended[0].at("result").as_object()), "Rome");
    EXPECT_TRUE(take(*watch).empty());
}

// K9: the output of a task is no news of it; its status line is.
TEST_F(WatchedTasks, AreNewsOnlyWhereAClientSeesADifference) {
    const auto id = world.submits();
    auto watch = world.watches({id.value}, bell);
    EXPECT_EQ(take(*watch).size(), 1U);
    world.call(0).says("a piece");
    world.loop.settle();
    EXPECT_TRUE(take(*watch).empty());
    world.call(0).reports("writing", 50);
    world.loop.settle();
    auto news = take(*watch);
    ASSERT_EQ(news.size(), 1U);
    EXPECT_EQ(text_of(news[0], "statusMessage"), "writing (50 %)");
}

// L1, K9: what the caller may not see is left out without a word.
TEST_F(WatchedTasks, AreTheCallersOwn) {
    const auto foreign = world.submits(mesh::MeshWorld::request(), {mesh::kAcme, Subject{"bob"}, false});
    const auto mine = world.submits();
    auto watch = world.watches({foreign.value, "t_unknown", "", mine.value}, bell);
    EXPECT_EQ(watch->ids(), std::vector<std::string>{mine.value});
    EXPECT_EQ(take(*watch).size(), 1U);
}

TEST_F(WatchedTasks, HaveABound) {
    EXPECT_TRUE(world.watches(std::vector<std::string>(kWatchedTasksMax, "t_unknown"), bell));
    EXPECT_FALSE(world.watches(std::vector<std::string>(kWatchedTasksMax + 1, "t_unknown"), bell));
}

// K7: "non-declaring client on … listen.taskIds → -32021".
TEST_F(WatchedTasks, NeedTheExtension) {
    const auto id = world.submits();
    world.abilities.tasks_extension = false;
    EXPECT_FALSE(world.watches({id.value}, bell));
}

}  // namespace
}  // namespace meshai::doors::mcp
