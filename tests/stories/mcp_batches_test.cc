// Stories of the batches that 2025-03-26 has and no other revision (B3).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/world/mcp_client.h"

namespace meshai::tests {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::SizeIs;
using testing::UnorderedElementsAre;

struct McpBatches : testing::Test {
    static json::object echo(int id, std::string text) {
        return {{"jsonrpc", "2.0"},
                {"id", id},
                {"method", "tools/call"},
                {"params", {{"name", "echo"}, {"arguments", {{"text", std::move(text)}}}}}};
    }
    static json::object tell(std::string method) {
        return {{"jsonrpc", "2.0"}, {"method", std::move(method)}};
    }

    World world{1, {}, toys()};
};

TEST_F(McpBatches, AreAnsweredByOneArray) {
    McpClient client(world, "2025-03-26");
    json::array batch{echo(10, "a"), tell("notifications/roots/list_changed"), echo(11, "b"),
                      json::object{{"jsonrpc", "2.0"}, {"id", 12}, {"method", "no/such"}},
                      json::object{{"jsonrpc", "2.0"}, {"id", nullptr}, {"method", "ping"}}};
    auto& stream = client.post(batch);
    EXPECT_EQ(stream.headers().get("Content-Type"), "application/json");
    EXPECT_EQ(stream.bytes().front(), '[');
    EXPECT_THAT(said(stream), UnorderedElementsAre("result a", "result b", "error -32601", "error -32600"));
}

TEST_F(McpBatches, ThatSaySomethingBeforeTheirAnswersAreAStream) {
    McpClient client(world, "2025-03-26");
    json::array batch{
        echo(10, "a"),
        json::object{
            {"jsonrpc", "2.0"},
            {"id", 11},
            {"method", "tools/call"},
            {"params",
             {{"name", "steps"}, {"arguments", {{"count", 1}}}, {"_meta", {{"progressToken", "p"}}}}}}};
    auto& stream = client.post(batch);
    world.passes(5s);
    EXPECT_THAT(said(stream), ElementsAre("result a", "progress 1/1 step 1", "result walked"));
    EXPECT_TRUE(stream.is_ended());
}

TEST_F(McpBatches, OfNotificationsAloneAreAccepted) {
    McpClient client(world, "2025-03-26");
    EXPECT_EQ(client.post(json::array{tell("notifications/x"), tell("notifications/y")}).status(), 202);
}

TEST_F(McpBatches, HoldNoInitialize) {
    McpClient client(world, "2025-03-26");
    json::array batch{
        json::object{{"jsonrpc", "2.0"},
                     {"id", 1},
                     {"method", "initialize"},
                     {"params", {{"protocolVersion", "2025-03-26"}, {"capabilities", json::object{}}}}},
        echo(2, "a")};
    EXPECT_THAT(said(client.post(batch)), UnorderedElementsAre("error -32600", "result a"));
}

TEST_F(McpBatches, AreRefusedInOtherRevisions) {
    for (const auto* revision : {"2024-11-05", "2025-06-18", "2025-11-25"}) {
        McpClient client(world, revision);
        auto& stream = client.post(json::array{echo(1, "a")});
        EXPECT_EQ(stream.status(), 400) << revision;
        EXPECT_EQ(said(stream), Frames{"error -32600"}) << revision;
    }
}

TEST_F(McpBatches, OfTwentyThousandCostNothing) {
    McpClient client(world, "2025-03-26");
    json::array batch;
    for (int i = 0; i < 20'000; ++i)
        batch.push_back(json::object{{"jsonrpc", "2.0"}, {"id", i}, {"method", "ping"}});
    auto& stream = client.post(batch);
    EXPECT_EQ(stream.status(), 400);
    EXPECT_EQ(said(stream), Frames{"error -32600"});
    EXPECT_EQ(client.post(json::array{}).status(), 400);
}

TEST_F(McpBatches, OfTheLargestSizeAreServedAFewAtATime) {
    McpClient client(world, "2025-03-26");
    json::array batch;
    for (int i = 0; i < 100; ++i) batch.push_back(echo(1000 + i, std::to_string(i)));
    auto& stream = client.post(batch);
    world.passes(1s);
    EXPECT_THAT(said(stream), SizeIs(100));
    EXPECT_THAT(said(stream), Contains("result 99"));
}

TEST_F(McpBatches, ACancelledPartLeavesTheOthers) {
    McpClient client(world, "2025-03-26");
    json::array batch{json::object{{"jsonrpc", "2.0"},
                                   {"id", 20},
                                   {"method", "tools/call"},
                                   {"params", {{"name", "wait"}, {"arguments", json::object{}}}}},
                      echo(21, "a")};
    auto& stream = client.post(batch);
    client.notify("notifications/cancelled", {{"requestId", 20}});
    EXPECT_EQ(said(stream), Frames{"result a"});
    EXPECT_TRUE(stream.is_ended());
}

}  // namespace
}  // namespace meshai::tests
