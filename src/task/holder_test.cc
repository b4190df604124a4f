// Which server has a task: a row that comes and goes with the events that make it so.
#include "task/world_test.h"

namespace meshai::task {
namespace {

struct HeldTask : TaskWorld {
    TaskId id =
        loop.run(log->submit(alice, request("hi"), loop.clock.wall() + Millis{60'000}, {}, "a")).value().id;

    std::string holder() {
        const auto held = loop.run(log->holder(tenant, id)).value();
        return held ? held->server + " " + std::to_string(held->attempt) : "nobody";
    }
    Status takes_over(const std::string& server, std::uint64_t last, const Holder& from) {
        return loop.run(log->take_over(tenant, id, Seq{last}, from, server));
    }
    Holder seen() { return loop.run(log->holder(tenant, id)).value().value(); }
};

TEST(Holder, IsThereFromTheSubmissionToTheEnding) {
    HeldTask world;
    EXPECT_EQ(world.holder(), "a 0");
    const Started started{1, AgentId{"a_1"}, "writer", ""};
    ASSERT_TRUE(
        world.loop.run(world.log->append(world.tenant, world.id, Seq{1}, {started}, Holder{"a", 0, 1})));
    EXPECT_EQ(world.holder(), "a 1");
    world.restarts();
    EXPECT_EQ(world.holder(), "a 1");
    ASSERT_TRUE(world.appends(world.id, 2, {Completed{"done", {}, AgentId{"a_1"}, 1}}));
    EXPECT_EQ(world.holder(), "nobody");
}

TEST(Holder, FencesTheBeginningOfAnAttempt) {
    HeldTask world;
    ASSERT_TRUE(world.takes_over("b", 1, world.seen()));
    const Started started{1, AgentId{"a_1"}, "writer", ""};
    const auto late =
        world.loop.run(world.log->append(world.tenant, world.id, Seq{1}, {started}, Holder{"a", 0, 1}));
    EXPECT_EQ(late.error().code, Code::Conflict);
    EXPECT_EQ(world.view(world.id).attempt, 0);
    EXPECT_EQ(world.holder(), "b 0");
}

TEST(Holder, OfATaskThatNoServerAskedForIsNobody) {
    TaskWorld world;
    const auto id = world.submits("hi");
    EXPECT_FALSE(world.loop.run(world.log->holder(world.tenant, id)).value());
}

TEST(Holder, IsFollowedByOneOfThoseThatSawIt) {
    HeldTask world;
    const auto seen = world.seen();
    EXPECT_TRUE(world.takes_over("b", 1, seen));
    EXPECT_EQ(world.takes_over("c", 1, seen).error().code, Code::Conflict);
    EXPECT_EQ(world.holder(), "b 0");
}

TEST(Holder, CannotBeFollowedWhenTheTaskHasGoneOn) {
    HeldTask world;
    const auto seen = world.seen();
    ASSERT_TRUE(world.appends(world.id, 1, {Progress{"alive", {}, "", {}, {}}}));
    EXPECT_EQ(world.takes_over("b", 1, seen).error().code, Code::Conflict);
    EXPECT_TRUE(world.takes_over("b", 2, seen));
    EXPECT_TRUE(world.appends(world.id, 2, {Cancelled{"alice", ""}}));
    EXPECT_EQ(world.takes_over("c", 3, Holder{"b", 0, 0}).error().code, Code::Conflict) << "it has ended";
}

TEST(Holder, IsRightAlthoughTheStoreCouldNotTell) {
    for (const auto fault : {store::Fault::UnknownHappened, store::Fault::UnknownLost}) {
        HeldTask world;
        const auto seen = world.seen();
        world.disk->fail(fault);
        EXPECT_TRUE(world.takes_over("b", 1, seen));
        EXPECT_EQ(world.holder(), "b 0");
    }
}

}  // namespace
}  // namespace meshai::task
