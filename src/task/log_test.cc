#include "task/log.h"

#include "task/rows.h"
#include "task/world_test.h"

namespace meshai::task {
namespace {

TEST(TaskLog, ASubmittedTaskIsThereWithItsFirstEventAndItsRow) {
    TaskWorld world;
    const auto submission = world.tries_to_submit("a poem", std::nullopt, world.alice);
    ASSERT_TRUE(submission);
    EXPECT_TRUE(submission->is_new);
    EXPECT_TRUE(is_id(submission->id.value, "t_"));
    EXPECT_EQ(submission->submitted.seq, Seq{1});

    const auto view = world.view(submission->id);
    EXPECT_EQ(view.state, State::Pending);
    EXPECT_EQ(view.submitted.request.input, "a poem");
    const auto row = world.loop.run(world.log->summary(world.alice, submission->id));
    ASSERT_TRUE(row);
    EXPECT_EQ(row->state, State::Pending);
    EXPECT_EQ(row->subject, world.alice.subject);
    EXPECT_EQ(row->task_type, "chat");
}

TEST(TaskLog, EventsAreNumberedWithoutGapsAndTheRowFollows) {
    TaskWorld world;
    const auto id = world.submits("a poem");
    ASSERT_TRUE(world.appends(id, 1, {Routed{AgentId{"a_1"}}, Started{1, AgentId{"a_1"}, "writer", ""}}));
    const auto more =
        world.appends(id, 3, {Output{"ro", 1}, Output{"ses", 1}, Completed{"roses", {}, AgentId{"a_1"}, 1}});
    ASSERT_TRUE(more);
    EXPECT_EQ(more->front().seq, Seq{4});
    EXPECT_EQ(world.view(id).text, "roses");
    const auto row = world.loop.run(world.log->summary(world.alice, id));
    ASSERT_TRUE(row);
    EXPECT_EQ(row->state, State::Completed);
    EXPECT_EQ(row->agent, AgentId{"a_1"});
}

TEST(TaskLog, NothingFollowsATerminalEvent) {
    TaskWorld world;
    const auto id = world.finished_task("a poem");
    for (const std::uint64_t after : {2U, 3U, 4U}) {
        const auto late = world.appends(id, after, {Failed{Code::Timeout, "late", {}}});
        ASSERT_FALSE(late);
        EXPECT_EQ(late.error().code, Code::AlreadyFinished);
    }
    world.restarts();
    EXPECT_EQ(world.appends(id, 3, {Output{"x", 1}}).error().code, Code::AlreadyFinished);
    EXPECT_EQ(world.view(id).last, Seq{3});
}

TEST(TaskLog, AWriterThatMissedAnEventIsRefusedAndLearnsWhy) {
    TaskWorld world;
    const auto id = world.submits("a poem");
    ASSERT_TRUE(world.appends(id, 1, {Started{1, AgentId{"a_1"}, "", ""}}));
    EXPECT_EQ(world.appends(id, 1, {Started{2, AgentId{"a_2"}, "", ""}}).error().code, Code::Conflict);
    EXPECT_EQ(world.appends(id, 9, {Output{"x", 1}}).error().code, Code::Conflict);
    EXPECT_EQ(world.view(id).attempt, 1);
}

TEST(TaskLog, AnotherProcessMayWriteInBetween) {
    TaskWorld world;
    TaskLog other(*world.engine, world.loop.clock, world.loop.random, world.loop.log);
    const auto id = world.submits("a poem");
    ASSERT_TRUE(world.appends(id, 1, {Started{1, AgentId{"a_1"}, "", ""}}));
    ASSERT_TRUE(
        world.loop.run(other.append(world.tenant, id, Seq{2}, {Progress{"", 70.0, "", AgentId{}, {}}})));
    ASSERT_TRUE(world.loop.run(other.append(world.tenant, id, Seq{3}, {InputRequired{"k", nullptr}})));
    // This log last heard of event 2 and finds the rest by itself.
    const auto events =
        world.appends(id, 4, {InputGiven{"k", true, {}}, Progress{"", 10.0, "", AgentId{}, {}}});
    ASSERT_TRUE(events) << events.error().message;
    EXPECT_EQ(std::get<Progress>(events->back().body).percent, 70.0);
    // The other still believes that 4 is the newest event.
    EXPECT_EQ(
        world.loop.run(other.append(world.tenant, id, Seq{4}, {Completed{"x", {}, {}, 1}})).error().code,
        Code::Conflict);
    ASSERT_TRUE(world.loop.run(other.append(world.tenant, id, Seq{6}, {Completed{"x", {}, {}, 1}})));
    EXPECT_EQ(world.appends(id, 6, {Completed{"y", {}, {}, 1}}).error().code, Code::AlreadyFinished);
}

TEST(TaskLog, APercentageNeverFallsAndStaysBetweenZeroAndAHundred) {
    TaskWorld world;
    const auto id = world.submits("a poem");
    const auto percent = [](double value) { return Progress{"", value, "", AgentId{}, {}}; };
    ASSERT_TRUE(world.appends(id, 1, {percent(-5), percent(40), percent(30)}));
    world.restarts();
    ASSERT_TRUE(world.appends(id, 4, {percent(20), percent(1e9)}));
    std::vector<double> seen;
    const auto events = world.loop.run(world.log->read(world.tenant, id, Seq{1}, 10));
    ASSERT_TRUE(events);
    for (const auto& event : *events) seen.push_back(*std::get<Progress>(event.body).percent);
    EXPECT_EQ(seen, (std::vector<double>{0, 40, 40, 40, 100}));
}

TEST(TaskLog, TheTimesOfATaskNeverRunBackwards) {
    TaskWorld world;
    const auto id = world.submits("a poem");
    world.loop.clock.step_wall(Millis{-3'600'000});
    const auto events = world.appends(id, 1, {Started{}, Completed{}});
    ASSERT_TRUE(events);
    EXPECT_GE(events->back().at, world.view(id).submitted_at);
}

TEST(TaskLog, ALongPieceOfOutputBecomesSeveralEvents) {
    TaskWorld world;
    const auto id = world.submits("a novel");
    std::string text;
    while (text.size() < 3 * kOutputPieceBytesMax)
        text += "\xE2\x9C\x93";  // three bytes each, must not be cut
    ASSERT_TRUE(world.appends(id, 1, {Started{}}));
    const auto events = world.appends(id, 2, {Output{text, 1}});
    ASSERT_TRUE(events);
    EXPECT_EQ(events->size(), 4U);
    for (const auto& event : *events)
        EXPECT_LE(std::get<Output>(event.body).text.size(), kOutputPieceBytesMax);
    EXPECT_EQ(world.view(id).text, text);
}

TEST(TaskLog, ALongMessageIsCutAndLargeDetailsSaySo) {
    TaskWorld world;
    const auto id = world.submits("a poem");
    std::string message;
    while (message.size() < 2 * kMessageBytesMax) message += "\xE2\x9C\x93";
    const json::object details{{"log", json::string(2 * kDetailsBytesMax, 'x')}};
    const auto events = world.appends(
        id, 1, {Progress{message, 5.0, "", AgentId{}, details}, Failed{Code::AgentFailed, message, details}});
    ASSERT_TRUE(events);
    const auto& progress = std::get<Progress>(events->front().body);
    EXPECT_LE(progress.message.size(), kMessageBytesMax);
    EXPECT_TRUE(is_valid_utf8(progress.message));
    EXPECT_EQ(progress.details.at("truncated"), true);
    const auto& failed = std::get<Failed>(events->back().body);
    EXPECT_LE(failed.message.size(), kMessageBytesMax);
    EXPECT_EQ(failed.details.at("truncated"), true);
}

TEST(TaskLog, AnAttemptThatWritesTooMuchIsToldAndCanStillEnd) {
    TaskWorld world;
    const auto id = world.submits("an encyclopedia");
    ASSERT_TRUE(world.appends(id, 1, {Started{}}));
    std::uint64_t last = 2;
    const std::string volume(4U << 20U, 'x');
    Code refused = Code::Internal;
    for (int i = 0; i < 6 && refused == Code::Internal; ++i) {
        const auto events = world.appends(id, last, {Output{volume, 1}});
        if (events)
            last = events->back().seq.value;
        else
            refused = events.error().code;
    }
    EXPECT_EQ(refused, Code::TooLarge);
    EXPECT_TRUE(world.appends(id, last, {Failed{Code::TooLarge, "too much", {}}}));
}

TEST(TaskLog, WhatNoAppendMayHoldIsRefused) {
    TaskWorld world;
    const auto id = world.submits("a poem");
    EXPECT_EQ(world.appends(id, 1, {}).error().code, Code::InvalidArgument);
    EXPECT_EQ(world.appends(id, 0, {Started{}}).error().code, Code::InvalidArgument);
    EXPECT_EQ(world.appends(id, 1, {Submitted{}}).error().code, Code::InvalidArgument);
    EXPECT_EQ(world.appends(id, 1, {Completed{}, Output{}}).error().code, Code::InvalidArgument);
    EXPECT_EQ(world.appends(id, 1, {Completed{json::string(kResultBytesMax, 'x'), {}, {}, 1}}).error().code,
              Code::TooLarge);
    EXPECT_EQ(world.appends(TaskId{"t_7"}, 1, {Started{}}).error().code, Code::NotFound);
    EXPECT_EQ(world.view(id).last, Seq{1});
}

TEST(TaskLog, ARequestOverItsBoundsIsRefused) {
    TaskWorld world;
    const auto submit = [&](const Request& request) {
        return world.loop.run(world.log->submit(world.alice, request, world.loop.clock.wall(), std::nullopt));
    };
    EXPECT_EQ(submit(TaskWorld::request(std::string(kInputBytesMax, 'x'))).error().code, Code::TooLarge);
    auto many_retries = TaskWorld::request("a poem");
    many_retries.retries_max = 11;
    EXPECT_EQ(submit(many_retries).error().code, Code::InvalidArgument);
    auto no_time = TaskWorld::request("a poem");
    no_time.timeout = Millis{0};
    EXPECT_EQ(submit(no_time).error().code, Code::InvalidArgument);
}

TEST(TaskLog, AForeignTaskAndAnUnknownOneGetTheSameAnswer) {
    TaskWorld world;
    const auto id = world.submits("a secret");
    const Caller foreigner{TenantId{"other"}, world.alice.subject, true};
    const auto unknown =
        world.loop.run(world.log->summary(world.alice, TaskId{"t_0123456789abcdefghjkmnpqrs"}));
    for (const auto& who : {world.bob, foreigner}) {
        const auto found = world.loop.run(world.log->summary(who, id));
        ASSERT_FALSE(found);
        EXPECT_EQ(found.error(), unknown.error());
    }
    EXPECT_EQ(world.loop.run(world.log->read(foreigner.tenant, id, Seq{0}, 9)).error(), unknown.error());
    EXPECT_EQ(world.loop.run(world.log->view(foreigner.tenant, id)).error(), unknown.error());
    EXPECT_EQ(world.loop.run(world.log->append(foreigner.tenant, id, Seq{1}, {Started{}})).error(),
              unknown.error());
    for (const auto* strange : {"", "t_", "../etc/passwd", "t_\xFF", "open/t_1"})
        EXPECT_EQ(world.summary_code(world.alice, TaskId{strange}), Code::NotFound);
    EXPECT_TRUE(world.loop.run(world.log->summary(world.boss, id)));
}

TEST(TaskLog, AListIsNewestFirstFilteredAndPaged) {
    TaskWorld world;
    std::vector<TaskId> ids;
    for (int i = 0; i < 5; ++i) {
        ids.push_back(i % 2 == 0 ? world.finished_task("a") : world.submits("b"));
        world.loop.passes(1ms);
    }
    ASSERT_TRUE(world.tries_to_submit("bob's", std::nullopt, world.bob));
    const auto list = [&](const Caller& who, Filter filter) {
        std::vector<TaskId> got;
        for (const auto& row : world.loop.run(world.log->list(who, filter)).value()) got.push_back(row.id);
        return got;
    };
    EXPECT_EQ(list(world.alice, {}), (std::vector{ids[4], ids[3], ids[2], ids[1], ids[0]}));
    EXPECT_EQ(list(world.alice, {.state = State::Completed}), (std::vector{ids[4], ids[2], ids[0]}));
    EXPECT_EQ(list(world.alice, {.state = State::Completed, .skip = 1, .limit = 1}), std::vector{ids[2]});
    EXPECT_EQ(list(world.alice, {.skip = 5}), std::vector<TaskId>{});
    EXPECT_EQ(list(world.bob, {}).size(), 1U);
    EXPECT_EQ(list(world.boss, {}).size(), 6U);
    EXPECT_EQ(world.loop.run(world.log->list(world.alice, {.limit = 0})).error().code, Code::InvalidArgument);
    EXPECT_EQ(world.loop.run(world.log->list(world.alice, {.limit = 1001})).error().code,
              Code::InvalidArgument);
}

TEST(TaskLog, AListGoesOnBehindAThousandRows) {
    TaskWorld world;
    for (int i = 0; i < 2500; ++i) world.submits("a");
    EXPECT_EQ(world.loop.run(world.log->list(world.alice, {.skip = 2000, .limit = 1000}))->size(), 500U);
    EXPECT_EQ(world.loop.run(world.log->unfinished())->size(), 2500U);
}

TEST(TaskLog, UnfinishedTasksOfAllTenantsAreFoundAfterARestart) {
    TaskWorld world;
    world.finished_task("a");
    const auto open = world.submits("b");
    const Caller other{TenantId{"zebra"}, Subject{"z"}, false};
    const auto foreign = world.tries_to_submit("c", std::nullopt, other)->id;
    world.restarts();
    const auto found = world.loop.run(world.log->unfinished());
    ASSERT_TRUE(found);
    ASSERT_EQ(found->size(), 2U);
    EXPECT_EQ(found->at(0).id, open);
    EXPECT_EQ(found->at(1).tenant, other.tenant);
    EXPECT_EQ(found->at(1).id, foreign);
}

}  // namespace
}  // namespace meshai::task
