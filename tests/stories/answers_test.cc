// Stories of tasks that ask: whoever may answer does so over HTTP, once; a restart
// forgets nothing, and a question that nobody answers expires.

#include <gmock/gmock.h>

#include "tests/stories/asking.h"
#include "tests/world/mcp_client.h"

namespace meshai::tests {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST_F(Asking, ATaskShowsWhatItAsks) {
    EXPECT_EQ(status(), "input_required");
    const auto whole = object_of(world.get("/api/v1/tasks/" + task));
    const auto& question = whole.at("input_required").at(0).as_object();
    EXPECT_EQ(question.at("key"), "name");
    EXPECT_EQ(question.at("message"), "What is your name?");
    EXPECT_EQ(question.at("answer_url"), json::value(input()));
    EXPECT_TRUE(question.at("question").at("params").as_object().contains("requestedSchema"));
    EXPECT_FALSE(question.contains("link")) << "links are read where questions are answered";
    EXPECT_THAT(link(), testing::StartsWith("https://mesh.example/approve/"));

    says({{"key", "name"}, {"answer", kAnn}});
    EXPECT_FALSE(object_of(world.get("/api/v1/tasks/" + task)).contains("input_required"));
    EXPECT_EQ(shown().at("answered").at(0).at("by"), "ann");
}

TEST_F(Asking, AnAnswerMayBeSaidInManyWays) {
    const json::value kBodies[] = {{{"answers", {{"name", kAnn}}}},
                                   {{"key", "name"}, {"answer", kAnn}},
                                   {{"key", "name"}, {"answer", {{"name", "Ann"}}}},
                                   {{"key", "name"}, {"answer", "Ann"}},
                                   {{"answer", "Ann"}}};
    for (const auto& body : kBodies) {
        another();
        world.agent_asks({"name"});
        const auto answer = says(body);
        EXPECT_EQ(answer.status, 200) << to_text(body) << answer.body;
        EXPECT_EQ(world.agent().answers().back().at("name"), json::value(kAnn)) << to_text(body);
        EXPECT_EQ(status(), "executing");
    }
}

TEST_F(Asking, YesAndNoAreAnswersToWhatHasNoForm) {
    for (const bool yes : {true, false}) {
        another();
        world.agent().asks(agents::Questions{{"sure", form("Delete it?", {}, {})}});
        world.loop.settle();
        EXPECT_EQ(says({{"answer", yes}}).status, 200);
        EXPECT_EQ(world.agent().answers().back().at("sure").at("action"), yes ? "accept" : "decline");
    }
}

// Whoever asks may look at nothing but the action: a plain no must never look like a yes.
TEST_F(Asking, ABareNoDeclinesAlsoWhereTheFormHasAFieldForIt) {
    const auto sure = form("Delete it?", {{"sure", {{"type", "boolean"}}}}, {"sure"});
    another();
    world.agent().asks(agents::Questions{{"sure", sure}});
    world.loop.settle();
    EXPECT_EQ(says({{"answer", false}}).status, 200);
    EXPECT_EQ(world.agent().answers().back().at("sure"), (json::value{{"action", "decline"}}));
    another();
    world.agent().asks(agents::Questions{{"sure", sure}});
    world.loop.settle();
    EXPECT_EQ(says({{"answer", true}}).status, 200);
    EXPECT_EQ(world.agent().answers().back().at("sure"),
              (json::value{{"action", "accept"}, {"content", {{"sure", true}}}}));
}

TEST_F(Asking, WhatDoesNotFitIsRefusedWithTheNameOfTheMember) {
    const auto expect = [&](const json::value& body, int status, const char* word) {
        const auto answer = says(body);
        EXPECT_EQ(answer.status, status) << to_text(body) << answer.body;
        EXPECT_THAT(answer.body, HasSubstr(word)) << to_text(body);
    };
    expect({{"key", "name"}, {"answer", json::object{}}}, 422, "The field \\\"name\\\" is required");
    expect({{"key", "name"}, {"answer", {{"name", 7}}}}, 422, "The field \\\"name\\\" must be a text");
    expect({{"key", "name"}, {"answer", {{"action", "accept"}}}}, 422, "is required");
    expect({{"key", "name"}, {"answer", nullptr}}, 422, "An answer is");
    expect({{"key", "age"}, {"answer", kAnn}}, 422, "no question \\\"age\\\"");
    expect({{"answers", {{"name", kAnn}, {"age", 7}}}}, 422, "unknown");
    expect(json::object{}, 422, "answers");
    expect({{"answers", json::object{}}}, 422, "answers");
    expect({{"answers", {{"name", kAnn}}}, {"answer", kAnn}}, 422, "answers");
    expect({{"key", 7}, {"answer", kAnn}}, 422, "key");
    expect(json::array{}, 400, "");
    EXPECT_EQ(status(), "input_required") << "all or nothing";
    EXPECT_TRUE(given().empty());
}

TEST_F(Asking, TheFirstAnswerCountsAndIsGivenTwiceInVain) {
    EXPECT_EQ(says({{"answer", "Ann"}}).status, 200);
    EXPECT_EQ(says({{"key", "name"}, {"answer", "Ann"}}).status, 200) << "the same again";
    const auto other = says({{"key", "name"}, {"answer", "Bob"}});
    EXPECT_EQ(other.status, 409);
    EXPECT_EQ(object_of(other).at("outcome"), "answered");
    EXPECT_THAT(given(), ElementsAre("name by ann"));

    world.agent_finishes("Hello");
    EXPECT_EQ(says({{"key", "name"}, {"answer", "Bob"}}).status, 409);
    EXPECT_EQ(says({{"key", "more"}, {"answer", "Bob"}}).status, 422);
}

TEST_F(Asking, ATaskThatIsOverTakesNoAnswer) {
    world.remove("/api/v1/tasks/" + task);
    const auto late = says({{"key", "name"}, {"answer", "Ann"}});
    EXPECT_EQ(late.status, 409);
    EXPECT_EQ(object_of(late).at("outcome"), "finished");
    EXPECT_TRUE(shown().at("questions").as_array().empty());
}

TEST_F(Asking, OnlyWhoMaySeeTheTaskAndExecuteAnswers) {
    const json::value body{{"key", "name"}, {"answer", "Eve"}};
    const auto as = [&](const std::string& key) {
        return world.post(input(), body, {{"Authorization", "Bearer " + key}}).status;
    };
    EXPECT_EQ(as(world.make_key("other", "eve")), 404);
    EXPECT_EQ(as(world.make_key("acme", "eve", {"mcp:read", "mcp:execute"})), 404);
    const auto reader = world.make_key("acme", "ann", {"mcp:read"});
    EXPECT_EQ(as(reader), 403);
    EXPECT_EQ(world.get(input(), world.make_key("other", "eve")).status, 404);
    EXPECT_EQ(shown(reader).at("questions").as_array().size(), 1U);
    EXPECT_FALSE(shown(reader).at("questions").at(0).as_object().contains("link"));
    EXPECT_EQ(world.get("/api/v1/tasks/t_unknown/input").status, 404);
    EXPECT_TRUE(given().empty());
}

TEST_F(Asking, TheStreamSaysWhatIsAskedAndWhoAnswered) {
    auto& stream = world.open_stream("/api/v1/tasks/" + task + "/stream");
    EXPECT_EQ(take(stream).back(), "input_required");
    EXPECT_THAT(stream.bytes(), HasSubstr(R"("answer_url":")" + input()));
    EXPECT_THAT(stream.bytes(), HasSubstr("\"link\":\"" + link() + "\""));
    const auto reader = world.make_key("acme", "ann", {"mcp:read"});
    auto& shy =
        world.open_stream("/api/v1/tasks/" + task + "/stream", {{"Authorization", "Bearer " + reader}});
    EXPECT_THAT(shy.bytes(), Not(HasSubstr("/approve/")));

    says({{"answer", "Ann"}});
    EXPECT_THAT(take(stream), ElementsAre("input_given"));
    EXPECT_THAT(stream.bytes(), HasSubstr(R"("key":"name","by":"ann")"));
    auto& again = world.open_stream("/api/v1/tasks/" + task + "/stream");
    EXPECT_EQ(again.bytes(), stream.bytes()) << "link and all";
}

TEST_F(Asking, AnAnswerThatWasTakenOutlivesACrash) {
    EXPECT_EQ(says({{"answer", "Ann"}}).status, 200);
    world.crash();
    world.starts();
    world.agent_asks({"name"});
    EXPECT_EQ(world.agent().answers().back().at("name"), json::value(kAnn));
    EXPECT_THAT(given(), ElementsAre("name by ann"));
}

// --- expiry

TEST_F(Asking, AQuestionThatNobodyAnswersExpiresAndSaysSoEverywhere) {
    another();
    world.agent().asks({"late"}, in(60s));
    auto& stream = world.open_stream("/api/v1/tasks/" + task + "/stream");
    const auto at = path();
    EXPECT_THAT(visits(at).bytes(), HasSubstr("expires at"));
    world.passes(60s);
    EXPECT_THAT(given(), ElementsAre("late by expired"));
    EXPECT_EQ(status(), "executing");
    EXPECT_THAT(take(stream), Contains("input_given"));
    EXPECT_THAT(stream.bytes(), HasSubstr(R"("key":"late","by":"expired")"));
    const auto late = says({{"key", "late"}, {"answer", "Ann"}});
    EXPECT_EQ(late.status, 409);
    EXPECT_EQ(object_of(late).at("outcome"), "expired");
    EXPECT_EQ(visits(at).status(), 410);
    EXPECT_EQ(sends(at, "action=accept&f0=Ann").status(), 410);
    world.agent_finishes("nobody");
    EXPECT_EQ(visits(at).status(), 410);
}

TEST_F(Asking, AQuestionExpiresWhileTheServerIsAway) {
    another();
    world.agent().asks({"late"}, in(60s));
    world.loop.settle();
    const auto at = path();
    world.crash();
    world.passes(2min);
    world.starts();
    // The agent has not asked again yet, but it is too late already.
    EXPECT_EQ(visits(at).status(), 410);
    EXPECT_EQ(says({{"key", "late"}, {"answer", "Ann"}}).status, 409);
    world.agent().asks({"late"}, in(60s));
    world.loop.settle();
    EXPECT_THAT(given(), ElementsAre("late by expired"));
    EXPECT_EQ(visits(at).status(), 410);
}

// --- beside the clients of MCP

TEST(AskingOverMcp, WhatIsPutToTheClientOfACallMayBeAnsweredByALink) {
    World world;
    McpClient client(world, "2025-11-25", {{"elicitation", json::object{}}});
    auto& call = client.call("mesh_execute", {{"task", "Greet somebody"}});
    world.agent_asks({"name"});
    EXPECT_THAT(said(call), Contains("ask elicitation/create"));
    const auto tasks = parse_json(world.get("/api/v1/tasks").body).value().as_array();
    const auto input = "/api/v1/tasks/" + std::string(tasks.at(0).at("task_id").as_string()) + "/input";
    const auto shown = object_of(world.get(input));
    const auto path = std::string(shown.at("questions").at(0).at("link").as_string());
    EXPECT_EQ(path.find("/approve/"), 0U) << "a server that does not know its name gives the path alone";
    auto& done = world.send(
        "POST", path, {{"Authorization", "none"}, {"Content-Type", "application/x-www-form-urlencoded"}},
        "action=accept&f0=Ann");
    EXPECT_EQ(done.status(), 200);
    EXPECT_THAT(said(call), Contains(testing::StartsWith("cancelled "))) << "the question is taken back";
    world.agent_finishes("Hello, Ann!");
    EXPECT_THAT(said(call).back(), HasSubstr("Hello, Ann!"));
}

// Was broken: a call that had asked once could not be ended any more before its task was.
TEST(AskingOverMcp, ACallThatHasAskedStillEndsWithItsServer) {
    World world;
    McpClient client(world, "2025-11-25", {{"elicitation", json::object{}}});
    auto& call = client.call("mesh_execute", {{"task", "Greet somebody"}});
    world.agent_asks({"name"});
    client.answer(question_on(call), kAnn);
    ASSERT_EQ(world.agent().answers().size(), 1U);
    world.drains(Duration::zero());
    EXPECT_TRUE(call.is_ended());
    world.starts();
}

TEST(AskingOverMcp, WhoAnswersAnElicitationIsInTheLog) {
    World world;
    McpClient client(world, "2025-11-25", {{"elicitation", json::object{}}});
    auto& call = client.call("mesh_execute", {{"task", "Greet somebody"}});
    world.agent_asks({"name"});
    client.answer(question_on(call), kAnn);
    ASSERT_EQ(world.agent().answers().size(), 1U);
    const auto tasks = parse_json(world.get("/api/v1/tasks").body).value().as_array();
    const auto task = std::string(tasks.at(0).at("task_id").as_string());
    const auto answered = object_of(world.get("/api/v1/tasks/" + task + "/input")).at("answered");
    EXPECT_EQ(answered.at(0).at("by"), "ann");
    world.agent_finishes("Hello, Ann!");
    EXPECT_THAT(said(call).back(), HasSubstr("Hello, Ann!"));
}

}  // namespace
}  // namespace meshai::tests
