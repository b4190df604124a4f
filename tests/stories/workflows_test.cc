// Workflows from the client's side: steps of several agents on one stream, the
// same after a crash, by every door that can begin one.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/world/world.h"

namespace meshai::tests {
namespace {

using testing::HasSubstr;

app::Config several(const std::vector<std::string>& names) {
    app::Config config;
    for (const auto& name : names) {
        agents::Spec spec;
        spec.name = name;
        spec.kind = agents::Kind::OpenAi;
        spec.url = "https://agent.example";
        spec.capabilities = {"text_generation"};
        config.agents.push_back(std::move(spec));
    }
    return config;
}

json::object draft_and_review() {
    return json::parse(R"({"name": "story", "steps": [
        {"id": "draft", "agent": "writer", "task": "Write about ${input.topic}"},
        {"id": "review", "agent": "critic", "after": ["draft"], "task": "Review: ${steps.draft.result}"}],
        "input_schema": {"type": "object", "properties": {"topic": {"type": "string"}}, "required": ["topic"]}})")
        .as_object();
}

json::object body_of(const net::http::Response& response) {
    return parse_json_object(response.body).value();
}

/// The JSON of every frame of a type.
std::vector<json::object> frames_of(const Stream& stream, std::string_view type) {
    std::vector<json::object> found;
    std::string_view rest = stream.bytes();
    constexpr std::string_view kData = "data: ";
    for (auto at = rest.find(kData); at != std::string_view::npos; at = rest.find(kData)) {
        rest.remove_prefix(at + kData.size());
        const auto object = parse_json_object(rest.substr(0, rest.find('\n')));
        if (object && find_string(*object, "type").value_or("") == type) found.push_back(*object);
    }
    return found;
}

std::vector<std::string> steps_on(const Stream& stream) {
    std::vector<std::string> lines;
    for (const auto& frame : frames_of(stream, "step"))
        lines.push_back(find_string(frame, "step").value_or("") + " " +
                        find_string(frame, "state").value_or(""));
    return lines;
}

class Newsroom : public World {
  public:
    Newsroom() : World(1, several({"writer", "critic"})) { (void)agent("critic"); }

    Stream& runs(const json::object& definition, json::object input) {
        return send("POST", "/api/v1/workflows",
                    {{"Content-Type", "application/json"}, {"Accept", "text/event-stream"}},
                    to_text(json::object{
                        {"workflow_type", "graph"}, {"payload", definition}, {"input", std::move(input)}}));
    }
    void finishes(const std::string& name, json::value result) {
        agent(name).finishes(std::move(result));
        loop.settle();
    }
};

TEST(Workflows, StepsAreSeenOnTheStreamAndPassOnWhatTheyMade) {
    Newsroom world;
    auto& stream = world.runs(draft_and_review(), {{"topic", "Rome"}});
    ASSERT_EQ(world.agent("writer").calls().size(), 1U) << stream.bytes();
    EXPECT_EQ(world.agent("writer").calls()[0].request.input, json::value("Write about Rome"));
    world.agent("writer").writes("Rome was ");
    world.loop.settle();
    world.finishes("writer", "Rome was not built in a day");
    ASSERT_EQ(world.agent("critic").calls().size(), 1U);
    EXPECT_EQ(world.agent("critic").calls()[0].request.input,
              json::value("Review: Rome was not built in a day"));
    world.finishes("critic", "True.");
    ASSERT_TRUE(stream.is_ended());
    EXPECT_EQ(steps_on(stream),
              (std::vector<std::string>{"draft started", "draft executing", "draft completed",
                                        "review started", "review executing", "review completed"}));
    const auto tokens = frames_of(stream, "token");
    ASSERT_EQ(tokens.size(), 1U);
    EXPECT_EQ(tokens[0].at("step"), json::value("draft"));
    const auto result = frames_of(stream, "result");
    ASSERT_EQ(result.size(), 1U);
    EXPECT_EQ(result[0].at("data").at("text"), json::value("True."));
    double before = 0;
    for (const auto& frame : frames_of(stream, "step")) {
        EXPECT_GE(frame.at("progress").to_number<double>(), before);
        before = frame.at("progress").to_number<double>();
    }
}

TEST(Workflows, AfterACrashTheFinishedStepIsNotRunAgainAndTheStreamGoesOn) {
    Newsroom world;
    auto& stream = world.runs(draft_and_review(), {{"topic", "Rome"}});
    world.finishes("writer", "a draft");
    ASSERT_EQ(world.agent("critic").calls().size(), 1U);
    world.crash();
    world.starts();
    auto& again = world.resume(stream);
    EXPECT_EQ(world.agent("writer").calls().size(), 1U);
    ASSERT_EQ(world.agent("critic").calls().size(), 2U)
        << "the step that ran is run again, in the same child";
    world.finishes("critic", "True.");
    ASSERT_TRUE(again.is_ended());
    const auto result = frames_of(again, "result");
    ASSERT_EQ(result.size(), 1U);
    EXPECT_EQ(result[0].at("data").at("text"), json::value("True."));
}

TEST(Workflows, AreKeptWithVersionsAndRunByName) {
    Newsroom world;
    EXPECT_EQ(world.post("/api/v1/workflows", draft_and_review()).status, 201);
    auto changed = draft_and_review();
    changed["description"] = "A story and its review";
    EXPECT_EQ(body_of(world.post("/api/v1/workflows", changed)).at("version"), json::value(2));
    const auto kept = body_of(world.get("/api/v1/workflows/story@1"));
    EXPECT_EQ(kept.at("version"), json::value(1));
    EXPECT_EQ(kept.at("versions"), json::value(json::array{2, 1}));
    auto& stream = world.send("POST", "/api/v1/workflows/story/run",
                              {{"Content-Type", "application/json"}, {"Accept", "text/event-stream"}},
                              R"({"input": {"topic": "Rome"}})");
    world.finishes("writer", "a draft");
    world.finishes("critic", "fine");
    EXPECT_TRUE(stream.is_ended()) << stream.bytes();
    EXPECT_EQ(world.get("/api/v1/workflows/none").status, 404);
    EXPECT_EQ(world.remove("/api/v1/workflows/story").status, 200);
    EXPECT_EQ(world.get("/api/v1/workflows/story").status, 404);
}

TEST(Workflows, WhatIsWrongIsRefusedWithItsPlace) {
    Newsroom world;
    auto wrong = draft_and_review();
    wrong["steps"].as_array()[0].as_object()["after"] = json::array{"review"};
    const auto refused = world.post("/api/v1/workflows", wrong);
    EXPECT_EQ(refused.status, 422);
    EXPECT_THAT(refused.body, HasSubstr("draft -> review -> draft"));
    const auto checked = body_of(world.post("/api/v1/workflows/check", wrong));
    EXPECT_EQ(checked.at("valid"), json::value(false));
    const auto unknown =
        world.post("/api/v1/workflows",
                   json::object{{"workflow_type", "sequential"},
                                {"payload", {{"steps", json::array{{{"task", "x"}, {"agent", "nobody"}}}}}}});
    EXPECT_EQ(unknown.status, 422) << unknown.body;
    EXPECT_THAT(unknown.body, HasSubstr("nobody"));
}

TEST(Workflows, SeveralAgentsAnswerTheFamilysCall) {
    Newsroom world;
    auto& stream = world.send("POST", "/multi-agent/execute", {{"Content-Type", "application/json"}},
                              R"({"task": "Tell me about Rome", "agents": ["writer", "critic"],
                                  "routing_strategy": "collaborative", "return_intermediate": true})");
    world.finishes("writer", "It is old.");
    world.finishes("critic", "It is large.");
    // The synthesis goes to one of them.
    world.finishes("writer", "It is old and large.");
    world.finishes("critic", "It is old and large.");
    ASSERT_TRUE(stream.is_ended());
    EXPECT_EQ(stream.status(), 200) << stream.bytes();
    const auto body = parse_json_object(stream.bytes()).value();
    EXPECT_FALSE(body.contains("error"));
    EXPECT_EQ(body.at("agent_results").at("writer").at("result"), json::value("It is old."));
    EXPECT_EQ(body.at("agent_results").at("critic").at("result"), json::value("It is large."));
    EXPECT_EQ(body.at("summary"), json::value("It is old and large."));
}

TEST(Workflows, MeshExecuteTakesAWordForWorkingTogether) {
    Newsroom world;
    auto& stream = world.mesh_execute("Tell me about Rome", {{"routing_strategy", "parallel"}});
    ASSERT_EQ(world.agent("writer").calls().size(), 1U) << stream.bytes();
    ASSERT_EQ(world.agent("critic").calls().size(), 1U);
    world.finishes("writer", "old");
    world.finishes("critic", "large");
    EXPECT_TRUE(stream.is_ended());
    EXPECT_EQ(frames_of(stream, "result").size(), 1U);
}

TEST(Workflows, TheirChildrenAreNotInTheListUnlessAskedFor) {
    Newsroom world;
    auto& stream = world.runs(draft_and_review(), {{"topic", "Rome"}});
    const auto id = stream.task_id();
    EXPECT_EQ(parse_json(world.get("/api/v1/tasks").body)->as_array().size(), 1U);
    const auto children = parse_json(world.get("/api/v1/tasks?parent=" + id).body)->as_array();
    ASSERT_EQ(children.size(), 1U);
    const auto status = body_of(world.get("/api/v1/tasks/" + id));
    ASSERT_EQ(status.at("steps").as_array().size(), 1U);
    EXPECT_EQ(status.at("steps").as_array()[0].at("step"), json::value("draft"));
    EXPECT_EQ(status.at("steps").as_array()[0].at("task_id"), children[0].at("task_id"));
}

TEST(Workflows, WhatTheDefinitionSaysOfAClientThatLeavesHoldsOnTheStreamThatBeganIt) {
    Newsroom world;
    auto leaving = draft_and_review();
    leaving["on_disconnect"] = "cancel";
    auto& stream = world.runs(leaving, {{"topic", "Rome"}});
    const auto id = stream.task_id();
    world.breaks_connections();
    world.loop.settle();
    EXPECT_EQ(body_of(world.get("/api/v1/tasks/" + id)).at("status"), json::value("cancelled"));
    EXPECT_EQ(world.agent("writer").calls_cancelled(), 1U);
}

TEST(Workflows, CancellingOneCancelsWhatItBegan) {
    Newsroom world;
    auto& stream = world.runs(draft_and_review(), {{"topic", "Rome"}});
    EXPECT_EQ(world.remove("/api/v1/tasks/" + stream.task_id()).status, 200);
    world.loop.settle();
    EXPECT_TRUE(stream.is_ended());
    EXPECT_EQ(world.agent("writer").calls_cancelled(), 1U);
}

}  // namespace
}  // namespace meshai::tests
