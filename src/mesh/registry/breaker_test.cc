#include "mesh/registry/breaker.h"

#include <gtest/gtest.h>

#include "mesh/registry/track_record.h"

namespace meshai::mesh {
namespace {

constexpr MonoTime kStart{std::chrono::hours(1)};

TEST(CircuitBreaker, FiveFailuresInARowOpenIt) {
    CircuitBreaker breaker;
    for (int i = 0; i < 4; ++i) breaker.failed(kStart);
    EXPECT_EQ(breaker.state(kStart), Breaker::Closed);
    breaker.failed(kStart);
    EXPECT_EQ(breaker.state(kStart), Breaker::Open);
    EXPECT_FALSE(breaker.lets_through(kStart, 0));
}

TEST(CircuitBreaker, ASuccessInBetweenStartsTheCountAnew) {
    CircuitBreaker breaker;
    for (int i = 0; i < 4; ++i) breaker.failed(kStart);
    for (int i = 0; i < 10; ++i) breaker.succeeded(kStart);
    for (int i = 0; i < 4; ++i) breaker.failed(kStart);
    EXPECT_EQ(breaker.state(kStart), Breaker::Closed);
}

TEST(CircuitBreaker, HalfOfTenCallsFailedOpensIt) {
    CircuitBreaker breaker;
    for (int i = 0; i < 4; ++i) {
        breaker.succeeded(kStart);
        breaker.failed(kStart);
    }
    breaker.succeeded(kStart);
    EXPECT_EQ(breaker.state(kStart), Breaker::Closed) << "nine calls are too few to judge";
    breaker.failed(kStart);
    EXPECT_EQ(breaker.state(kStart), Breaker::Open);
}

TEST(CircuitBreaker, AfterHalfAMinuteItTriesAFewAndThreeSuccessesCloseIt) {
    CircuitBreaker breaker;
    for (int i = 0; i < 5; ++i) breaker.failed(kStart);
    EXPECT_EQ(breaker.state(kStart + 29s), Breaker::Open);
    const auto later = kStart + 30s;
    EXPECT_EQ(breaker.state(later), Breaker::HalfOpen);
    EXPECT_TRUE(breaker.lets_through(later, 2));
    EXPECT_FALSE(breaker.lets_through(later, 3));
    breaker.succeeded(later);
    breaker.succeeded(later);
    EXPECT_EQ(breaker.state(later), Breaker::HalfOpen);
    breaker.succeeded(later);
    EXPECT_EQ(breaker.state(later), Breaker::Closed);
}

TEST(CircuitBreaker, OneFailureWhileHalfOpenOpensItAgain) {
    CircuitBreaker breaker;
    for (int i = 0; i < 5; ++i) breaker.failed(kStart);
    breaker.succeeded(kStart + 30s);
    breaker.failed(kStart + 31s);
    EXPECT_EQ(breaker.state(kStart + 60s), Breaker::Open);
    EXPECT_EQ(breaker.state(kStart + 61s), Breaker::HalfOpen);
}

TEST(CircuitBreaker, OldCallsLeaveTheWindow) {
    CircuitBreaker breaker;
    for (int i = 0; i < 8; ++i) {
        breaker.failed(kStart);
        breaker.succeeded(kStart);
        breaker.succeeded(kStart);
    }
    for (int i = 0; i < 100; ++i) breaker.succeeded(kStart);
    for (int round = 0; round < 12; ++round) {
        for (int i = 0; i < 4; ++i) breaker.failed(kStart);
        breaker.succeeded(kStart);
    }
    EXPECT_EQ(breaker.state(kStart), Breaker::Closed) << "48 of the last 100";
}

TEST(TrackRecord, ThreeFailuresInFiveMinutesAreBadAndThreeSuccessesRecover) {
    TrackRecord record;
    record.failed(kStart, 1ms);
    record.failed(kStart + 4min, 1ms);
    EXPECT_FALSE(record.is_failed_over(kStart + 4min));
    record.failed(kStart + 5min, 1ms);
    EXPECT_TRUE(record.is_failed_over(kStart + 5min));
    record.succeeded(kStart + 6min, 1ms);
    record.succeeded(kStart + 6min, 1ms);
    EXPECT_TRUE(record.is_failed_over(kStart + 6min));
    record.succeeded(kStart + 6min, 1ms);
    EXPECT_FALSE(record.is_failed_over(kStart + 6min));
}

TEST(TrackRecord, FailuresFarApartAreNotBad) {
    TrackRecord record;
    for (int i = 0; i < 10; ++i) {
        record.failed(kStart + i * 3min, 1ms);
        EXPECT_FALSE(record.is_failed_over(kStart + i * 3min));
    }
}

TEST(TrackRecord, AFailureIsForgivenWhenItIsAWindowAgo) {
    TrackRecord record;
    for (int i = 0; i < 3; ++i) record.failed(kStart, 1ms);
    EXPECT_TRUE(record.is_failed_over(kStart + 5min));
    EXPECT_FALSE(record.is_failed_over(kStart + 5min + 1s));
}

TEST(TrackRecord, TheResponseTimeFollowsTheNewerCalls) {
    TrackRecord record;
    EXPECT_EQ(record.response_time_ms(), 0);
    record.succeeded(kStart, 100ms);
    EXPECT_NEAR(record.response_time_ms(), 100, 1e-9);
    record.succeeded(kStart, 200ms);
    EXPECT_NEAR(record.response_time_ms(), 120, 1e-9);
    record.failed(kStart, 10s);
    EXPECT_NEAR(record.response_time_ms(), 120, 1e-9) << "a failure says nothing about speed";
}

TEST(TrackRecord, TheTrendIsPositiveWhenCallsGetBetter) {
    TrackRecord better;
    TrackRecord worse;
    for (int i = 0; i < 4; ++i) {
        better.failed(kStart, 1ms);
        worse.succeeded(kStart, 1ms);
    }
    for (int i = 0; i < 4; ++i) {
        better.succeeded(kStart, 1ms);
        worse.failed(kStart, 1ms);
    }
    EXPECT_GT(better.trend(), 0);
    EXPECT_LT(worse.trend(), 0);
    EXPECT_NEAR(better.success_rate(), 0.5, 1e-9);
}

}  // namespace
}  // namespace meshai::mesh
