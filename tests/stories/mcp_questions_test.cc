// Stories of a server that asks its client before it can answer.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/world/mcp_client.h"

namespace meshai::tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

const json::object kEverything{{"elicitation", {{"form", json::object{}}, {"url", json::object{}}}},
                               {"sampling", json::object{}},
                               {"roots", json::object{}}};

json::value form(std::string name) {
    return {{"action", "accept"}, {"content", {{"name", std::move(name)}}}};
}

struct McpQuestions : testing::Test {
    World world{1, {}, toys()};
};

TEST_F(McpQuestions, AFormIsAskedOnTheStreamOfItsRequest) {  // R6, H11
    for (const auto* revision : {"2025-06-18", "2025-11-25"}) {
        McpClient client(world, revision, {{"elicitation", json::object{}}});
        auto& call = client.call("ask_name");
        EXPECT_THAT(said(call), ElementsAre("ask elicitation/create"));
        EXPECT_EQ(client.answer(question_on(call), form("Ann")), 202);
        EXPECT_THAT(said(call),
                    ElementsAre("ask elicitation/create",
                                R"(result {"name":{"action":"accept","content":{"name":"Ann"}}})"));
    }
}

TEST_F(McpQuestions, ADeclinedFormIsAnAnswer) {
    McpClient client(world, "2025-11-25", kEverything);
    auto& call = client.call("ask_name");
    client.answer(question_on(call), {{"action", "decline"}});
    EXPECT_THAT(said(call).back(), HasSubstr("decline"));
}

TEST_F(McpQuestions, SamplingAndRootsAreAskedInEveryRevision) {  // R6
    for (const auto* revision : {"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"}) {
        McpClient client(world, revision, {{"sampling", json::object{}}, {"roots", json::object{}}});
        auto& model = client.call("ask_model");
        EXPECT_THAT(said(model), ElementsAre("ask sampling/createMessage"));
        client.answer(
            question_on(model),
            {{"role", "assistant"}, {"model", "m"}, {"content", {{"type", "text"}, {"text", "something"}}}});
        EXPECT_THAT(said(model).back(), HasSubstr("something")) << revision;

        auto& roots = client.call("ask_roots");
        EXPECT_THAT(said(roots), ElementsAre("ask roots/list"));
        json::object home{{"uri", "file:///home/ann"}};
        client.answer(question_on(roots), {{"roots", json::array{home}}});
        EXPECT_THAT(said(roots).back(), HasSubstr("file:///home/ann")) << revision;
    }
}

TEST_F(McpQuestions, SeveralAreAskedAtOnceAndAnsweredInAnyOrder) {
    McpClient client(world, "2025-11-25", kEverything);
    auto& call = client.call("ask_all");
    EXPECT_THAT(said(call),
                ElementsAre("ask sampling/createMessage", "ask elicitation/create", "ask roots/list"));
    client.answer(3, {{"roots", json::array{}}});
    client.answer(1,
                  {{"role", "assistant"}, {"model", "m"}, {"content", {{"type", "text"}, {"text", "yes"}}}});
    EXPECT_EQ(said(call).size(), 3U);
    client.answer(2, form("Ann"));
    EXPECT_THAT(said(call).back(), StartsWith("result {"));
}

TEST_F(McpQuestions, APageHasAnIdAndIsToldToBeDone) {  // R8
    McpClient client(world, "2025-11-25", kEverything);
    auto& call = client.call("ask_page");
    ASSERT_THAT(said(call), ElementsAre("ask elicitation/create"));
    const auto params = messages_of(call).front().at("params").as_object();
    EXPECT_EQ(params.at("mode"), "url");
    EXPECT_EQ(params.at("elicitationId"), "e-1");
    client.answer(question_on(call), {{"action", "accept"}});
    EXPECT_THAT(said(call), ElementsAre("ask elicitation/create", "tell notifications/elicitation/complete",
                                        R"(result {"page":{"action":"accept"}})"));
}

TEST_F(McpQuestions, AClientThatDeclaredNothingIsNotAsked) {  // N3, R2
    McpClient silent(world, "2025-11-25");
    for (const auto* tool : {"ask_name", "ask_model", "ask_roots", "ask_page", "ask_all"})
        EXPECT_THAT(said(silent.call(tool)), ElementsAre(StartsWith("failure "))) << tool;
    McpClient old(world, "2025-03-26", {{"elicitation", json::object{}}});
    EXPECT_THAT(said(old.call("ask_name")), ElementsAre(StartsWith("failure ")))
        << "its revision has no elicitation, whatever it declares";
    McpClient forms(world, "2025-11-25", {{"elicitation", json::object{}}});
    EXPECT_THAT(said(forms.call("ask_page")), ElementsAre(StartsWith("failure ")))
        << "an empty object means forms alone";
}

TEST_F(McpQuestions, AnAnswerIsOfItsSessionOnly) {  // R6
    McpClient ann(world, "2025-11-25", kEverything);
    McpClient bob(world, "2025-11-25", kEverything);
    auto& call = ann.call("ask_name");
    EXPECT_EQ(bob.answer(question_on(call), form("Bob")), 202);
    EXPECT_EQ(said(call).size(), 1U);
    ann.answer(question_on(call), form("Ann"));
    EXPECT_THAT(said(call).back(), HasSubstr("Ann"));
}

TEST_F(McpQuestions, AMalformedAnswerAndAnErrorFailTheTool) {  // R4
    McpClient client(world, "2025-11-25", kEverything);
    auto& malformed = client.call("ask_name");
    client.answer(question_on(malformed), 42);
    EXPECT_THAT(said(malformed).back(), StartsWith("failure "));
    auto& refused = client.call("ask_model");
    client.post({{"jsonrpc", "2.0"},
                 {"id", question_on(refused)},
                 {"error", {{"code", -1}, {"message", "The person said no."}}}});
    EXPECT_THAT(said(refused).back(), HasSubstr("The person said no."));
}

TEST_F(McpQuestions, WaitTenMinutesAndAreThenTakenBack) {
    McpClient client(world, "2025-11-25", kEverything);
    auto& call = client.call("ask_name");
    const auto id = to_text(question_on(call));
    world.passes(std::chrono::minutes(9));
    EXPECT_EQ(said(call).size(), 1U);
    world.passes(std::chrono::minutes(2));
    EXPECT_THAT(said(call), ElementsAre("ask elicitation/create", "cancelled " + id, StartsWith("failure ")));
    EXPECT_EQ(client.answer(question_on(call), form("too late")), 202);
}

TEST_F(McpQuestions, SurviveALostConnection) {  // H9
    McpClient client(world, "2025-11-25", kEverything);
    auto& call = client.call("ask_name");
    const auto question = question_on(call);
    call.close();
    auto& again = client.listen("1-0");
    EXPECT_EQ(question_on(again), question);
    client.answer(question, form("Ann"));
    EXPECT_THAT(said(again).back(), HasSubstr("Ann"));
}

TEST_F(McpQuestions, EndWithTheirRequest) {  // T4
    McpClient client(world, "2025-11-25", kEverything);
    auto& call = client.call("ask_name");
    client.notify("notifications/cancelled", {{"requestId", client.last_request()}});
    EXPECT_THAT(said(call), ElementsAre("ask elicitation/create"));
    EXPECT_TRUE(call.is_ended());
}

}  // namespace
}  // namespace meshai::tests
