#include "doors/mcp/sessions/streams.h"

#include <gtest/gtest.h>

#include "base/test_loop.h"

namespace meshai::doors::mcp {
namespace {

struct TheStreams : testing::Test {
    std::uint64_t finished(std::string answer) {
        const auto outbox = streams.open(1);
        outbox->put_answer(std::move(answer));
        return outbox->number();
    }
    bool is_kept(std::uint64_t number) { return streams.find(number) != nullptr; }

    TestLoop loop{};
    SessionLimits limits{.session_bytes = 1000, .streams_kept = 3, .stream_kept = 5min};
    Streams streams{limits, Keep::ForReplay};
};

TEST_F(TheStreams, HaveNumbersThatAreNeverUsedAgain) {  // H9
    const auto first = finished("a");
    streams.forget(first);
    EXPECT_FALSE(is_kept(first));
    EXPECT_EQ(finished("b"), first + 1);
    EXPECT_EQ(streams.find(kUnaskedStream), streams.unasked());
}

TEST_F(TheStreams, AFinishedOneIsKeptForFiveMinutes) {
    const auto number = finished("answer");
    const auto open = streams.open(1)->number();
    streams.trim(loop.clock.now());
    loop.passes(4min);
    streams.trim(loop.clock.now());
    EXPECT_TRUE(is_kept(number));
    loop.passes(1min);
    streams.trim(loop.clock.now());
    EXPECT_FALSE(is_kept(number));
    EXPECT_TRUE(is_kept(open)) << "its answer has not come";
}

TEST_F(TheStreams, TheOldestFinishedGiveWayWhenThereAreTooMany) {
    const auto open = streams.open(1)->number();
    const auto first = finished("1");
    const auto second = finished("2");
    const auto third = finished("3");
    streams.trim(loop.clock.now());
    EXPECT_TRUE(is_kept(open) && is_kept(second) && is_kept(third));
    EXPECT_FALSE(is_kept(first));
}

TEST_F(TheStreams, TheOldestFinishedGiveWayWhenTheyAreTooLarge) {
    const auto first = finished(std::string(600, 'x'));
    const auto second = finished(std::string(600, 'y'));
    streams.trim(loop.clock.now());
    EXPECT_FALSE(is_kept(first));
    EXPECT_TRUE(is_kept(second));
}

TEST_F(TheStreams, OneThatIsForgottenCountsNoMore) {
    const auto first = finished(std::string(600, 'x'));
    const auto second = finished(std::string(300, 'y'));
    streams.trim(loop.clock.now());
    streams.forget(first);
    const auto third = finished(std::string(600, 'z'));
    streams.trim(loop.clock.now());
    EXPECT_TRUE(is_kept(second) && is_kept(third));
}

TEST_F(TheStreams, WhatIsReadNowStays) {
    const auto first = finished(std::string(2000, 'x'));
    const Outbox::Reader reader(streams.find(first), Signal(loop.ex(), loop.clock), 0);
    EXPECT_TRUE(streams.has_reader());
    streams.trim(loop.clock.now());
    EXPECT_TRUE(is_kept(first));
}

}  // namespace
}  // namespace meshai::doors::mcp
