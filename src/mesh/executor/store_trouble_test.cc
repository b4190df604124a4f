#include <gtest/gtest.h>

#include "mesh/testing/mesh_world.h"

namespace meshai::mesh {
namespace {

struct Writer : MeshWorld {
    Writer() {
        has_agent("writer");
        opens();
    }
};

TEST(StoreTrouble, AFullDiskLosesNothingThatWasSaid) {
    Writer world;
    const auto id = world.submits();
    world.disk->set_full(true);
    world.call(0).says("precious");
    world.passes(20s);
    EXPECT_EQ(world.tries_to_submit(MeshWorld::request()).error().code, Code::StorageFull);
    world.disk->set_full(false);
    world.passes(31s);
    world.call(0).finishes("done");
    world.loop.settle();
    EXPECT_EQ(world.view(id).text, "precious");
    EXPECT_EQ(world.view(id).state, task::State::Completed);
}

TEST(StoreTrouble, ADiskThatStaysFullPastTheDeadlineEndsTheTaskWhenThereIsRoom) {
    Writer world;
    auto request = MeshWorld::request();
    request.timeout = 10s;
    const auto id = world.submits(request);
    world.disk->set_full(true);
    world.call(0).says("lost");
    world.passes(1h);
    EXPECT_TRUE(world.call(0).was_cancelled);
    EXPECT_EQ(world.executor().stats().running, 0U) << "its place is free for others";
    world.disk->set_full(false);
    world.passes(31s);
    EXPECT_EQ(world.view(id).failed->code, Code::Timeout);
}

TEST(StoreTrouble, AWriteWithUnknownOutcomeIsNeitherLostNorDoubled) {
    for (const auto fault : {store::Fault::UnknownHappened, store::Fault::UnknownLost}) {
        Writer world;
        const auto id = world.submits();
        world.disk->fail(fault);
        world.call(0).says("once");
        world.passes(5s);
        world.call(0).finishes("done");
        world.passes(5s);
        EXPECT_EQ(world.view(id).text, "once");
        EXPECT_EQ(world.view(id).state, task::State::Completed);
    }
}

TEST(StoreTrouble, AnAgentThatTalksFasterThanTheDiskWritesHasToWait) {
    Writer world;
    world.submits();
    world.disk->set_delay(1s);
    for (int i = 0; i < 2000; ++i) world.call(0).reports("step " + std::to_string(i));
    world.loop.settle();
    EXPECT_LT(world.call(0).said.size(), 600U) << "one batch on its way, one waiting";
    world.passes(60s);
    EXPECT_EQ(world.call(0).said.size(), 2000U);
    world.disk->set_delay(0s);
}

TEST(StoreTrouble, TheAgentHearsOfACancellationEvenWhileTheStoreIsSlow) {
    Writer world;
    const auto id = world.submits();
    world.disk->set_delay(5s);
    world.call(0).says("hello");
    world.loop.settle();
    const auto cancel = [](MeshWorld& at, TaskId task) -> Async<void> {
        (void)co_await at.executor().cancel(kAlice, task, "");
    };
    world.loop.scope.spawn("cancel", cancel(world, id));
    world.passes(1s);
    EXPECT_TRUE(world.call(0).was_cancelled);
    world.passes(20s);
    EXPECT_EQ(world.view(id).state, task::State::Cancelled);
    world.disk->set_delay(0s);
}

TEST(StoreTrouble, CancelRacingCompletionGivesExactlyOneEnding) {
    // The cancellation comes at every moment of the completion's life.
    for (int step = 0; step < 12; ++step) {
        Writer world;
        world.disk->set_delay(10ms);
        const auto id = world.submits();
        world.passes(100ms);
        std::optional<Result<task::Summary>> answer;
        const auto cancel = [](MeshWorld& at, TaskId task,
                               std::optional<Result<task::Summary>>& into) -> Async<void> {
            into = co_await at.executor().cancel(kAlice, task, "");
        };
        if (step % 2 == 0) world.call(0).finishes("done");
        world.passes(Millis(step * 2));
        world.loop.scope.spawn("cancel", cancel(world, id, answer));
        world.passes(Millis(step));
        if (step % 2 == 1) world.call(0).finishes("done");
        world.passes(1s);
        const auto state = world.view(id).state;
        ASSERT_TRUE(answer) << step;
        EXPECT_EQ(answer->has_value(), state == task::State::Cancelled) << step;
        EXPECT_TRUE(task::is_final(state)) << step;
        world.disk->set_delay(0s);
    }
}

}  // namespace
}  // namespace meshai::mesh
