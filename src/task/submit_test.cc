#include "task/rows.h"
#include "task/world_test.h"

namespace meshai::task {
namespace {

TEST(IdempotencyKey, TheSameKeyIsTheSameTask) {
    TaskWorld world;
    const auto first = world.tries_to_submit("a poem", "k1", world.alice);
    world.loop.passes(1h);
    world.restarts();
    const auto again = world.tries_to_submit("a poem", "k1", world.alice);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->id, first->id);
    EXPECT_FALSE(again->is_new);
    EXPECT_EQ(again->submitted.id, first->submitted.id);
    EXPECT_EQ(encode(again->submitted.body), encode(first->submitted.body));
}

TEST(IdempotencyKey, AnotherRequestOrAnotherSubjectIsAConflict) {
    TaskWorld world;
    ASSERT_TRUE(world.tries_to_submit("a poem", "k1", world.alice));
    EXPECT_EQ(world.tries_to_submit("a novel", "k1", world.alice).error().code, Code::Conflict);
    EXPECT_EQ(world.tries_to_submit("a poem", "k1", world.bob).error().code, Code::Conflict);
    EXPECT_TRUE(world.tries_to_submit("a novel", "k2", world.alice));
}

TEST(IdempotencyKey, BelongsToItsTenant) {
    TaskWorld world;
    const auto mine = world.tries_to_submit("a poem", "k1", world.alice);
    const auto theirs =
        world.tries_to_submit("a poem", "k1", {TenantId{"other"}, world.alice.subject, false});
    ASSERT_TRUE(theirs);
    EXPECT_NE(mine->id, theirs->id);
}

TEST(IdempotencyKey, StandsForADayAndThenMakesANewTask) {
    TaskWorld world;
    const auto first = world.tries_to_submit("a poem", "k1", world.alice);
    world.loop.passes(24h - 1s);
    EXPECT_EQ(world.tries_to_submit("a poem", "k1", world.alice)->id, first->id);
    world.loop.passes(1s);
    const auto next_day = world.tries_to_submit("another", "k1", world.alice);
    ASSERT_TRUE(next_day);
    EXPECT_TRUE(next_day->is_new);
    EXPECT_EQ(world.tries_to_submit("another", "k1", world.alice)->id, next_day->id);
}

TEST(IdempotencyKey, HasOneTo256Bytes) {
    TaskWorld world;
    EXPECT_EQ(world.tries_to_submit("a", "", world.alice).error().code, Code::InvalidArgument);
    EXPECT_EQ(world.tries_to_submit("a", std::string(257, 'k'), world.alice).error().code,
              Code::InvalidArgument);
    EXPECT_TRUE(world.tries_to_submit("a", std::string(256, '\xFF'), world.alice));
    EXPECT_TRUE(world.tries_to_submit("a", "t_0123456789abcdefghjkmnpqrs", world.alice));
}

TEST(IdempotencyKey, TheOrderOfMembersDoesNotMatterAnyValueDoes) {
    auto one = TaskWorld::request("x");
    one.context = {{"a", 1}, {"b", {{"c", 2}, {"d", 3}}}};
    auto other = TaskWorld::request("x");
    other.context = {{"b", {{"d", 3}, {"c", 2}}}, {"a", 1}};
    EXPECT_EQ(request_digest(one), request_digest(other));
    other.context["a"] = "1";
    EXPECT_NE(request_digest(one), request_digest(other));
}

TEST(IdempotencyKey, AnotherTraceOrNumberMakesNoOtherRequest) {
    auto one = TaskWorld::request("x");
    auto other = one;
    other.trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    other.correlation_id = "2";
    EXPECT_EQ(request_digest(one), request_digest(other));
}

Async<void> submit_into(TaskLog& log, Caller who, Request request, WallTime deadline,
                        std::vector<Submission>& got) {
    auto submission = co_await log.submit(who, std::move(request), deadline, "the key");
    EXPECT_TRUE(submission) << submission.error().message;
    if (submission) got.push_back(std::move(*submission));
}

TEST(IdempotencyKey, AHundredParallelSubmitsAreOneTask) {
    TaskWorld world;
    world.disk->set_delay(3ms);
    std::vector<Submission> got;
    for (int i = 0; i < 100; ++i)
        world.loop.scope.spawn("client", submit_into(*world.log, world.alice, TaskWorld::request("a poem"),
                                                     world.loop.clock.wall(), got));
    world.loop.passes(1min);
    ASSERT_EQ(got.size(), 100U);
    int made = 0;
    for (const auto& submission : got) {
        EXPECT_EQ(submission.id, got.front().id);
        made += submission.is_new ? 1 : 0;
    }
    EXPECT_EQ(made, 1);
    EXPECT_EQ(world.loop.run(world.log->unfinished())->size(), 1U);
}

struct Trouble {
    std::string name;
    store::Fault fault;
};
class AnUnknownOutcome : public testing::TestWithParam<Trouble> {};

TEST_P(AnUnknownOutcome, MakesNeitherTwoTasksNorNone) {
    TaskWorld world;
    world.disk->fail(GetParam().fault, 3);
    const auto submission = world.tries_to_submit("a poem", "k1", world.alice);
    ASSERT_TRUE(submission) << submission.error().message;
    EXPECT_TRUE(submission->is_new);
    EXPECT_EQ(world.loop.run(world.log->unfinished())->size(), 1U);
}

TEST_P(AnUnknownOutcome, MakesNeitherTwoEventsNorNone) {
    TaskWorld world;
    const auto id = world.submits("a poem");
    world.disk->fail(GetParam().fault, 2);
    ASSERT_TRUE(world.appends(id, 1, {Started{}, Output{"roses", 1}}));
    world.disk->fail(GetParam().fault, 2);
    ASSERT_TRUE(world.appends(id, 3, {Completed{"roses", {}, {}, 1}}));
    EXPECT_EQ(kinds(*world.loop.run(world.log->read(world.tenant, id, Seq{0}, 99))),
              (std::vector<std::string>{"submitted", "started", "output", "completed"}));
}

TEST_P(AnUnknownOutcome, ThatNeverEndsIsSaidAfterABoundedTime) {
    TaskWorld world;
    const auto id = world.submits("a poem");
    world.disk->fail(GetParam().fault, 1000);
    const auto outcome = world.appends(id, 1, {Started{}});
    if (GetParam().fault == store::Fault::UnknownHappened)
        EXPECT_TRUE(outcome);
    else
        EXPECT_EQ(outcome.error().code, Code::OutcomeUnknown);
}

INSTANTIATE_TEST_SUITE_P(TaskLog, AnUnknownOutcome,
                         testing::Values(Trouble{"ThatHappened", store::Fault::UnknownHappened},
                                         Trouble{"ThatWasLost", store::Fault::UnknownLost}),
                         [](const auto& one) { return one.param.name; });

TEST(TaskLog, AFullDiskIsSaidAndTheSameAppendWorksLater) {
    TaskWorld world;
    const auto id = world.submits("a poem");
    world.disk->set_full(true);
    EXPECT_EQ(world.appends(id, 1, {Started{}}).error().code, Code::StorageFull);
    EXPECT_EQ(world.tries_to_submit("b", "k", world.alice).error().code, Code::StorageFull);
    EXPECT_EQ(world.view(id).state, State::Pending);
    world.disk->set_full(false);
    EXPECT_TRUE(world.appends(id, 1, {Started{}}));
    EXPECT_TRUE(world.tries_to_submit("b", "k", world.alice)->is_new);
}

}  // namespace
}  // namespace meshai::task
