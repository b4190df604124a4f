#include "agents/delegation/delegation.h"

#include <gtest/gtest.h>

#include "agents/testing/stage.h"

namespace meshai::agents {
namespace {

DelegateAccess means() {
    return {"http://mesh.example/api/v1/tasks/t_1/delegate", "http://mesh.example/api/v1/tasks/t_1/ask",
            Secret("sealed")};
}

TEST(Delegation, TheSameWordsInTheSamePlaceAreTheSameWork) {
    EXPECT_EQ(step_for("1", "a"), step_for("1", "a"));
    EXPECT_NE(step_for("1", "a"), step_for("2", "a"));
    EXPECT_NE(step_for("1", "a"), step_for("1", "b"));
    EXPECT_EQ(step_for("1", ""), "delegation-1-cbf29ce484222325");
    EXPECT_EQ(step_for("", ""), "delegation-cbf29ce484222325");
    EXPECT_EQ(key_for("1", ""), "ask-1-cbf29ce484222325");
}

TEST(Delegation, APersonIsAskedFlatFormsOnly) {
    const auto ask = [](std::string_view schema) {
        return check(
            PersonQuestion{.key = "k", .question = "?", .schema = parse_json_object(schema).value()});
    };
    EXPECT_TRUE(ask("{}"));
    EXPECT_TRUE(ask(R"({"type":"object","properties":{"sure":{"type":"boolean"}}})"));
    EXPECT_FALSE(ask(R"({"type":"object","properties":{"deep":{"type":"object"}}})"));
    EXPECT_FALSE(ask(R"({"type":"object","properties":{}})"));
    EXPECT_FALSE(ask(R"({"type":"string"})"));
}

TEST(Delegation, WhatAMessageShowsIsBounded) {
    Stage stage(Kind::OpenAi);
    ChildEnding ending;
    ending.result = json::string(std::string(1U << 20U, 'x'));
    stage.sink.endings.push_back(ending);
    Delegation work{.step = "s", .task = json::string(std::string(1U << 20U, 'y'))};
    EXPECT_TRUE(stage.loop.run(hand_over(stage.sink, AgentId{"a1"}, work)));
    EXPECT_EQ(stage.sink.lines.size(), 3U);
    for (const auto& message : stage.sink.messages)
        EXPECT_LE(to_text(message.content).size(), kShownBytesMax + 256);
}

TEST(HttpAgent, ThatDelegatesFindsTheMeansInItsContext) {
    for (const bool delegates : {true, false}) {
        Stage stage(Kind::Http);
        stage.spec.delegates = delegates;
        stage.delegate_access = [](const Call&) { return means(); };
        stage.peer.replies(answer(200, "application/json", R"({"status":"completed","result":"x"})"));
        EXPECT_EQ(line_of(stage.run()), "result x");
        const auto body = parse_json_object(stage.peer.body(0)).value();
        const auto& context = body.at("context").as_object();
        EXPECT_EQ(context.contains("delegate_key"), delegates);
        if (!delegates) continue;
        EXPECT_EQ(context.at("delegate_url"), json::value(means().delegate_url));
        EXPECT_EQ(context.at("ask_url"), json::value(means().ask_url));
        EXPECT_EQ(context.at("delegate_key"), "sealed");
    }
}

TEST(CommandAgent, ThatDelegatesFindsTheMeansInItsEnvironment) {
    for (const bool delegates : {true, false}) {
        Stage stage(Kind::Command);
        stage.spec.delegates = delegates;
        stage.delegate_access = [](const Call&) { return means(); };
        stage.programs.next({.output = {"x"}});
        EXPECT_EQ(line_of(stage.run()), "result x");
        const auto& program = stage.programs.started.front();
        std::map<std::string, std::string> environment(program.environment.begin(),
                                                       program.environment.end());
        EXPECT_EQ(environment.contains("MESHAI_DELEGATE_KEY"), delegates);
        EXPECT_EQ(program.input.find("sealed"), std::string::npos);
        if (!delegates) continue;
        EXPECT_EQ(environment["MESHAI_DELEGATE_URL"], means().delegate_url);
        EXPECT_EQ(environment["MESHAI_ASK_URL"], means().ask_url);
        EXPECT_EQ(environment["MESHAI_DELEGATE_KEY"], "sealed");
    }
}

TEST(CommandAgent, IsGivenNoMeansWhereTheServerHasNone) {
    Stage stage(Kind::Command);
    stage.spec.delegates = true;
    stage.delegate_access = [](const Call&) -> std::optional<DelegateAccess> { return std::nullopt; };
    stage.programs.next({.output = {"x"}});
    EXPECT_EQ(line_of(stage.run()), "result x");
    EXPECT_EQ(stage.programs.started.front().environment.size(), 2U);
}

}  // namespace
}  // namespace meshai::agents
