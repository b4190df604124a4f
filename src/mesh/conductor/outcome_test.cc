#include "mesh/conductor/outcome.h"

#include <gtest/gtest.h>

#include "mesh/conductor/sight.h"

namespace meshai::mesh {
namespace {

workflow::Step step(int retries, std::string fallback = {}) {
    workflow::Step made;
    made.retry.attempts = retries;
    if (!fallback.empty()) made.on_error = {workflow::OnError::Then::Fallback, std::move(fallback)};
    return made;
}

StepFailure because(Code code) {
    StepFailure failure;
    failure.code = code;
    return failure;
}

TEST(StepAttempts, EachRoundHasARangeOfNumbersOfItsOwn) {
    const auto one = step(2, "other");
    const auto broken = because(Code::AgentFailed);
    EXPECT_EQ(first_attempt(one, 1), 1);
    EXPECT_EQ(next_attempt(one, 1, broken), 2);
    EXPECT_EQ(next_attempt(one, 2, broken), 3);
    EXPECT_EQ(next_attempt(one, 3, broken), 4);
    EXPECT_TRUE(is_fallback(one, 4));
    EXPECT_EQ(next_attempt(one, 4, broken), std::nullopt);
    EXPECT_EQ(first_attempt(one, 2), 5);
    EXPECT_EQ(next_attempt(one, 5, broken), 6);
    EXPECT_TRUE(is_fallback(one, 8));
}

TEST(StepAttempts, WhatCannotGetBetterGoesToAnotherAgentOrNowhere) {
    EXPECT_EQ(next_attempt(step(2), 1, because(Code::InvalidArgument)), std::nullopt);
    EXPECT_EQ(next_attempt(step(2, "other"), 1, because(Code::InvalidArgument)), 4);
    EXPECT_EQ(next_attempt(step(2, "other"), 1, because(Code::Cancelled)), std::nullopt);
    EXPECT_EQ(next_attempt(step(2, "other"), 1, because(Code::BudgetExhausted)), std::nullopt);
    auto final = because(Code::AgentFailed);
    final.is_final = true;
    EXPECT_EQ(next_attempt(step(2, "other"), 1, final), std::nullopt);
    EXPECT_EQ(next_attempt(step(0), 1, because(Code::AgentFailed)), std::nullopt);
}

TEST(StepAttempts, ABackoffDoublesUpToItsBoundAndTheFallbackWaitsForNothing) {
    SeededRandom random(1);
    auto one = step(10, "other");
    one.retry.backoff = std::chrono::seconds(10);
    const auto second = backoff_before(one, 2, random);
    EXPECT_GE(second, 5s);
    EXPECT_LE(second, 10s);
    const auto fourth = backoff_before(one, 4, random);
    EXPECT_GE(fourth, 20s);
    EXPECT_LE(fourth, 40s);
    EXPECT_LE(backoff_before(one, 11, random), workflow::kBackoffMax);
    EXPECT_EQ(backoff_before(one, 12, random), Duration::zero());
}

TEST(WorkflowSight, InnerStepsSeeWhatTheOuterOnesDoAndTheirItem) {
    Memory memory;
    const json::value input = json::object{{"word", "hello"}};
    Sight outer(memory, input);
    EXPECT_TRUE(outer.settle("draft", Outcome::done(json::string("D"))));
    EXPECT_TRUE(outer.settle("left", Outcome::skipped()));
    Sight inner(outer, nullptr);
    inner.set_item(json::string("a"), 3);
    EXPECT_EQ(inner.fill("${input.word} ${steps.draft.result} ${item} ${index} ${steps.left.status}").value(),
              json::value("hello D a 3 skipped"));
    EXPECT_FALSE(outer.fill("${item}"));
    EXPECT_EQ(outer.evaluate("length(keys(steps))").value(), json::value(2));
}

TEST(WorkflowSight, ResultsHaveOneBoundAndGiveTheirRoomBack) {
    Memory memory;
    const json::value input;
    Sight outer(memory, input);
    const std::string large(kResultsHeldBytesMax / 2, 'x');
    EXPECT_TRUE(outer.settle("one", Outcome::done(json::string(large))));
    {
        Sight inner(outer, nullptr);
        const auto over = inner.settle("two", Outcome::done(json::string(large)));
        ASSERT_FALSE(over);
        EXPECT_EQ(over.error().code, Code::TooLarge);
        EXPECT_TRUE(inner.settle("three", Outcome::done(json::string("small"))));
    }
    EXPECT_EQ(memory.held(), large.size() + 2);
}

}  // namespace
}  // namespace meshai::mesh
