// Stories of clients that start `meshai mcp`: the bridge and the whole server.

#include <gmock/gmock.h>

#include "tests/world/mcp_client.h"
#include "tests/world/stdio_client.h"

namespace meshai::tests {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr const char* kSessions[] = {"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"};

json::object cancels(int request) {
    return {{"requestId", request}, {"reason", "enough"}};
}

// T1, N10.
TEST(Stdio, AClientOfEveryRevisionRunsATaskAndSeesItsProgress) {
    for (const auto* revision : kSessions) {
        World world;
        StdioClient client(world);
        EXPECT_EQ(client.initializes(revision).at("protocolVersion"), revision);
        client.executes("Write a poem");
        world.agent_says("rhyming");
        EXPECT_THAT(client.heard(), Contains(StartsWith("progress "))) << revision;
        world.agent_finishes("a poem");
        EXPECT_EQ(client.heard().back(), "result a poem") << revision;
    }
    World world;
    StdioClient client(world);
    client.executes_stateless("Write a poem");
    world.agent_says("rhyming");
    EXPECT_THAT(client.heard(), Contains(StartsWith("progress ")));
    world.agent_finishes("a poem");
    EXPECT_EQ(client.heard().back(), "result a poem");
}

// T5.
TEST(Stdio, DiscoveryBeforeAnythingElseIsAnswered) {
    World world;
    StdioClient client(world);
    client.asks_stateless("server/discover");
    EXPECT_THAT(client.heard(), ElementsAre(HasSubstr("2026-07-28")));
}

// H9: the client over stdio never learns that there was a connection.
TEST(Stdio, AConnectionThatBreaksInTheMiddleIsNotNoticed) {
    for (const auto* revision : kSessions) {
        World world;
        StdioClient client(world);
        client.initializes(revision);
        client.executes("Write a poem");
        world.agent_says("thinking");
        const auto before = client.heard();
        world.breaks_connections();
        world.agent_says("rhyming");
        world.agent_finishes("a poem");
        world.passes(5s);
        const auto after = client.heard();
        ASSERT_THAT(after, Not(IsEmpty())) << revision;
        EXPECT_EQ(after.back(), "result a poem") << revision;
        for (const auto& frame : before) EXPECT_THAT(after, Not(Contains(frame))) << "said twice";
        EXPECT_EQ(world.agent().calls().size(), 1U) << "one task, whatever happened to the line";
    }
}

// T4, in both eras: the server hears of it, the client hears nothing more.
TEST(Stdio, ACancelledCallEndsItsTaskAndIsNeverAnswered) {
    for (const bool is_stateless : {false, true}) {
        World world;
        StdioClient client(world);
        if (!is_stateless) client.initializes("2025-11-25");
        const auto asked = is_stateless ? client.executes_stateless("Think") : client.executes("Think");
        EXPECT_EQ(world.agent().calls_now(), 1U);
        client.heard();
        client.notifies("notifications/cancelled", cancels(asked));
        world.passes(1s);
        EXPECT_EQ(world.agent().calls_cancelled(), 1U);
        world.passes(2min);
        EXPECT_THAT(client.heard(), IsEmpty());
    }
}

// R6: what the server asks on the stream of a call comes as a line, and the client's line answers it.
TEST(Stdio, AQuestionOfTheServerIsAskedAndAnswered) {
    World world(1, {}, toys());
    StdioClient client(world);
    client.initializes("2025-11-25", {{"elicitation", json::object{}}});
    client.asks("tools/call", {{"name", "ask_name"}, {"arguments", json::object{}}});
    EXPECT_EQ(client.heard(), Frames{"ask elicitation/create"});
    const auto question = client.question();
    client.says(json::object{{"jsonrpc", "2.0"},
                             {"id", question},
                             {"result", {{"action", "accept"}, {"content", {{"name", "Ann"}}}}}});
    EXPECT_THAT(client.heard(), ElementsAre(HasSubstr("Ann")));
}

// T3: "The server MUST NOT write JSON-RPC requests to stdout"; it asks in its result.
TEST(Stdio, InTheStatelessEraTheServerAsksNothingByItself) {
    World world(1, {}, toys());
    StdioClient client(world);
    client.asks_stateless("tools/call", {{"name", "ask_name"}, {"arguments", json::object{}}});
    EXPECT_THAT(client.heard(), ElementsAre(Not(StartsWith("ask "))));
}

// H7: sessions live in the server's memory, tasks do not.
TEST(Stdio, AServerThatWasKilledIsFoundAgain) {
    World world;
    StdioClient client(world);
    client.initializes("2025-11-25");
    client.executes("Write a poem");
    client.heard();
    world.crash();
    world.starts();
    world.passes(1min);
    EXPECT_THAT(client.heard(), ElementsAre("error 1410"));
    client.asks("ping");
    EXPECT_THAT(client.heard(), ElementsAre("result {}"));
}

// T2: the session is over with its client.
TEST(Stdio, TheEndOfStdinIsTheEnd) {
    World world;
    StdioClient client(world);
    client.initializes("2025-06-18");
    client.leaves();
    EXPECT_TRUE(client.has_ended());
}

}  // namespace
}  // namespace meshai::tests
