// Questions of the stateless era: a result that asks, and the same call again
// with the answers. Nothing of it is remembered by the server.

#include <gtest/gtest.h>

#include "tests/world/stateless_client.h"

namespace meshai::tests {
namespace {

const json::object kAllKinds{
    {"elicitation", json::object{}}, {"sampling", json::object{}}, {"roots", json::object{}}};

json::object named(std::string name) {
    return {{"action", "accept"}, {"content", {{"name", std::move(name)}}}};
}

TEST(InputRequired, ACallAsksAndGoesOnWithTheAnswer) {
    World world(1, {}, toys());
    StatelessClient client(world, kAllKinds);
    auto& asked = client.call("ask_name");
    EXPECT_EQ(outcome_of(asked), "ask name");
    const auto result = result_of(asked);
    EXPECT_EQ(result.at("inputRequests").at("name").at("method"), json::value("elicitation/create"));
    EXPECT_FALSE(result.contains("ttlMs")) << "F4: none on input_required";

    auto& done = client.answer(asked, "ask_name", {{"name", named("Ann")}});
    EXPECT_EQ(outcome_of(done), R"(result {"name":{"action":"accept","content":{"name":"Ann"}}})");
}

TEST(InputRequired, SeveralKindsAreAskedAtOnce) {
    World world(1, {}, toys());
    StatelessClient client(world, kAllKinds);
    EXPECT_EQ(outcome_of(client.call("ask_all")), "ask model name roots");
}

// R4: missing answers are asked for again, unknown keys ignored, malformed ones asked for again.
TEST(InputRequired, WhatIsMissingIsAskedForAgainAndWhatIsThereIsKept) {
    World world(1, {}, toys());
    StatelessClient client(world, kAllKinds);
    auto& first = client.call("ask_all");
    auto& second = client.answer(first, "ask_all",
                                 {{"name", named("Ann")}, {"nobody_asked", named("Eve")}, {"model", 42}});
    EXPECT_EQ(outcome_of(second), "ask model roots");
    json::object said{{"role", "assistant"}, {"content", {{"type", "text"}, {"text", "hi"}}}, {"model", "m"}};
    auto& third =
        client.answer(second, "ask_all", {{"model", std::move(said)}, {"roots", {{"roots", json::array{}}}}});
    const auto words = outcome_of(third);
    EXPECT_TRUE(words.starts_with("result ")) << words;
    EXPECT_NE(words.find("Ann"), std::string::npos) << "answered a round before";
    EXPECT_EQ(words.find("Eve"), std::string::npos);
}

TEST(InputRequired, AnAnswerOfAnotherFormIsAskedForAgain) {
    World world(1, {}, toys());
    StatelessClient client(world, kAllKinds);
    auto& asked = client.call("ask_name");
    for (const json::value& answer : {json::value(42), json::value("Ann"), json::value{{"action", "shrug"}},
                                      json::value{{"action", "accept"}, {"content", {{"name", 7}}}}})
        EXPECT_EQ(outcome_of(client.answer(asked, "ask_name", {{"name", answer}})), "ask name");
}

// R2: "Servers MUST NOT send an inputRequests that the client has not declared support for."
TEST(InputRequired, NobodyIsAskedWhatItHasNotDeclared) {
    World world(1, {}, toys());
    StatelessClient client(world, {{"sampling", json::object{}}});
    EXPECT_EQ(outcome_of(client.call("ask_model")), "ask model");
    EXPECT_TRUE(outcome_of(client.call("ask_name")).starts_with("failed "));
    EXPECT_TRUE(outcome_of(client.call("ask_roots")).starts_with("failed "));
}

// R3: tampered, of another person, of another request, too old.
TEST(InputRequired, AStateIsGoodForOneRequestOfOnePersonForAnHour) {
    World world(1, {}, toys());
    StatelessClient client(world, kAllKinds);
    auto& asked = client.call("ask_name");
    const auto state = *find_string(result_of(asked), "requestState");
    const auto again = [&](StatelessClient& who, const std::string& tool, const std::string& shown) {
        return outcome_of(who.request("tools/call", {{"name", tool},
                                                     {"arguments", json::object{}},
                                                     {"inputResponses", {{"name", named("Ann")}}},
                                                     {"requestState", shown}}));
    };
    EXPECT_EQ(again(client, "ask_name", state + "-TAMPERED"), "error -32602");
    EXPECT_EQ(again(client, "ask_name", ""), "error -32602");
    EXPECT_EQ(again(client, "ask_all", state), "error -32602");
    StatelessClient bob(world, kAllKinds, world.make_key("acme", "bob"));
    EXPECT_EQ(again(bob, "ask_name", state), "error -32602");
    EXPECT_TRUE(again(client, "ask_name", state).starts_with("result "));
    world.passes(std::chrono::hours(1));
    EXPECT_EQ(again(client, "ask_name", state), "error -32602");
}

// B10: the state is all there is, so another run of the server on the store goes on with it.
TEST(InputRequired, AServerThatWasRestartedGoesOn) {
    World world(1, {}, toys());
    StatelessClient client(world, kAllKinds);
    auto& asked = client.call("ask_name");
    world.crash();
    world.starts();
    EXPECT_TRUE(
        outcome_of(client.answer(asked, "ask_name", {{"name", named("Ann")}})).starts_with("result "));
}

// R1: nothing else may ask.
TEST(InputRequired, ListsNeverAsk) {
    World world(1, {}, toys());
    StatelessClient client(world, kAllKinds);
    for (const auto* method : {"tools/list", "resources/list", "resources/templates/list"})
        EXPECT_EQ(result_of(client.request(method)).at("resultType"), json::value("complete")) << method;
}

}  // namespace
}  // namespace meshai::tests
