// Stories of the HTTP+SSE pair of 2024-11-05 (H3).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/world/mcp_client.h"

namespace meshai::tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

/// A client with one stream, which posts to the address that the stream says.
struct PairClient {
    explicit PairClient(World& the_world, std::string the_key = {})
        : world(the_world), key(std::move(the_key)), stream(world.send("GET", "/sse", headers(), {})) {
        if (!stream.messages().empty()) address = stream.messages().front().data;
    }

    net::http::Headers headers() const {
        net::http::Headers all{{"Content-Type", "application/json"}, {"Accept", "text/event-stream"}};
        if (!key.empty()) all.set("Authorization", "Bearer " + key);
        return all;
    }
    int post(const json::value& body) {
        const auto status = world.send("POST", address, headers(), to_text(body)).status();
        world.loop.settle();
        return status;
    }
    int request(int id, std::string method, json::object params = {}) {
        return post(
            {{"jsonrpc", "2.0"}, {"id", id}, {"method", std::move(method)}, {"params", std::move(params)}});
    }
    void initialize(std::string revision, json::object capabilities = {}) {
        request(0, "initialize",
                {{"protocolVersion", std::move(revision)}, {"capabilities", std::move(capabilities)}});
        post({{"jsonrpc", "2.0"}, {"method", "notifications/initialized"}});
    }
    int call(int id, std::string tool, json::object arguments = {}) {
        return request(id, "tools/call",
                       {{"name", std::move(tool)},
                        {"arguments", std::move(arguments)},
                        {"_meta", {{"progressToken", "p"}}}});
    }

    World& world;
    std::string key;
    Stream& stream;
    std::string address{};
};

struct McpPair : testing::Test {
    World world{1, {}, toys()};
};

TEST_F(McpPair, SaysFirstWhereToPost) {
    PairClient client(world);
    ASSERT_EQ(client.stream.messages().size(), 1U);
    EXPECT_EQ(client.stream.messages().front().event, "endpoint");
    EXPECT_THAT(client.address, StartsWith("/messages?session_id=s_"));
}

TEST_F(McpPair, AnswersOnTheStreamAndAcceptsThePost) {
    PairClient client(world);
    client.initialize("2024-11-05");
    EXPECT_EQ(client.call(1, "echo", {{"text", "hello"}}), 202);
    ASSERT_EQ(said(client.stream).size(), 2U);
    EXPECT_EQ(said(client.stream).back(), "result hello");
    EXPECT_EQ(messages_of(client.stream).front().at("result").at("protocolVersion"), "2024-11-05");
    EXPECT_THAT(event_ids(client.stream), IsEmpty()) << "nobody can come back to it";
}

TEST_F(McpPair, SpeaksEveryRevisionOfTheEra) {
    for (const auto* revision : {"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"}) {
        PairClient client(world);
        client.initialize(revision);
        EXPECT_EQ(messages_of(client.stream).front().at("result").at("protocolVersion"), revision);
        client.call(1, "steps", {{"count", 1}});
        world.passes(2s);
        EXPECT_EQ(said(client.stream).back(), "result walked");
        EXPECT_THAT(said(client.stream)[1], StartsWith("progress 1/1"));
    }
}

TEST_F(McpPair, NothingIsServedBeforeInitialize) {
    PairClient client(world);
    client.request(1, "tools/list");
    client.request(2, "ping");
    EXPECT_THAT(said(client.stream), ElementsAre("error -32600", "result {}"));
    client.initialize("2024-11-05");
    client.initialize("2024-11-05");
    EXPECT_EQ(said(client.stream).back(), "error -32600") << "once";
}

TEST_F(McpPair, AsksAndTellsOnTheStream) {  // R6
    PairClient client(world);
    client.initialize("2024-11-05", {{"roots", json::object{}}});
    client.call(1, "ask_roots");
    EXPECT_EQ(said(client.stream).back(), "ask roots/list");
    client.post(
        {{"jsonrpc", "2.0"}, {"id", question_on(client.stream)}, {"result", {{"roots", json::array{}}}}});
    EXPECT_EQ(said(client.stream).back(), R"(result {"roots":{"roots":[]}})");
    client.call(2, "change");
    const auto all = said(client.stream);
    EXPECT_THAT(all, testing::Contains("tell notifications/tools/list_changed"));
}

TEST_F(McpPair, EndsItsSessionWithTheStream) {
    PairClient client(world);
    client.initialize("2024-11-05");
    client.call(1, "wait");
    client.stream.close();
    world.passes(1s);
    EXPECT_EQ(client.request(2, "ping"), 404);
}

TEST_F(McpPair, IsClosedToOthers) {  // H7
    PairClient ann(world);
    PairClient eve(world, world.make_key("evil", "eve"));
    eve.address = ann.address;
    EXPECT_EQ(eve.request(1, "ping"), 404);
    McpClient other(world, "2025-11-25");
    ann.address = "/messages?session_id=" + other.session();
    EXPECT_EQ(ann.request(1, "ping"), 404) << "a session of the other transport";
    ann.address = "/messages";
    EXPECT_EQ(ann.request(1, "ping"), 400);
}

TEST_F(McpPair, TakesBatchesWhereTheRevisionHasThem) {  // B3
    PairClient client(world);
    client.initialize("2025-03-26");
    json::array batch;
    for (int i = 1; i <= 2; ++i)
        batch.push_back(json::object{{"jsonrpc", "2.0"}, {"id", i}, {"method", "ping"}});
    EXPECT_EQ(client.post(batch), 202);
    EXPECT_EQ(said(client.stream).size(), 3U);
    PairClient old(world);
    old.initialize("2024-11-05");
    EXPECT_EQ(old.post(batch), 400);
}

TEST_F(McpPair, IsKeptAlive) {
    PairClient client(world);
    world.passes(16s);
    EXPECT_THAT(client.stream.bytes(), HasSubstr(": keep-alive\n\n"));
}

}  // namespace
}  // namespace meshai::tests
