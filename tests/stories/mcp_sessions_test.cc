// Stories of clients of MCP that say `initialize` first: how a session begins, whose it is, how it ends.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/world/mcp_client.h"
#include "wire/mcp/revision.h"

namespace meshai::tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct McpSessions : testing::Test {
    World world{1, {}, toys()};
};

TEST_F(McpSessions, EachSideSpeaksTheRevisionTheClientAsksFor) {  // N1
    for (const auto* revision : {"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"}) {
        McpClient client(world, revision);
        EXPECT_EQ(client.agreed().at("protocolVersion"), revision);
        EXPECT_EQ(client.agreed().at("serverInfo").at("name"), "toys");
        EXPECT_EQ(said(client.call("echo", {{"text", "hello"}})), Frames{"result hello"});
    }
}

TEST_F(McpSessions, ARevisionNobodyKnowsIsAnsweredWithTheNewestOfTheEra) {  // N1
    for (const auto* revision : {"2026-07-28", "1999-01-01", ""}) {
        McpClient client(world, revision);
        EXPECT_EQ(client.agreed().at("protocolVersion"), "2025-11-25") << revision;
    }
}

TEST_F(McpSessions, AnIdIsVisibleAsciiAndNeverTheSame) {  // H7
    McpClient ann(world, "2025-11-25");
    McpClient bob(world, "2025-11-25");
    EXPECT_NE(ann.session(), bob.session());
    EXPECT_GE(ann.session().size(), 32U);
    for (const auto c : ann.session()) EXPECT_TRUE(c >= 0x21 && c <= 0x7E);
}

TEST_F(McpSessions, WithoutASessionNothingIsServed) {  // H7
    net::http::Headers headers{{"Content-Type", "application/json"},
                               {"Accept", "application/json, text/event-stream"}};
    auto& none = world.send("POST", "/mcp", headers, R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})");
    EXPECT_EQ(none.status(), 400);
    headers.set("Mcp-Session-Id", "s_nobody");
    auto& unknown = world.send("POST", "/mcp", headers, R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})");
    EXPECT_EQ(unknown.status(), 404);
    EXPECT_EQ(said(unknown), Frames{"error 1404"});
}

TEST_F(McpSessions, BelongToOneSubjectOnly) {  // H7: a foreign session is an unknown one
    McpClient ann(world, "2025-11-25");
    const auto eve = world.make_key("evil", "eve");
    for (const auto* method : {"POST", "GET", "DELETE"}) {
        auto headers = ann.headers();
        headers.set("Authorization", "Bearer " + eve);
        const auto body =
            std::string(method) == "POST" ? R"({"jsonrpc":"2.0","id":1,"method":"ping"})" : std::string();
        EXPECT_EQ(world.send(method, "/mcp", headers, body).status(), 404) << method;
    }
    EXPECT_EQ(said(ann.request("ping")), Frames{"result {}"});
}

TEST_F(McpSessions, EndWithDelete) {  // H7
    McpClient client(world, "2025-06-18");
    EXPECT_EQ(client.ends(), 204);
    EXPECT_EQ(client.request("tools/list").status(), 404);
    EXPECT_EQ(client.listen().status(), 404);
    EXPECT_EQ(client.ends(), 404);
}

TEST_F(McpSessions, EndAfterAnIdleHourAndNotWhileTheyAreRead) {
    McpClient idle(world, "2025-11-25");
    McpClient reading(world, "2025-11-25");
    auto& stream = reading.listen();
    world.passes(std::chrono::hours(2));
    EXPECT_EQ(idle.request("ping").status(), 404);
    EXPECT_EQ(reading.request("ping").status(), 200);
    EXPECT_FALSE(stream.is_ended());
}

TEST_F(McpSessions, TheVersionHeaderIsCheckedWhereTheRevisionHasIt) {  // H8
    McpClient client(world, "2025-11-25");
    const json::value ping{{"jsonrpc", "2.0"}, {"id", 7}, {"method", "ping"}};
    EXPECT_EQ(client.post(ping, {{"MCP-Protocol-Version", "1999-01-01"}}).status(), 400);
    EXPECT_EQ(client.post(ping, {{"MCP-Protocol-Version", "2025-06-18"}}).status(), 200);
    auto without = client.headers();
    without.remove("MCP-Protocol-Version");
    EXPECT_EQ(world.send("POST", "/mcp", without, to_text(ping)).status(), 200);
    McpClient old(world, "2025-03-26");
    EXPECT_EQ(old.post(ping, {{"MCP-Protocol-Version", "whatever"}}).status(), 200);
}

TEST_F(McpSessions, AnInitializeThatCannotBeReadBeginsNothing) {
    net::http::Headers headers{{"Content-Type", "application/json"},
                               {"Accept", "application/json, text/event-stream"}};
    for (const auto* params : {R"({})", R"({"protocolVersion":5,"capabilities":{}})",
                               R"({"protocolVersion":"2025-11-25","capabilities":[]})",
                               R"({"protocolVersion":"2025-11-25","capabilities":{"sampling":1}})"}) {
        auto& stream = world.send(
            "POST", "/mcp", headers,
            std::string(R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":)") + params + "}");
        EXPECT_EQ(said(stream), Frames{"error -32602"}) << params;
        EXPECT_FALSE(stream.headers().get("Mcp-Session-Id")) << params;
    }
}

TEST_F(McpSessions, MethodsOfTheEraAreServedAndOthersAreUnknown) {  // F12, F14, F15, B4
    McpClient client(world, "2025-11-25");
    EXPECT_EQ(said(client.request("ping")), Frames{"result {}"});
    EXPECT_EQ(said(client.request("logging/setLevel", {{"level", "error"}})), Frames{"result {}"});
    EXPECT_EQ(said(client.request("logging/setLevel", {{"level", "loud"}})), Frames{"error -32602"});
    EXPECT_EQ(said(client.request("logging/setLevel")), Frames{"error -32602"});
    EXPECT_EQ(said(client.request("resources/subscribe", {{"uri", "toy://watched"}})), Frames{"result {}"});
    EXPECT_EQ(said(client.request("resources/unsubscribe", {{"uri", "toy://watched"}})), Frames{"result {}"});
    EXPECT_EQ(said(client.request("resources/subscribe")), Frames{"error -32602"});
    EXPECT_EQ(said(client.request("no/such")), Frames{"error -32601"});
    EXPECT_EQ(said(client.request("server/discover")), Frames{"error -32601"});
    EXPECT_EQ(
        said(client.request("initialize", {{"protocolVersion", "2025-11-25"}, {"capabilities", {}}})).size(),
        1U);
    EXPECT_EQ(client.notify("notifications/roots/list_changed"), 202);
    EXPECT_EQ(client.notify("notifications/no/such"), 202);
    EXPECT_EQ(client.answer(99, {}), 202) << "an answer nobody waits for";
}

TEST_F(McpSessions, AnIdInUseIsRefused) {
    McpClient client(world, "2025-11-25");
    auto& first = client.call("wait");
    auto& second = client.post({{"jsonrpc", "2.0"}, {"id", client.last_request()}, {"method", "ping"}});
    EXPECT_EQ(said(second), Frames{"error -32600"});
    EXPECT_FALSE(first.is_ended());
}

TEST_F(McpSessions, AKeyWithoutTheScopeIsToldWithTheChallenge) {  // O4
    McpClient client(world, "2025-11-25", {}, world.make_key("acme", "reader", {"mcp:read"}));
    auto& stream = client.call("echo", {{"text", "hello"}});
    EXPECT_EQ(stream.status(), 403);
    EXPECT_THAT(std::string(stream.headers().get("WWW-Authenticate").value_or("")), HasSubstr("mcp:execute"));
}

TEST_F(McpSessions, AHandlerThatBreaksIsStillAnswered) {
    McpClient client(world, "2025-11-25");
    EXPECT_EQ(said(client.call("throw")), Frames{"error -32603"});
    EXPECT_EQ(said(client.call("echo", {{"text", "still here"}})), Frames{"result still here"});
}

TEST_F(McpSessions, LevelsDecideWhichLinesAreSent) {  // F12
    McpClient client(world, "2025-11-25");
    auto& before = client.call("log");
    world.passes(10s);
    EXPECT_THAT(said(before), ElementsAre("log info", "log warning", "log error", "result logged"));
    client.request("logging/setLevel", {{"level", "error"}});
    auto& after = client.call("log");
    world.passes(10s);
    EXPECT_THAT(said(after), ElementsAre("log error", "result logged"));
}

}  // namespace
}  // namespace meshai::tests
