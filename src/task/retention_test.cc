#include "task/retention.h"

#include "task/rows.h"
#include "task/world_test.h"

namespace meshai::task {
namespace {

constexpr RetentionRules kADay{.age_max = 24h};

struct Keeper : TaskWorld {
    std::size_t forgets(const RetentionRules& rules) {
        Retention retention(*engine, loop.clock, loop.log, rules);
        return loop.run(retention.forget_tasks()).value();
    }
    std::size_t forgets_keys(const RetentionRules& rules) {
        Retention retention(*engine, loop.clock, loop.log, rules);
        return loop.run(retention.forget_keys()).value();
    }
};

TEST(Retention, AFinishedTaskIsGoneAfterItsTimeAndSaysSo) {
    Keeper world;
    const auto id = world.finished_task("a poem");
    world.loop.passes(23h);
    EXPECT_EQ(world.forgets(kADay), 0U);
    world.loop.passes(1h);
    EXPECT_EQ(world.forgets(kADay), 1U);

    EXPECT_EQ(world.summary_code(world.alice, id), Code::Gone);
    EXPECT_EQ(world.summary_code(world.bob, id), Code::NotFound);
    EXPECT_EQ(world.loop.run(world.log->read(world.tenant, id, Seq{0}, 9)).error().code, Code::Gone);
    EXPECT_EQ(world.loop.run(world.log->read(TenantId{"other"}, id, Seq{0}, 9)).error().code, Code::NotFound);
    EXPECT_TRUE(world.loop.run(world.log->list(world.alice, {}))->empty());
    EXPECT_EQ(world.forgets(kADay), 0U);
}

TEST(Retention, AnUnfinishedTaskStaysHoweverOldItIs) {
    Keeper world;
    const auto id = world.submits("a long poem");
    world.loop.passes(24h * 365);
    EXPECT_EQ(world.forgets({.age_max = 1h, .tasks_max = 0, .bytes_max = 0}), 0U);
    EXPECT_EQ(world.view(id).state, State::Pending);
}

TEST(Retention, TooManyTasksLoseTheOnesThatFinishedFirst) {
    Keeper world;
    const auto early = world.submits("submitted first, finished last");
    std::vector<TaskId> ids;
    for (int i = 0; i < 5; ++i) {
        ids.push_back(world.finished_task("a"));
        world.loop.passes(1s);
    }
    ASSERT_TRUE(world.appends(early, 1, {Completed{}}));
    EXPECT_EQ(world.forgets({.tasks_max = 3}), 3U);
    EXPECT_EQ(world.summary_code(world.alice, ids[2]), Code::Gone);
    EXPECT_EQ(world.view(ids[3]).state, State::Completed);
    EXPECT_EQ(world.view(early).state, State::Completed);
}

TEST(Retention, UnfinishedTasksDoNotCountAgainstTheFinishedOnes) {
    Keeper world;
    for (int i = 0; i < 3; ++i) world.finished_task("a");
    for (int i = 0; i < 10; ++i) world.submits("b");
    EXPECT_EQ(world.forgets({.tasks_max = 3}), 0U);
    EXPECT_EQ(world.forgets({.tasks_max = 2}), 1U);
}

TEST(Retention, AStoreThatIsTooBigShrinksToItsBound) {
    Keeper world;
    for (int i = 0; i < 200; ++i) {
        world.finished_task(std::string(1000, 'x'));
        world.loop.passes(1ms);
    }
    const auto before = world.loop.run(world.engine->usage())->bytes;
    const auto removed = world.forgets({.bytes_max = before / 2});
    EXPECT_GT(removed, 50U);
    EXPECT_LT(removed, 150U);
    EXPECT_LE(world.loop.run(world.engine->usage())->bytes, before / 2);
}

TEST(Retention, OldTasksOfManyTenantsGoTogether) {
    Keeper world;
    for (const auto* name : {"a", "b", "c"}) {
        world.tenant = TenantId{name};
        world.alice.tenant = world.tenant;
        for (int i = 0; i < 70; ++i) world.finished_task("x");
    }
    world.loop.passes(25h);
    EXPECT_EQ(world.forgets(kADay), 210U);
    EXPECT_EQ(world.loop.run(world.engine->usage())->logs, 0U);
}

TEST(Retention, ACrashInTheMiddleOfARemovalIsFinishedByTheNextRound) {
    for (int step = 0; step < 2; ++step) {
        Keeper world;
        const auto id = world.finished_task("a poem");
        world.loop.passes(25h);
        world.disk->fail(store::Fault::Full, 1, step);
        Retention retention(*world.engine, world.loop.clock, world.loop.log, kADay);
        EXPECT_FALSE(world.loop.run(retention.forget_tasks()));
        world.restarts();
        EXPECT_EQ(world.forgets(kADay), 1U);
        EXPECT_EQ(world.summary_code(world.alice, id), Code::Gone);
        EXPECT_EQ(world.loop.run(world.engine->usage())->records, 0U);
    }
}

TEST(Retention, IdempotencyKeysAndTombstonesAreForgottenToo) {
    Keeper world;
    ASSERT_TRUE(world.tries_to_submit("a", "old key", world.alice));
    const auto id = world.finished_task("b");
    world.loop.passes(25h);
    ASSERT_TRUE(world.tries_to_submit("a", "new key", world.alice));
    EXPECT_EQ(world.forgets(kADay), 1U);
    EXPECT_EQ(world.forgets_keys(kADay), 1U);
    EXPECT_FALSE(world.tries_to_submit("a", "new key", world.alice)->is_new);

    world.loop.passes(kADay.tombstones_kept);
    EXPECT_EQ(world.forgets_keys(kADay), 2U);
    EXPECT_EQ(world.summary_code(world.alice, id), Code::NotFound);
}

TEST(Retention, AKeyOfARemovedTaskSaysThatItsTaskIsGone) {
    Keeper world;
    const auto id = world.tries_to_submit("a", "k", world.alice)->id;
    ASSERT_TRUE(world.appends(id, 1, {Completed{}}));
    world.loop.passes(1h);
    EXPECT_EQ(world.forgets({.age_max = 1min}), 1U);
    EXPECT_EQ(world.tries_to_submit("a", "k", world.alice).error().code, Code::Gone);
}

TEST(Retention, RunsByItselfUntilTheScopeIsClosed) {
    Keeper world;
    const auto id = world.finished_task("a poem");
    Retention retention(*world.engine, world.loop.clock, world.loop.log, kADay);
    world.loop.scope.spawn("retention", retention.run());
    world.loop.passes(24h + kRetentionPeriod);
    EXPECT_EQ(world.summary_code(world.alice, id), Code::Gone);
    world.loop.scope.cancel();
    world.loop.settle();
    EXPECT_EQ(world.loop.scope.running(), 0U);
}

}  // namespace
}  // namespace meshai::task
