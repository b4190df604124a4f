// The guide's endpoints serve the whole toolbox: its clients need no session, no
// revision, and get what the guide says.

#include <gmock/gmock.h>

#include "tests/world/mcp_client.h"

namespace meshai::tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Stream& call(World& world, const std::string& path, const std::string& accept, const std::string& tool,
             json::object arguments = {}) {
    const json::object body{{"id", "7"},
                            {"method", "tools/call"},
                            {"params", {{"name", tool}, {"arguments", std::move(arguments)}}}};
    return world.send("POST", path, {{"Content-Type", "application/json"}, {"Accept", accept}},
                      to_text(body));
}

TEST(GuideTools, AToolIsOneAnswerAndDoneOnTheStream) {
    World world(1, {}, toys());
    auto& stream = call(world, "/v1/mcp/stream", "text/event-stream", "echo", {{"text", "hello"}});
    EXPECT_THAT(take(stream), ElementsAre("answer", "[DONE]"));
    EXPECT_THAT(stream.bytes(), HasSubstr(R"("text":"hello")"));
}

TEST(GuideTools, AToolIsOneJsonBodyWhereTheClientTakesJson) {
    World world(1, {}, toys());
    auto& stream = call(world, "/v1/mcp", "application/json", "echo", {{"text", "hello"}});
    EXPECT_EQ(stream.headers().get("Content-Type"), "application/json");
    EXPECT_EQ(messages_of(stream).front().at("id"), json::value("7"));
}

TEST(GuideTools, AToolThatBeginsATaskIsStreamedLikeMeshExecute) {
    World world(1, {}, toys());
    auto& stream = call(world, "/v1/mcp/stream", "text/event-stream", "work");
    world.agent_says("thinking");
    world.agent_finishes("done");
    EXPECT_THAT(take(stream),
                ElementsAre("start", "progress Agent writer was chosen", "progress Agent writer has started",
                            "progress thinking", "result done", "complete", "answer", "[DONE]"));
}

// R2: a client without a session cannot be asked; the tool is told, not left waiting.
TEST(GuideTools, NobodyIsAskedAnything) {
    World world(1, {}, toys());
    auto& stream = call(world, "/v1/mcp", "application/json", "ask_name");
    EXPECT_THAT(stream.bytes(), HasSubstr(R"("isError":true)"));
}

TEST(GuideTools, AnUnknownToolIsAnErrorOfTheGuideOnItsStream) {
    World world(1, {}, toys());
    auto& stream = call(world, "/v1/mcp/stream", "text/event-stream", "nope");
    EXPECT_THAT(take(stream), ElementsAre("error VALIDATION_FAILED", "protocol error", "[DONE]"));
}

// The rulings of the routes: elsewhere a request without a session is none.
TEST(GuideTools, TheStrictEndpointsWantASession) {
    World world(1, {}, toys());
    for (const auto* path : {"/mcp", "/"})
        EXPECT_EQ(call(world, path, "application/json", "echo", {{"text", "hello"}}).status(), 400) << path;
}

}  // namespace
}  // namespace meshai::tests
