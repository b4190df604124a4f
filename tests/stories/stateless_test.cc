// The stateless era of MCP (2026-07-28) as its clients see it: answers, streams,
// cancellation, refusals.

#include <gmock/gmock.h>

#include "tests/world/stateless_client.h"

namespace meshai::tests {
namespace {

using testing::HasSubstr;

// N7, N8, H5: one JSON body, with its type and who made it.
TEST(Stateless, AnAnswerThatSaysNothingBeforeIsOneJsonBody) {
    World world(1, {}, toys());
    StatelessClient client(world);
    auto& stream = client.call("echo", {{"text", "hello"}});
    EXPECT_EQ(stream.status(), 200);
    EXPECT_EQ(stream.headers().get("Content-Type"), "application/json");
    EXPECT_EQ(outcome_of(stream), "result hello");
    const auto result = result_of(stream);
    EXPECT_EQ(result.at("resultType"), json::value("complete"));
    EXPECT_EQ(result.at("_meta").at("io.modelcontextprotocol/serverInfo").at("name"), json::value("toys"));
}

// B1: "the same id in answer", with its JSON type and every digit.
TEST(Stateless, TheIdComesBackAsItCame) {
    World world(1, {}, toys());
    StatelessClient client(world);
    for (const json::value& id :
         {json::value("x"), json::value(std::uint64_t{18'446'744'073'709'551'615U}), json::value(-7)}) {
        client.id = id;
        EXPECT_EQ(messages_of(client.request("tools/list")).front().at("id").is_string(), id.is_string());
    }
}

// F11, H20, H21: progress before the result, on one stream that ends with it.
TEST(Stateless, ProgressComesOnAStreamThatEndsWithTheResult) {
    World world(1, {}, toys());
    StatelessClient client(world);
    auto& stream = client.call("steps", {{"count", 2}});
    world.passes(1s);
    EXPECT_EQ(said(stream), (Frames{"progress 1/2 step 1"}));
    EXPECT_EQ(stream.headers().get("X-Accel-Buffering"), "no");
    world.passes(1s);
    EXPECT_EQ(said(stream), (Frames{"progress 1/2 step 1", "progress 2/2 step 2", "result walked"}));
    EXPECT_TRUE(stream.is_ended());
}

TEST(Stateless, WithoutATokenNobodyHearsOfProgress) {
    World world(1, {}, toys());
    StatelessClient client(world);
    auto& stream = client.request("tools/call", {{"name", "steps"}, {"arguments", {{"count", 2}}}});
    world.passes(2s);
    EXPECT_EQ(said(stream), (Frames{"result walked"}));
    EXPECT_EQ(stream.headers().get("Content-Type"), "application/json");
}

// F12: only what the request's own level lets through, and nothing where it names none.
TEST(Stateless, LogLinesComeFromTheLevelTheRequestNames) {
    World world(1, {}, toys());
    StatelessClient client(world);
    auto& silent = client.request("tools/call", {{"name", "log"}});
    auto& loud = client.request(
        "tools/call", {{"name", "log"}, {"_meta", {{"io.modelcontextprotocol/logLevel", "warning"}}}});
    world.passes(4s);
    EXPECT_EQ(said(silent), (Frames{"result logged"}));
    EXPECT_EQ(said(loud), (Frames{"log warning", "log error", "result logged"}));
}

// H20: "comment keep-alives on long streams".
TEST(Stateless, ALongSilenceIsKeptAliveWithComments) {
    World world(1, {}, toys());
    StatelessClient client(world);
    auto& stream = client.call("wait");
    world.passes(14s);
    EXPECT_EQ(stream.bytes(), "");
    world.passes(1s);
    EXPECT_EQ(stream.bytes(), ": keepalive\n\n");
    world.passes(15s);
    EXPECT_EQ(stream.bytes(), ": keepalive\n\n: keepalive\n\n");
}

TEST(Stateless, AClientThatTakesOnlyJsonGetsOnlyJson) {
    World world(1, {}, toys());
    StatelessClient client(world);
    auto& stream = client.request(
        "tools/call", {{"name", "steps"}, {"arguments", {{"count", 20}}}, {"_meta", {{"progressToken", 1}}}},
        {{"Accept", "application/json"}});
    world.passes(20s);
    EXPECT_EQ(stream.headers().get("Content-Type"), "application/json");
    EXPECT_EQ(said(stream), (Frames{"result walked"}));
}

// RFC 9110 12.5.1: the client says what it likes better; a refusal is JSON all the same.
TEST(Stateless, AClientThatNamesStreamsFirstGetsOne) {
    World world(1, {}, toys());
    StatelessClient client(world);
    for (const auto* accept : {"text/event-stream, application/json", "text/event-stream",
                               "application/json;q=0.5, text/event-stream"}) {
        auto& stream = client.request("tools/list", {}, {{"Accept", accept}});
        EXPECT_EQ(stream.headers().get("Content-Type"), "text/event-stream") << accept;
        EXPECT_EQ(outcome_of(stream), "complete") << accept;
        EXPECT_EQ(client.request("nope", {}, {{"Accept", accept}}).status(), 404) << accept;
    }
    for (const auto* accept : {"application/json, text/event-stream", "*/*", "application/*",
                               "text/event-stream;q=0.5, application/json"})
        EXPECT_EQ(client.request("tools/list", {}, {{"Accept", accept}}).headers().get("Content-Type"),
                  "application/json")
            << accept;
}

TEST(Stateless, AClientThatTakesNeitherIsToldWhatThereIs) {
    World world(1, {}, toys());
    StatelessClient client(world);
    EXPECT_EQ(client.request("tools/list", {}, {{"Accept", "text/html"}}).status(), 406);
}

// H13: "Closing the response stream IS cancellation".
TEST(Stateless, AClientThatLeavesTakesItsTaskWithIt) {
    World world(1, {}, toys());
    StatelessClient client(world);
    auto& stream = client.call("work");
    ASSERT_EQ(world.agent().calls_now(), 1U);
    stream.close();
    world.passes(1s);
    EXPECT_EQ(world.agent().calls_cancelled(), 1U);
}

// K4, H13: a call that became a task survives its connection.
TEST(Stateless, ATaskOutlivesTheConnectionItWasBegunOn) {
    World world(1, {}, toys());
    StatelessClient client(world, {{"extensions", {{"io.modelcontextprotocol/tasks", json::object{}}}}});
    auto& stream = client.call("work");
    EXPECT_EQ(outcome_of(stream), "task");
    const auto task = find_string(result_of(stream), "taskId").value_or("");
    stream.close();
    world.passes(1s);
    EXPECT_EQ(world.agent().calls_now(), 1U);
    world.agent_finishes("done");
    const auto shown = result_of(client.request("tasks/get", {{"taskId", task}}));
    EXPECT_EQ(shown.at("status"), json::value("completed"));
}

// H13: an exception is our bug; it ends one request and nothing else.
TEST(Stateless, AHandlerThatBreaksEndsItsOwnRequestOnly) {
    World world(1, {}, toys());
    StatelessClient client(world);
    auto& broken = client.call("throw");
    EXPECT_EQ(broken.status(), 500);
    EXPECT_EQ(error_of(broken), -32603);
    EXPECT_EQ(outcome_of(client.call("echo", {{"text", "still here"}})), "result still here");
}

// H19, N11: what the era does not have is not found, and says so in JSON-RPC.
TEST(Stateless, MethodsOfTheOtherEraAreNotFound) {
    World world(1, {}, toys());
    StatelessClient client(world);
    for (const auto* method :
         {"initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe",
          "tasks/result", "tasks/list", "unknown/method", "prompts/list", "completion/complete"}) {
        auto& stream = client.request(method);
        EXPECT_EQ(stream.status(), 404) << method;
        EXPECT_EQ(error_of(stream), -32601) << method;
        EXPECT_EQ(messages_of(stream).front().at("id"), client.id);
    }
}

// K7, N9: not declared on this request, so it is not there for this request.
TEST(Stateless, MethodsOfTasksNeedTheExtension) {
    World world(1, {}, toys());
    StatelessClient client(world);
    auto& stream = client.request("tasks/get", {{"taskId", "t_nope"}});
    EXPECT_EQ(stream.status(), 400);
    EXPECT_EQ(error_of(stream), -32021);
    EXPECT_THAT(stream.bytes(), HasSubstr("requiredCapabilities"));
}

// O4: the scope is told while HTTP can still say it.
TEST(Stateless, AKeyWithoutTheScopeIsRefusedByHttp) {
    World world(1, {}, toys());
    StatelessClient client(world, {}, world.make_key("acme", "reader", {"read"}));
    auto& stream = client.call("echo", {{"text", "hello"}});
    EXPECT_EQ(stream.status(), 403);
    EXPECT_THAT(std::string(stream.headers().get("WWW-Authenticate").value_or("")),
                HasSubstr("insufficient_scope"));
    EXPECT_EQ(client.request("tools/list").status(), 200);
}

// F7: a model can read what was wrong with its arguments and call again.
TEST(Stateless, ArgumentsThatDoNotFitAreAResultAndUnknownToolsAnError) {
    World world(1, {}, toys());
    StatelessClient client(world);
    EXPECT_THAT(outcome_of(client.call("steps", {{"count", "many"}})), HasSubstr("failed "));
    auto& unknown = client.call("nope");
    EXPECT_EQ(unknown.status(), 200);
    EXPECT_EQ(error_of(unknown), -32602);
}

// B8: "-32602 with data.uri".
TEST(Stateless, AResourceThatIsNotThereIsNamed) {
    World world(1, {}, toys());
    StatelessClient client(world);
    auto& stream = client.request("resources/read", {{"uri", "toy://lost"}});
    EXPECT_EQ(error_of(stream), -32602);
    EXPECT_THAT(stream.bytes(), HasSubstr("\"uri\":\"toy://lost\""));
}

// B2: "Answer without id only if the id could not be read".
TEST(Stateless, ABodyThatCannotBeReadIsAnsweredWithoutAnId) {
    World world(1, {}, toys());
    auto& stream = world.send(
        "POST", "/mcp", {{"Content-Type", "application/json"}, {"MCP-Protocol-Version", "2026-07-28"}}, "{");
    EXPECT_EQ(stream.status(), 400);
    EXPECT_EQ(error_of(stream), -32700);
    EXPECT_FALSE(messages_of(stream).front().contains("id"));
}

// H14: a session id means nothing here, and none is made.
TEST(Stateless, ASessionIdIsIgnored) {
    World world(1, {}, toys());
    StatelessClient client(world);
    auto& stream = client.request("tools/list", {}, {{"Mcp-Session-Id", "s_nope"}});
    EXPECT_EQ(stream.status(), 200);
    EXPECT_FALSE(stream.headers().get("Mcp-Session-Id"));
}

}  // namespace
}  // namespace meshai::tests
