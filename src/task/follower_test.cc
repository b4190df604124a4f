#include "task/world_test.h"

namespace meshai::task {
namespace {

struct Reader {
    Reader(TaskWorld& the_world, TaskId id, std::uint64_t after)
        : world(the_world), follower(*world.log, world.loop.ex(), world.tenant, std::move(id), Seq{after}) {}

    Result<std::vector<Event>> takes(Duration patience = 0s, std::size_t max = 256) {
        return world.loop.run(follower.next(world.loop.clock.in(patience), max));
    }

    TaskWorld& world;
    Follower follower;
};

Async<void> collect(Follower& follower, MonoTime deadline, std::vector<std::vector<std::string>>& got) {
    auto events = co_await follower.next(deadline);
    got.push_back(events ? kinds(*events)
                         : std::vector<std::string>{std::string(code_name(events.error().code))});
}

using Takes = std::vector<std::vector<std::string>>;

TEST(Follower, SeesEveryEventOnceInOrderFromAnyStart) {
    TaskWorld world;
    const auto id = world.finished_task("a poem");
    const auto all = world.loop.run(world.log->read(world.tenant, id, Seq{0}, 99)).value();
    for (std::uint64_t start = 0; start < all.size(); ++start)
        for (std::size_t step = 1; step <= all.size(); ++step) {
            Reader reader(world, id, start);
            std::vector<EventId> seen;
            while (auto events = reader.takes(0s, step))
                for (const auto& event : *events) seen.push_back(event.id);
            std::vector<EventId> expected;
            for (auto i = start; i < all.size(); ++i) expected.push_back(all[i].id);
            EXPECT_EQ(seen, expected) << start << " by " << step;
            EXPECT_TRUE(reader.follower.is_finished());
        }
}

TEST(Follower, WaitsForNewsAndComesBackAtItsDeadline) {
    TaskWorld world;
    const auto id = world.submits("a poem");
    Reader reader(world, id, 1);
    Takes got;
    const auto begun = world.loop.clock.now();
    world.loop.scope.spawn("reader", collect(reader.follower, world.loop.clock.in(15s), got));
    world.loop.passes(14s);
    EXPECT_EQ(got, Takes{});
    world.loop.passes(1s);
    EXPECT_EQ(got, Takes{{}});
    EXPECT_EQ(world.loop.clock.now() - begun, 15s);

    world.loop.scope.spawn("reader", collect(reader.follower, world.loop.clock.in(15s), got));
    world.loop.settle();
    ASSERT_TRUE(world.appends(id, 1, {Started{}}));
    EXPECT_EQ(got, (Takes{{}, {"started"}}));
}

TEST(Follower, ARingForEventsThatWereReadAlreadyIsNoReasonToComeBack) {
    TaskWorld world;
    const auto id = world.submits("a poem");
    Reader reader(world, id, 0);
    ASSERT_TRUE(world.appends(id, 1, {Started{}}));  // rings before the first wait
    EXPECT_EQ(reader.takes()->size(), 2U);
    Takes got;
    world.loop.scope.spawn("reader", collect(reader.follower, world.loop.clock.in(15s), got));
    world.loop.passes(14s);
    EXPECT_EQ(got, Takes{});
    world.loop.scope.cancel();  // the reader ends before what it refers to
    world.loop.settle();
}

TEST(Follower, AClientThatLeavesEndsTheWait) {
    TaskWorld world;
    const auto id = world.submits("a poem");
    Reader reader(world, id, 1);
    Takes got;
    world.loop.scope.spawn("reader", collect(reader.follower, kNever, got));
    world.loop.settle();
    reader.follower.signal().notify();
    world.loop.settle();
    EXPECT_EQ(got, Takes{{}});
    // Also when it left while nobody waited.
    reader.follower.signal().notify();
    world.loop.scope.spawn("reader", collect(reader.follower, kNever, got));
    world.loop.settle();
    EXPECT_EQ(got, (Takes{{}, {}}));
}

TEST(Follower, ClosingTheScopeEndsTheWait) {
    TaskWorld world;
    const auto id = world.submits("a poem");
    Reader reader(world, id, 1);
    Takes got;
    world.loop.scope.spawn("reader", collect(reader.follower, kNever, got));
    world.loop.settle();
    world.loop.scope.cancel();
    world.loop.settle();
    EXPECT_EQ(got, Takes{{"CANCELLED"}});
}

TEST(Follower, FindsEventsOfAnotherProcessWithoutARing) {
    TaskWorld world;
    store::MemoryEngine other_engine(world.loop.clock, world.disk);  // rings nobody here
    TaskLog other(other_engine, world.loop.clock, world.loop.random, world.loop.log);
    const auto id = world.submits("a poem");
    Reader reader(world, id, 1);
    Takes got;
    world.loop.scope.spawn("reader", collect(reader.follower, kNever, got));
    world.loop.settle();
    ASSERT_TRUE(world.loop.run(other.append(world.tenant, id, Seq{1}, {Started{}})));
    EXPECT_EQ(got, Takes{});
    world.loop.passes(store::kWatchPoll);
    EXPECT_EQ(got, Takes{{"started"}});
}

TEST(Follower, AReaderAtTheEndHearsThatNothingFollows) {
    TaskWorld world;
    const auto id = world.finished_task("a poem");
    Reader reader(world, id, 3);
    EXPECT_EQ(reader.takes(1h).error().code, Code::AlreadyFinished);
    EXPECT_EQ(reader.takes(1h).error().code, Code::AlreadyFinished);
}

TEST(Follower, AReaderBehindTheEndIsRefused) {
    TaskWorld world;
    const auto id = world.submits("a poem");
    EXPECT_EQ(Reader(world, id, 2).takes(1h).error().code, Code::InvalidArgument);
    EXPECT_EQ(Reader(world, id, UINT64_MAX).takes(1h).error().code, Code::InvalidArgument);
}

TEST(Follower, OfATaskThatNobodyHasIsNotFound) {
    TaskWorld world;
    EXPECT_EQ(Reader(world, TaskId{"t_7"}, 0).takes(1h).error().code, Code::NotFound);
}

}  // namespace
}  // namespace meshai::task
