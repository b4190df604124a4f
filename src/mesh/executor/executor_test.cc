#include "mesh/executor/executor.h"

#include <gtest/gtest.h>

#include "mesh/testing/mesh_world.h"

namespace meshai::mesh {
namespace {

struct Writer : MeshWorld {
    explicit Writer(ExecutorLimits limits = {}) : MeshWorld(limits) {
        has_agent("writer");
        opens();
    }
};

TEST(Executor, ATaskRunsOnAnAgentAndEndsWithItsResult) {
    Writer world;
    const auto id = world.submits("Write a poem");
    ASSERT_EQ(world.agents.calls.size(), 1U);
    EXPECT_EQ(world.call(0).call.task, id);
    EXPECT_EQ(world.call(0).call.request.input.as_string(), "Write a poem");
    EXPECT_EQ(world.story(id), "submitted routed started");

    world.call(0).reports("thinking", 25);
    world.loop.settle();
    world.call(0).says("Roses ");
    world.loop.settle();
    world.call(0).finishes("Roses are red");
    world.loop.settle();
    EXPECT_EQ(world.story(id), "submitted routed started progress output completed");

    const auto view = world.view(id);
    EXPECT_EQ(view.state, task::State::Completed);
    EXPECT_EQ(view.completed->result.as_string(), "Roses are red");
    EXPECT_EQ(view.completed->agent, AgentId{"writer"});
    EXPECT_EQ(view.attempt, 1);
    const auto stats = world.executor().stats();
    EXPECT_EQ(stats.submitted, 1U);
    EXPECT_EQ(stats.completed, 1U);
    EXPECT_EQ(stats.running, 0U);
    EXPECT_EQ(stats.queued, 0U);
    EXPECT_EQ(world.server().registry.get(kAcme, "writer")->running, 0);
    EXPECT_EQ(world.server().registry.get(kAcme, "writer")->calls, 1U);
}

TEST(Executor, WhatComesTogetherIsWrittenTogether) {
    Writer world;
    const auto id = world.submits();
    const auto before = world.disk->commits();
    for (int i = 0; i < 50; ++i) world.call(0).says("word ");
    world.call(0).finishes("done");
    world.loop.settle();
    EXPECT_EQ(world.story(id), "submitted routed started output completed") << "adjacent pieces are joined";
    EXPECT_LE(world.disk->commits() - before, 2U);
    EXPECT_EQ(world.view(id).text.size(), 250U);
}

TEST(Executor, PiecesNeverGrowOverTheirBoundAndKeepTheirOrder) {
    Writer world;
    const auto id = world.submits();
    std::string whole;
    for (int i = 0; i < 40; ++i) {
        const auto piece = std::string(3000, static_cast<char>('a' + i % 26)) + "ä";
        whole += piece;
        world.call(0).says(piece);
    }
    world.call(0).says(std::string(100'000, 'z'));
    whole += std::string(100'000, 'z');
    world.call(0).finishes("done");
    world.loop.settle();
    for (const auto& event : world.events(id))
        if (const auto* output = std::get_if<task::Output>(&event.body)) {
            EXPECT_LE(output->text.size(), task::kOutputPieceBytesMax);
            EXPECT_TRUE(is_valid_utf8(output->text));
        }
    EXPECT_EQ(world.view(id).text, whole);
}

TEST(Executor, ThePercentageNeverFalls) {
    Writer world;
    const auto id = world.submits();
    for (const double percent : {10.0, 50.0, 30.0, 130.0}) {
        world.call(0).reports("step", percent);
        world.loop.settle();
    }
    std::vector<double> told;
    for (const auto& event : world.events(id))
        if (const auto* progress = std::get_if<task::Progress>(&event.body))
            told.push_back(*progress->percent);
    EXPECT_EQ(told, (std::vector<double>{10, 50, 50, 100}));
}

TEST(Executor, ASilentTaskIsSpokenForAfterThirtySecondsAndThenEveryTen) {
    Writer world;
    const auto id = world.submits();
    world.passes(29s);
    EXPECT_EQ(world.story(id), "submitted routed started");
    world.passes(1s);
    EXPECT_EQ(world.view(id).message, "Still working: agent \"writer\", 30 s");
    world.call(0).says("hello");
    world.passes(9s);
    EXPECT_EQ(world.story(id), "submitted routed started progress output");
    world.passes(1s);
    EXPECT_EQ(world.view(id).message, "Still working: agent \"writer\", 40 s, 5 characters so far");
}

TEST(Executor, TheDeadlineEndsTheTaskAndTheAgentHearsOfIt) {
    Writer world;
    auto request = MeshWorld::request();
    request.timeout = 5s;
    const auto id = world.submits(request);
    world.call(0).says("half a ");
    world.loop.settle();
    world.passes(5s);
    EXPECT_EQ(world.story(id), "submitted routed started output failed");
    EXPECT_EQ(world.view(id).failed->code, Code::Timeout);
    EXPECT_EQ(world.view(id).failed->message,
              "The task's deadline passed after 5 s, while agent \"writer\" was running it.");
    EXPECT_TRUE(world.call(0).was_cancelled);
    EXPECT_EQ(world.server().registry.get(kAcme, "writer")->running, 0);
}

TEST(Executor, AStepOfTheWallClockDoesNotMoveTheDeadline) {
    Writer world;
    auto request = MeshWorld::request();
    request.timeout = 20s;
    const auto id = world.submits(request);
    world.loop.clock.step_wall(std::chrono::hours(24));
    world.passes(19s);
    EXPECT_EQ(world.view(id).state, task::State::Executing);
    world.loop.clock.step_wall(-std::chrono::hours(48));
    world.passes(1s);
    EXPECT_EQ(world.view(id).state, task::State::Failed);
}

TEST(Executor, ATaskWithoutAnAgentFailsAndSaysWhatWasMissing) {
    Writer world;
    const auto id = world.submits("Draw a cat");
    EXPECT_EQ(world.story(id), "submitted failed");
    EXPECT_EQ(world.view(id).failed->code, Code::NoAgent);
    EXPECT_EQ(world.view(id).failed->message,
              "No suitable agent found for task: no agent offers 'image_generation'.");
}

TEST(Executor, CancellingEndsTheTaskAndReachesTheAgent) {
    Writer world;
    const auto id = world.submits();
    world.call(0).says("never ");
    EXPECT_TRUE(world.cancels(id));
    EXPECT_TRUE(world.call(0).was_cancelled);
    EXPECT_EQ(world.view(id).state, task::State::Cancelled);
    EXPECT_EQ(world.view(id).cancelled->by, "alice");
    EXPECT_EQ(world.view(id).cancelled->why, "changed my mind");
    EXPECT_EQ(world.cancels(id).error().code, Code::AlreadyFinished);
    EXPECT_EQ(world.executor().stats().cancelled, 1U);
    EXPECT_EQ(world.server().registry.get(kAcme, "writer")->running, 0);
}

TEST(Executor, NobodyCancelsAForeignTask) {
    Writer world;
    const auto id = world.submits();
    const task::Caller mallory{TenantId{"other"}, Subject{"mallory"}, true};
    EXPECT_EQ(world.loop.run(world.executor().cancel(mallory, id, "")).error().code, Code::NotFound);
    const task::Caller bob{kAcme, Subject{"bob"}, false};
    EXPECT_EQ(world.loop.run(world.executor().cancel(bob, id, "")).error().code, Code::NotFound);
    EXPECT_EQ(world.view(id).state, task::State::Executing);
}

TEST(Executor, AHundredParallelSubmitsWithOneKeyAreOneTaskAndOneCall) {
    Writer world;
    world.disk->set_delay(3ms);
    std::vector<Result<task::Submission>> answers;
    const auto submit = [](MeshWorld& at, std::vector<Result<task::Submission>>& into) -> Async<void> {
        into.push_back(co_await at.executor().submit(kAlice, MeshWorld::request(), "key-1"));
    };
    for (int i = 0; i < 100; ++i) world.loop.scope.spawn("client", submit(world, answers));
    world.passes(10s);
    ASSERT_EQ(answers.size(), 100U);
    int made = 0;
    for (const auto& answer : answers) {
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->id, answers[0]->id);
        made += answer->is_new ? 1 : 0;
    }
    EXPECT_EQ(made, 1);
    EXPECT_EQ(world.agents.calls.size(), 1U);
    EXPECT_EQ(world.executor().stats().submitted, 1U);
    EXPECT_EQ(world.executor().stats().queued, 0U);
    world.disk->set_delay(0s);
}

TEST(Executor, TheSameKeyWithOtherArgumentsIsAConflict) {
    Writer world;
    ASSERT_TRUE(world.tries_to_submit(MeshWorld::request("one"), "key"));
    EXPECT_EQ(world.tries_to_submit(MeshWorld::request("two"), "key").error().code, Code::Conflict);
    EXPECT_EQ(world.executor().stats().queued, 0U);
}

TEST(Executor, RequestsThatCannotBeRightAreRefused) {
    Writer world;
    auto strategy = MeshWorld::request();
    strategy.routing_strategy = "telepathy";
    EXPECT_EQ(world.tries_to_submit(strategy).error().code, Code::InvalidArgument);
    auto timeout = MeshWorld::request();
    timeout.timeout = 0s;
    EXPECT_EQ(world.tries_to_submit(timeout).error().code, Code::InvalidArgument);
    auto many = MeshWorld::request();
    many.agents = std::vector<std::string>(17, "writer");
    EXPECT_EQ(world.tries_to_submit(many).error().code, Code::InvalidArgument);
    EXPECT_EQ(world.executor().stats().queued, 0U);
}

TEST(Executor, TheStoredRequestIsCanonicalAndItsTimesAreClamped) {
    ExecutorLimits limits;
    limits.timeout_max = 1min;
    Writer world(limits);
    auto request = MeshWorld::request();
    request.routing_strategy = "PERFORMANCE_BASED";
    request.timeout = 1h;
    request.retries_max = 99;
    const auto id = world.submits(request);
    const auto stored = world.view(id).submitted.request;
    EXPECT_EQ(stored.routing_strategy, "performance");
    EXPECT_EQ(*stored.timeout, Millis(1min));
    EXPECT_EQ(stored.retries_max, kRetriesMax);
}

TEST(Executor, TooMuchOutputEndsTheTask) {
    Writer world;
    const auto id = world.submits();
    for (std::size_t sent = 0; sent <= task::kOutputBytesMax; sent += 1U << 20U)
        world.call(0).says(std::string(1U << 20U, 'x'));
    world.loop.settle();
    EXPECT_EQ(world.view(id).failed->code, Code::TooLarge);
    EXPECT_TRUE(world.call(0).is_over);
}

TEST(Executor, AResultOverTheBoundEndsTheTaskAsTooLarge) {
    Writer world;
    const auto id = world.submits();
    world.call(0).finishes(json::string(task::kResultBytesMax / 4, '\x01'));
    world.loop.settle();
    EXPECT_EQ(world.view(id).failed->code, Code::TooLarge);
}

TEST(Executor, AnAdapterThatThrowsEndsOneTaskOnly) {
    Writer world;
    world.agents.on_call = [](const std::string&, FakeCall&) { throw std::runtime_error("bug"); };
    const auto id = world.submits();
    EXPECT_EQ(world.view(id).failed->code, Code::Internal);
    world.agents.on_call = nullptr;
    const auto next = world.submits();
    EXPECT_EQ(world.view(next).state, task::State::Executing);
}

TEST(Executor, ADrainingServerAcceptsNothing) {
    Writer world;
    const auto id = world.submits();
    const auto drain = [](MeshWorld& at) -> Async<void> { co_await at.executor().drain(30s); };
    world.loop.scope.spawn("drain", drain(world));
    world.loop.settle();
    EXPECT_EQ(world.tries_to_submit(MeshWorld::request()).error().code, Code::Unavailable);
    world.call(0).finishes("in time");
    world.passes(1s);
    EXPECT_EQ(world.view(id).state, task::State::Completed) << "running tasks may finish";
}

TEST(Executor, WhatStillRunsAfterTheGraceIsLeftInTheLog) {
    Writer world;
    const auto id = world.submits();
    world.loop.run(world.executor().drain(20s));
    EXPECT_TRUE(world.call(0).was_cancelled);
    EXPECT_EQ(world.story(id), "submitted routed started");
    world.ends();
    world.opens();
    EXPECT_EQ(world.agents.calls.size(), 2U);
    world.call(1).finishes("after all");
    world.loop.settle();
    EXPECT_EQ(world.view(id).state, task::State::Completed);
    EXPECT_EQ(world.view(id).attempt, 2);
}

}  // namespace
}  // namespace meshai::mesh
