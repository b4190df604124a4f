#include "doors/submit/submit.h"

#include <gtest/gtest.h>

namespace meshai::doors {
namespace {

wire::guide::TaskAsk asking(std::string strategy = {}) {
    wire::guide::TaskAsk ask;
    ask.input = "Write a poem";
    ask.routing_strategy = std::move(strategy);
    return ask;
}

TEST(Submitting, WithoutAStrategyTheBestCapabilityDecides) {
    EXPECT_EQ(request_of(asking())->routing_strategy, "capability_match");
}

TEST(Submitting, AStrategyIsKeptByItsOneName) {
    EXPECT_EQ(request_of(asking("performance_based"))->routing_strategy, "performance");
    EXPECT_EQ(request_of(asking("round_robin"))->routing_strategy, "round_robin");
}

TEST(Submitting, AWordForWorkingTogetherIsAWorkflowOfSeveralAgents) {
    auto request = request_of(asking("collaborative"));
    ASSERT_TRUE(request);
    EXPECT_EQ(request->routing_strategy, "capability_match");
    EXPECT_EQ(request->workflow.at("strategy").as_string(), "collaborative");
}

TEST(Submitting, AStrategyNobodyKnowsIsRefused) {
    auto request = request_of(asking("telepathy"));
    ASSERT_FALSE(request);
    EXPECT_EQ(request.error().code, Code::InvalidArgument);
    EXPECT_NE(request.error().message.find("routing_strategy"), std::string::npos);
}

TEST(Submitting, EverythingTheClientSaidReachesTheTask) {
    auto ask = asking();
    ask.on_disconnect = "grace";
    ask.recovery = "fail";
    ask.timeout_seconds = 60;
    ask.max_retries = 0;
    ask.workflow = "review";
    ask.budget = wire::guide::BudgetAsk{.tokens = 100, .calls = 3, .depth = 2, .wall_time_seconds = 20};
    auto request = request_of(ask);
    ASSERT_TRUE(request);
    EXPECT_EQ(request->on_disconnect, task::OnDisconnect::Grace);
    EXPECT_EQ(request->recovery, task::Recovery::Fail);
    EXPECT_EQ(request->timeout, Millis{20'000}) << "the shorter of timeout and wall time";
    EXPECT_EQ(request->budget, (task::Budget{100, std::nullopt, 3, 2}));
    EXPECT_EQ(request->retries_max, 0);
    EXPECT_EQ(request->workflow.as_string(), "review");
}

}  // namespace
}  // namespace meshai::doors
