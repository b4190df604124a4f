#include "mesh/executor/retry.h"

#include <gtest/gtest.h>

#include "mesh/testing/mesh_world.h"

namespace meshai::mesh {
namespace {

struct Case {
    std::string_view name;
    bool was_sent, is_transient, is_idempotent;
    bool again, same_agent;
};

constexpr Case kCases[] = {
    {"NothingWasSentAndLasting", false, false, false, true, false},
    {"NothingWasSentToAnIdempotentOneAndLasting", false, false, true, true, false},
    {"NothingWasSentAndPassing", false, true, false, true, true},
    {"NothingWasSentToAnIdempotentOneAndPassing", false, true, true, true, true},
    {"SentToAnIdempotentOneAndPassing", true, true, true, true, true},
    {"SentToAnIdempotentOneAndLasting", true, false, true, false, false},
    {"SentToAnotherAndPassing", true, true, false, false, false},
    {"SentToAnotherAndLasting", true, false, false, false, false},
};

class RetryRule : public testing::TestWithParam<Case> {};

TEST_P(RetryRule, SaysWhetherToTryAgainAndWhere) {
    const auto& one = GetParam();
    const auto failed = failure(Code::AgentFailed, one.was_sent, one.is_transient);
    EXPECT_EQ(may_try_again(failed, one.is_idempotent), one.again);
    EXPECT_EQ(may_try_same_agent(failed, one.is_idempotent), one.same_agent);
}

INSTANTIATE_TEST_SUITE_P(Rules, RetryRule, testing::ValuesIn(kCases),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Retry, AWrongDescriptionIsNoReasonToAskTheSameAgentAgain) {
    EXPECT_FALSE(may_try_same_agent(failure(Code::Configuration, false, true), true));
    EXPECT_TRUE(may_try_again(failure(Code::Configuration, false, true), true));
}

TEST(Retry, WhatAClientGotWrongDoesNotSpeakAgainstTheAgent) {
    auto refused = failure(Code::AgentFailed, true, false);
    EXPECT_TRUE(speaks_against_agent(refused));
    for (const auto& [status, speaks] : {std::pair{400, false},
                                         {401, true},
                                         {404, true},
                                         {413, false},
                                         {422, false},
                                         {429, false},
                                         {503, true}}) {
        refused.details["http_status"] = status;
        EXPECT_EQ(speaks_against_agent(refused), speaks) << status;
    }
}

TEST(Retry, TheWaitDoublesUpToItsBoundAndHonoursTheAgentsWish) {
    SeededRandom random(7);
    for (int retry = 1; retry <= 10; ++retry) {
        const auto whole = std::min<Duration>(500ms * (1 << (retry - 1)), 30s);
        const auto wait = backoff(retry, std::nullopt, random);
        EXPECT_GE(wait, whole / 2) << retry;
        EXPECT_LE(wait, whole) << retry;
    }
    EXPECT_EQ(backoff(1, Millis(7s), random), 7s);
}

TEST(Retries, AnAgentThatFailsTwiceThenWorksCompletesTheTaskAtTheThirdAttempt) {
    MeshWorld world;
    world.has_agent("writer");
    world.opens();
    int calls = 0;
    world.agents.on_call = [&calls](const std::string&, FakeCall& call) {
        if (++calls <= 2)
            call.fails(failure(Code::AgentUnavailable, true, true));
        else
            call.finishes("third time lucky");
    };
    const auto id = world.submits();
    world.passes(10s);
    EXPECT_EQ(world.view(id).state, task::State::Completed);
    EXPECT_EQ(world.view(id).attempt, 3);
    EXPECT_EQ(world.story(id),
              "submitted routed started progress routed started progress routed started completed");
    const auto events = world.events(id);
    const auto* second = std::get_if<task::Started>(&events[5].body);
    ASSERT_TRUE(second);
    EXPECT_EQ(second->attempt, 2);
    EXPECT_EQ(second->reason, "Agent \"writer\" failed: It went wrong.");
}

TEST(Retries, AnAgentThatIsNotIdempotentIsNotCalledTwice) {
    MeshWorld world;
    world.has_agent("charger", false);
    world.opens();
    const auto id = world.submits();
    world.call(0).fails(failure(Code::AgentFailed, true, true));
    world.passes(1min);
    EXPECT_EQ(world.agents.calls.size(), 1U);
    EXPECT_EQ(world.view(id).failed->code, Code::AgentFailed);
    EXPECT_EQ(world.view(id).failed->message, "It went wrong.");
    EXPECT_EQ(world.view(id).failed->details.at("attempts"), 1);
}

TEST(Retries, UnlessNothingWasSent) {
    MeshWorld world;
    world.has_agent("charger", false);
    world.opens();
    const auto id = world.submits();
    world.call(0).fails(failure(Code::AgentUnavailable, false, true));
    world.passes(1s);
    ASSERT_EQ(world.agents.calls.size(), 2U);
    world.call(1).finishes("paid once");
    world.loop.settle();
    EXPECT_EQ(world.view(id).state, task::State::Completed);
}

TEST(Retries, AnAgentThatMayNotBeCalledIsAskedOnce) {
    MeshWorld world;
    world.has_agent("inside");
    world.opens();
    const auto id = world.submits();
    world.call(0).fails(failure(Code::AgentUnavailable, false, false));
    world.passes(1min);
    EXPECT_EQ(world.agents.calls.size(), 1U);
    EXPECT_EQ(world.story(id), "submitted routed started failed");
    EXPECT_EQ(world.view(id).failed->details.at("attempts"), 1);
}

TEST(Retries, ButAnotherAgentMayHelp) {
    MeshWorld world;
    world.has_agent("a-inside");
    world.has_agent("b-outside");
    world.opens();
    const auto id = world.submits();
    world.call(0).fails(failure(Code::AgentUnavailable, false, false));
    world.loop.settle();
    ASSERT_EQ(world.agents.calls.size(), 2U);
    world.call(1).finishes("done");
    world.loop.settle();
    EXPECT_EQ(world.view(id).state, task::State::Completed);
}

TEST(Retries, TheClientsBoundHoldsAndTheLastFailureIsTheTasks) {
    MeshWorld world;
    world.has_agent("writer");
    world.opens();
    world.agents.on_call = [](const std::string&, FakeCall& call) {
        call.fails(failure(Code::RateLimited, true, true));
    };
    auto request = MeshWorld::request();
    request.retries_max = 2;
    const auto id = world.submits(request);
    world.passes(2min);
    EXPECT_EQ(world.agents.calls.size(), 3U);
    EXPECT_EQ(world.view(id).failed->code, Code::RateLimited);
}

TEST(Retries, AnotherAgentTakesOverAndTheLogSaysSo) {
    MeshWorld world;
    world.has_agent("a-first");
    world.has_agent("b-second");
    world.opens();
    const auto id = world.submits();
    ASSERT_EQ(world.called(0), "a-first");
    world.call(0).says("half a");
    world.call(0).fails(failure(Code::AgentUnavailable, true, true));
    world.loop.settle();
    ASSERT_EQ(world.agents.calls.size(), 2U) << "another agent needs no pause";
    EXPECT_EQ(world.called(1), "b-second");
    EXPECT_EQ(world.view(id).message, "Switched from agent \"a-first\" to agent \"b-second\"");
    world.call(1).finishes("whole");
    world.loop.settle();
    EXPECT_EQ(world.view(id).completed->agent, AgentId{"b-second"});
    EXPECT_EQ(world.view(id).text, "") << "output belongs to an attempt";
}

TEST(Retries, ARetryThatCouldNotBeInTimeIsNotWaitedFor) {
    MeshWorld world;
    world.has_agent("writer");
    world.opens();
    auto request = MeshWorld::request();
    request.timeout = 10s;
    const auto id = world.submits(request);
    auto busy = failure(Code::RateLimited, true, true);
    busy.retry_after = Millis(1min);
    world.call(0).fails(busy);
    world.loop.settle();
    EXPECT_EQ(world.view(id).failed->code, Code::RateLimited);
}

TEST(Retries, ACancellationEndsTheWaitForARetry) {
    MeshWorld world;
    world.has_agent("writer");
    world.opens();
    const auto id = world.submits();
    auto busy = failure(Code::RateLimited, true, true);
    busy.retry_after = Millis(1min);
    world.call(0).fails(busy);
    world.loop.settle();
    EXPECT_TRUE(world.cancels(id));
    EXPECT_EQ(world.view(id).state, task::State::Cancelled);
    world.passes(2min);
    EXPECT_EQ(world.agents.calls.size(), 1U);
}

TEST(Retries, WhatALateAgentSaysIsRefused) {
    MeshWorld world;
    world.has_agent("writer");
    world.opens();
    const auto id = world.submits();
    world.call(0).fails(failure(Code::AgentUnavailable, true, true));
    world.passes(1s);
    ASSERT_EQ(world.agents.calls.size(), 2U);
    world.call(0).says("too late");
    world.loop.settle();
    EXPECT_EQ(world.view(id).text, "");
}

TEST(Fencing, ARunThatWasTakenOverFallsSilent) {
    MeshWorld world;
    world.has_agent("writer");
    world.opens();
    const auto id = world.submits();
    world.call(0).says("mine");
    world.loop.settle();
    // Another server of the same store takes the task over.
    const auto last = world.view(id).last;
    ASSERT_TRUE(world.loop.run(world.server().log.append(
        kAcme, id, last, {task::Started{2, AgentId{"elsewhere"}, "elsewhere", "server restarted"}})));
    world.call(0).says("a late word");
    world.call(0).finishes("a late result");
    world.passes(1min);
    EXPECT_EQ(world.story(id), "submitted routed started output started");
    EXPECT_EQ(world.executor().stats().running, 0U);
    EXPECT_TRUE(world.call(0).is_over);
}

}  // namespace
}  // namespace meshai::mesh
