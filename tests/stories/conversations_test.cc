// Stories of conversations over REST: turns that are remembered, one at a time, within a bound.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/stories/conversation_world.h"

namespace meshai::tests {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

TEST(Conversations, ThreeTurnsEachKnowTheOnesBefore) {
    Talk world;
    const auto id = world.begins({{"title", "Introductions"}});
    world.talked(id, "My name is Ann.", "Hello Ann.");
    world.talked(id, "I like red.", "A fine colour.");
    auto& third = world.says(id, {{"message", "What do you know?"}});
    EXPECT_THAT(world.heard(), AllOf(HasSubstr("My name is Ann."), HasSubstr("Hello Ann."),
                                     HasSubstr("I like red."), HasSubstr("A fine colour.")));
    world.agent_writes("You are Ann");
    world.agent_writes(" and like red.");
    world.agent_finishes("You are Ann and like red.");
    EXPECT_THAT(take(third), AllOf(Contains("token You are Ann"), Contains("token  and like red."),
                                   Contains("result You are Ann and like red."), Contains("[DONE]")));

    const auto whole = world.conversation(id);
    EXPECT_EQ(whole.at("title"), "Introductions");
    EXPECT_EQ(whole.at("turn_count"), 3);
    EXPECT_EQ(whole.at("turns").as_array().size(), 3U);
    const auto turns = world.turns_of(id);
    ASSERT_EQ(turns.size(), 3U);
    const auto& second = turns[1].as_object();
    EXPECT_EQ(second.at("number"), 2);
    EXPECT_EQ(second.at("status"), "completed");
    EXPECT_EQ(second.at("agent_id"), "writer");
    EXPECT_EQ(second.at("messages").as_array()[0].at("content"), "I like red.");
    EXPECT_EQ(second.at("messages").as_array()[1].at("content"), "A fine colour.");
    EXPECT_EQ(second.at("usage").at("output_tokens"), 11);
    const auto task = parsed(world.get("/api/v1/tasks/" + third.task_id()));
    EXPECT_EQ(task.at("conversation_id").as_string(), id);
}

TEST(Conversations, ATurnIsAnsweredInOnePieceWhereNoStreamIsWanted) {
    Talk world;
    const auto id = world.begins();
    world.agent_finishes("Good day.");
    const auto answer = world.post(kTalks + "/" + id + "/turns", json::object{{"message", "Hello"}});
    EXPECT_EQ(answer.status, 200);
    const auto body = parsed(answer);
    EXPECT_EQ(body.at("status"), "completed");
    EXPECT_EQ(body.at("result"), "Good day.");
    EXPECT_EQ(body.at("conversation_id").as_string(), id);
}

TEST(Conversations, WhoDoesNotWaitIsGivenTheTaskAtOnce) {
    Talk world;
    const auto id = world.begins();
    const auto accepted =
        world.post(kTalks + "/" + id + "/turns", json::object{{"message", "Hello"}, {"wait", false}});
    EXPECT_EQ(accepted.status, 201);
    EXPECT_EQ(parsed(accepted).at("conversation_id").as_string(), id);
    world.agent_finishes("Good day.");
    const auto task = std::string(parsed(accepted).at("task_id").as_string());
    EXPECT_EQ(parsed(world.get("/api/v1/tasks/" + task)).at("status"), "completed");
}

TEST(Conversations, OneTurnRunsAtATime) {
    Talk world;
    const auto id = world.begins();
    auto& first = world.says(id, {{"message", "Think."}});
    const auto refused = world.post(kTalks + "/" + id + "/turns", json::object{{"message", "Faster!"}});
    EXPECT_EQ(refused.status, 409);
    EXPECT_EQ(parsed(refused).at("code"), "CONFLICT");
    EXPECT_THAT(refused.body, HasSubstr(first.task_id()));
    world.agent_finishes("Thought.");
    EXPECT_EQ(world.say_status(id, "And now?"), 200);
}

TEST(Conversations, TheSameKeyIsTheSameTurn) {
    Talk world;
    const auto id = world.begins();
    auto& first = world.says(id, {{"message", "Hello"}}, {{"Idempotency-Key", "k1"}});
    auto& again = world.says(id, {{"message", "Hello"}}, {{"Idempotency-Key", "k1"}});
    EXPECT_EQ(again.status(), 200);
    world.agent_finishes("Good day.");
    EXPECT_EQ(first.task_id(), again.task_id());
    EXPECT_EQ(take(first), take(again));
    EXPECT_EQ(world.agent().calls().size(), 1U);
    EXPECT_EQ(world.say_status(id, "Something else", {{"Idempotency-Key", "k1"}}), 409);
}

TEST(Conversations, TheSameKeyIsTheSameConversation) {
    Talk world;
    const net::http::Headers key{{"Idempotency-Key", "begin-1"}};
    const auto first = world.post(kTalks, json::object{{"title", "A"}}, key);
    const auto again = world.post(kTalks, json::object{{"title", "A"}}, key);
    EXPECT_EQ(again.status, 201);
    EXPECT_EQ(again.headers.get("Idempotency-Replayed"), "true");
    EXPECT_EQ(first.body, again.body);
    EXPECT_EQ(world.post(kTalks, json::object{{"title", "B"}}, key).status, 409);
}

TEST(Conversations, ARestartBetweenTurnsForgetsNothing) {
    Talk world;
    const auto id = world.begins();
    world.talked(id, "My name is Ann.", "Hello Ann.");
    world.crash();
    world.starts();
    world.says(id, {{"message", "Who am I?"}});
    EXPECT_THAT(world.heard(), HasSubstr("Hello Ann."));
}

TEST(Conversations, ATurnInWhichTheServerIsKilledIsRunAgainAndHearsTheSame) {
    Talk world;
    const auto id = world.begins();
    world.talked(id, "My name is Ann.", "Hello Ann.");
    auto& cut = world.says(id, {{"message", "Who am I?"}});
    const auto before = world.heard();
    const auto task = cut.task_id();
    world.crash();
    world.starts();
    world.loop.settle();
    EXPECT_EQ(world.heard(), before);
    // It still is the turn that runs: nothing else can be said yet.
    EXPECT_EQ(world.post(kTalks + "/" + id + "/turns", json::object{{"message", "Hm?"}}).status, 409);
    auto& again = world.open_stream(kTalks + "/" + id + "/stream");
    world.agent_finishes("You are Ann.");
    EXPECT_THAT(take(again), Contains("result You are Ann."));
    EXPECT_EQ(again.task_id(), task);
    EXPECT_EQ(world.conversation(id).at("turn_count"), 2);
}

TEST(Conversations, WhatIsLeftOutIsSaidInAnEventOfTheTurn) {
    Talk world;
    const auto id = world.begins({{"context", {{"max_turns", 2}}}});
    for (const auto* text : {"one", "two", "three"}) world.talked(id, text, "yes");
    auto& stream = world.says(id, {{"message", "four"}});
    world.agent_finishes("yes");
    EXPECT_THAT(take(stream),
                Contains("progress The agent is told 2 of 3 earlier turns; 1 older ones are left out"));
    EXPECT_THAT(stream.bytes(), HasSubstr(R"("dropped":1)"));
    EXPECT_THAT(world.heard(), Not(HasSubstr("\"one\"")));
}

TEST(Conversations, TheOldestTurnsAreSummarisedByAnAgent) {
    Talk world;
    const auto id = world.begins({{"context", {{"max_turns", 2}, {"policy", "summarise"}}}});
    for (const auto* text : {"one", "two", "three"}) world.talked(id, text, "yes");
    auto& stream = world.says(id, {{"message", "four"}});
    EXPECT_THAT(world.heard(), HasSubstr("Summarise the conversation"));
    world.agent_finishes("They count.");
    EXPECT_THAT(world.heard(), AllOf(HasSubstr("They count."), HasSubstr("four")));
    world.agent_finishes("yes");
    EXPECT_THAT(take(stream), Contains("progress The agent is told 1 of 3 earlier turns and a summary of 2"));
    EXPECT_EQ(stream.messages().back().data, "[DONE]");
    // The summary is work of the turn, and no task in the list of its own.
    EXPECT_EQ(parse_json(world.get("/api/v1/tasks").body)->as_array().size(), 4U);
}

TEST(Conversations, AFailingSummariserCostsTheOldTurnsAndNotTheNewOne) {
    Talk world;
    const auto id = world.begins({{"context", {{"max_turns", 2}, {"policy", "summarise"}}}});
    for (const auto* text : {"one", "two", "three"}) world.talked(id, text, "yes");
    auto& stream = world.says(id, {{"message", "four"}});
    world.agent_fails(agents::Failure{.error = {Code::AgentFailed, "I cannot count."}});
    world.agent_finishes("yes");
    EXPECT_THAT(take(stream),
                Contains(AllOf(HasSubstr("1 older ones are left out"), HasSubstr("no summary"))));
    EXPECT_THAT(stream.bytes(), HasSubstr("summary_error"));
}

TEST(Conversations, AForeignOneIsNotThere) {
    Talk world;
    const auto id = world.begins();
    world.talked(id, "A secret.", "Kept.");
    const auto bob = world.make_key("acme", "bob", {"mcp:read", "mcp:execute"});
    const auto eve = world.make_key("evil", "eve");
    for (const auto& key : {bob, eve}) {
        const net::http::Headers as{{"Authorization", "Bearer " + key}};
        for (const auto& path :
             {kTalks + "/" + id, kTalks + "/" + id + "/turns", kTalks + "/" + id + "/stream"}) {
            const auto foreign = world.get(path, key);
            EXPECT_EQ(foreign.status, 404) << path;
            EXPECT_THAT(foreign.body, Not(HasSubstr(id)));
        }
        EXPECT_EQ(world.say_status(id, "Tell me", as), 404);
        EXPECT_EQ(world.send("DELETE", kTalks + "/" + id, as, "").status(), 404);
        EXPECT_EQ(world.post(kTalks, json::object{{"fork", {{"conversation_id", id}}}}, as).status, 404);
        EXPECT_EQ(parsed(world.get(kTalks, key)).at("conversations").as_array().size(), 0U);
    }
    EXPECT_EQ(world.agent().calls().size(), 1U);
}

TEST(Conversations, WhoSeesTheTenantReadsAndForksButDoesNotSpeakForAnother) {
    Talk world;
    const auto id = world.begins();
    world.talked(id, "Hello", "Good day.");
    const auto boss = world.make_key("acme", "boss", {"mcp:read", "mcp:execute", "mcp:manage"});
    EXPECT_EQ(world.get(kTalks + "/" + id + "/turns", boss).status, 200);
    const net::http::Headers as{{"Authorization", "Bearer " + boss}};
    EXPECT_EQ(world.say_status(id, "I am Ann", as), 403);
    const auto fork = world.post(kTalks, json::object{{"fork", {{"conversation_id", id}}}}, as);
    EXPECT_EQ(fork.status, 201);
}

TEST(Conversations, ARemovedOneIsForgottenItsRunningTurnEndsAndItsTasksStay) {
    Talk world;
    const auto id = world.begins();
    const auto done = world.talked(id, "Hello", "Good day.");
    auto& running = world.says(id, {{"message", "Think."}});
    EXPECT_EQ(world.remove(kTalks + "/" + id).status, 200);
    EXPECT_THAT(take(running), Contains("error CANCELLED"));
    EXPECT_EQ(world.get(kTalks + "/" + id).status, 404);
    EXPECT_EQ(world.remove(kTalks + "/" + id).status, 404);
    EXPECT_EQ(world.say_status(id, "Hello?"), 404);
    EXPECT_EQ(parsed(world.get("/api/v1/tasks/" + done)).at("status"), "completed");
}

TEST(Conversations, AListIsNewestFirstAndComesInPages) {
    Talk world;
    std::vector<std::string> ids;
    for (int i = 0; i < 5; ++i) {
        ids.push_back(world.begins());
        world.passes(10ms);
    }
    const auto page = parsed(world.get(kTalks + "?limit=3"));
    const auto& list = page.at("conversations").as_array();
    ASSERT_EQ(list.size(), 3U);
    EXPECT_EQ(list[0].at("conversation_id").as_string(), ids[4]);
    const auto next = std::string(page.at("next").as_string());
    const auto rest = parsed(world.get(kTalks + "?limit=3&before=" + next));
    ASSERT_EQ(rest.at("conversations").as_array().size(), 2U);
    EXPECT_EQ(rest.at("conversations").as_array()[1].at("conversation_id").as_string(), ids[0]);
    EXPECT_TRUE(rest.at("next").is_null());
}

TEST(Conversations, TurnsComeInPagesOldestFirst) {
    Talk world;
    const auto id = world.begins();
    for (const auto* text : {"one", "two", "three"}) world.talked(id, text, "yes");
    const auto page = parsed(world.get(kTalks + "/" + id + "/turns?limit=2"));
    ASSERT_EQ(page.at("turns").as_array().size(), 2U);
    const auto next = std::string(page.at("next").as_string());
    const auto rest = parsed(world.get(kTalks + "/" + id + "/turns?limit=2&after=" + next));
    ASSERT_EQ(rest.at("turns").as_array().size(), 1U);
    EXPECT_EQ(rest.at("turns").as_array()[0].at("number"), 3);
    EXPECT_TRUE(rest.at("next").is_null());
}

TEST(Conversations, AnyAgentMayTakeATurnAndKnowsWhatTheOthersSaid) {
    app::Config config;
    for (const std::string name : {"writer", "critic"}) {
        agents::Spec spec;
        spec.id = AgentId{name};
        spec.name = name;
        spec.kind = agents::Kind::OpenAi;
        spec.url = "http://" + name + ".test/v1";
        spec.model = "story";
        spec.capabilities = {"text_generation"};
        config.agents.push_back(spec);
    }
    World world(1, config);
    const auto made = parsed(world.post(kTalks, json::object{{"agents", {"writer"}}}));
    const auto path = kTalks + "/" + std::string(made.at("conversation_id").as_string()) + "/turns";
    const net::http::Headers stream{{"Content-Type", "application/json"}, {"Accept", "text/event-stream"}};
    world.send("POST", path, stream, R"({"message": "A line about rain."})");
    ASSERT_EQ(world.agent("writer").calls().size(), 1U);
    world.agent("writer").finishes("Rain, rain.");
    world.loop.settle();
    world.send("POST", path, stream, R"({"message": "Is it good?", "agent": "critic"})");
    ASSERT_EQ(world.agent("critic").calls().size(), 1U);
    EXPECT_THAT(to_text(world.agent("critic").calls().back().request.input), HasSubstr("Rain, rain."));
}

TEST(Conversations, WhatCannotBeIsRefusedByName) {
    Talk world;
    const auto refused = [&](json::object body, std::string_view word) {
        const auto answer = world.post(kTalks, body);
        EXPECT_GE(answer.status, 400) << to_text(body);
        EXPECT_LT(answer.status, 500) << to_text(body);
        EXPECT_THAT(answer.body, HasSubstr(std::string(word)));
    };
    refused({{"title", 7}}, "title");
    refused({{"title", std::string(300, 't')}}, "title");
    refused({{"metadata", "m"}}, "metadata");
    refused({{"agents", "writer"}}, "agents");
    refused({{"context", {{"max_turns", 0}}}}, "max_turns");
    refused({{"context", {{"max_turns", 2.5}}}}, "max_turns");
    refused({{"context", {{"max_bytes", 1}}}}, "max_bytes");
    refused({{"context", {{"policy", "forget"}}}}, "policy");
    refused({{"context", 5}}, "context");
    refused({{"conversation_id", "/x"}}, "id of a conversation");
    refused({{"fork", "c_1"}}, "fork");
    const auto id = world.begins();
    for (const auto& body : {json::object{}, json::object{{"message", ""}}, json::object{{"message", 7}},
                             json::object{{"message", "x"}, {"agent", 7}},
                             json::object{{"message", "x"}, {"agent", "a"}, {"agents", {"b"}}}})
        EXPECT_EQ(world.post(kTalks + "/" + id + "/turns", body).status, 422) << to_text(body);
    EXPECT_EQ(world.get(kTalks + "?limit=0").status, 400);
    EXPECT_EQ(world.get(kTalks + "/" + id + "/stream").status, 404);
}

}  // namespace
}  // namespace meshai::tests
