#include "doors/rest/agent_json.h"

#include <gtest/gtest.h>

namespace meshai::doors {
namespace {

mesh::Agent writer() {
    mesh::Agent agent;
    agent.spec.id = AgentId{"a_1"};
    agent.spec.name = "writer";
    agent.spec.url = "http://10.0.0.7/v1";
    agent.spec.api_key = agents::Secret("sk-very-secret");
    agent.spec.capabilities = {"text_generation"};
    return agent;
}

TEST(AgentJson, HoldsTheRecordAndHowTheAgentIs) {
    const auto body = agent_json(writer());
    EXPECT_EQ(body.at("id").as_string(), "a_1");
    EXPECT_EQ(body.at("endpoint").as_string(), "http://10.0.0.7/v1");
    EXPECT_EQ(body.at("status").as_string(), "active");
    EXPECT_EQ(body.at("health").as_string(), "unknown");
    EXPECT_EQ(body.at("success_rate").as_int64(), 1);
}

TEST(AgentJson, NeverHoldsASecretNorWhereTheOperatorsAgentsLive) {
    auto agent = writer();
    EXPECT_EQ(json::serialize(agent_json(agent)).find("sk-very-secret"), std::string::npos);
    agent.is_configured = true;
    EXPECT_EQ(json::serialize(agent_json(agent)).find("10.0.0.7"), std::string::npos);
}

TEST(AgentPatch, TakesWhatMayChangeAndIgnoresTheRest) {
    auto patch = parse_patch(
        json::parse(
            R"({"name":"w2","tags":["a"],"health_score":0.5,"id":"x","status":"offline","metadata":{"k":1}})")
            .as_object());
    ASSERT_TRUE(patch) << patch.error().message;
    EXPECT_EQ(patch->name, "w2");
    EXPECT_EQ(patch->tags, std::vector<std::string>{"a"});
    EXPECT_EQ(patch->health_score, 0.5);
    EXPECT_FALSE(patch->capabilities);
}

TEST(AgentPatch, RefusesWrongTypesByName) {
    for (const std::string_view body :
         {R"({"name":7})", R"({"tags":"a"})", R"({"capabilities":[1]})", R"({"health_score":2})",
          R"({"success_rate":"good"})", R"({"current_load":-1})", R"({"metadata":[]})",
          R"({"instructions":7})"}) {
        const auto object = json::parse(body).as_object();
        auto patch = parse_patch(object);
        ASSERT_FALSE(patch) << body;
        EXPECT_NE(patch.error().message.find(std::string(object.begin()->key())), std::string::npos) << body;
    }
}

TEST(AgentQuery, TakesTheWordsOfTheWire) {
    auto query =
        parse_query(json::parse(R"({"capabilities":["a"],"framework":"langchain","min_success_rate":0.9,
        "exclude_agents":["x"],"limit":5,"include_offline":true})")
                        .as_object());
    ASSERT_TRUE(query) << query.error().message;
    EXPECT_EQ(query->capabilities, std::vector<std::string>{"a"});
    EXPECT_EQ(query->framework, "langchain");
    EXPECT_EQ(query->limit, 5U);
    EXPECT_TRUE(query->include_offline);
    EXPECT_FALSE(parse_query(json::parse(R"({"limit":0})").as_object()));
    EXPECT_FALSE(parse_query(json::parse(R"({"limit":1.5})").as_object()));
    EXPECT_FALSE(parse_query(json::parse(R"({"tags":{}})").as_object()));
}

}  // namespace
}  // namespace meshai::doors
