// Stories of what stands around the tools: the lists over plain HTTP, the shorthands of older clients, and
// who hears of a changed agent.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/stories/tools_user.h"
#include "tests/world/stateless_client.h"

namespace meshai::tests {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

json::object body_of(const net::http::Response& response) {
    return parse_json_object(response.body).value_or(json::object{});
}

TEST(Catalog, IsWhatTheListsOfMcpSay) {
    World world;
    StatelessClient client(world);
    for (const auto& [target, method, member] :
         {std::tuple{"/v1/tools", "tools/list", "tools"}, {"/v1/resources", "resources/list", "resources"}}) {
        const auto plain = body_of(world.get(target));
        EXPECT_EQ(plain.size(), 1U) << "no hints for caches";
        EXPECT_EQ(plain.at(member), result_of(client.request(method)).at(member));
    }
    EXPECT_EQ(body_of(world.get("/v1/stats")), body_of(world.get("/api/v1/stats")));
    EXPECT_EQ(world.get("/v1/resources?limit=0").status, 400);
}

TEST(Catalog, NeedsTheScopeToReadAndStandsInTheDescription) {
    World world;
    const auto runner = world.make_key("acme", "runner", {"mcp:execute"});
    const auto paths = body_of(world.get("/openapi.json")).at("paths").as_object();
    for (const auto* target : {"/v1/tools", "/v1/resources", "/v1/stats"}) {
        EXPECT_EQ(world.get(target, runner).status, 403) << target;
        EXPECT_TRUE(paths.contains(target)) << target;
    }
}

struct Shorthands : testing::Test {
    static app::Config config() {
        app::Config config;
        config.compat.legacy_methods = true;
        return config;
    }
    static Stream& send(World& world, const std::string& body, const std::string& target = "/v1/mcp") {
        return world.send("POST", target, {{"Content-Type", "application/json"}}, body);
    }
    static task::Request request_of(World& world, const std::string& id) {
        auto request = std::get<task::Submitted>(world.log_of(id).front().body).request;
        request.correlation_id.clear();
        return request;
    }
};

TEST_F(Shorthands, ATaskIsTheSameAsInTheGuidesForm) {
    World world(1, config());
    constexpr auto kWords =
        R"("task":"Write a poem","capabilities":["text_generation"],"context":{"mood":"sad"})";
    auto& shorthand = send(world, std::string(R"({"method":"mesh_execute","params":{)") + kWords + "}}");
    auto& guide = send(world, std::string(R"({"jsonrpc":"2.0","id":"123","method":"tools/call","params":)") +
                                  R"({"name":"mesh_execute","arguments":{)" + kWords + "}}}");
    world.agent_finishes("one");
    world.agent_finishes("two");
    const auto first = messages_of(shorthand).back();
    const auto second = messages_of(guide).back();
    EXPECT_EQ(first.at("id"), json::value(0)) << "a shorthand without an id is answered with this one";
    const auto id_of = [](const json::object& message) {
        return find_string(data_of(message.at("result").as_object()), "task_id").value_or("");
    };
    const task::Submitted one{request_of(world, id_of(first)), Subject{"ann"}, {}};
    const task::Submitted two{request_of(world, id_of(second)), Subject{"ann"}, {}};
    EXPECT_EQ(task::encode(one), task::encode(two));
}

TEST_F(Shorthands, StreamInTheGuidesDialect) {
    World world(1, config());
    auto& stream = send(world, R"({"method":"mesh_execute","params":{"task":"sing"}})", "/v1/mcp/stream");
    world.agent_finishes("la");
    const auto frames = stream.take();
    EXPECT_THAT(frames, testing::IsSupersetOf({"start", "result la", "answer", "[DONE]"}));
}

TEST_F(Shorthands, OldNamesOfMethodsAreThoseOfMcp) {
    World world(1, config());
    const auto result = [&](const char* body) {
        return messages_of(send(world, body)).back().at("result").as_object();
    };
    EXPECT_EQ(result(R"({"type":"request","id":"1","method":"list_tools"})"),
              result(R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})"));
    EXPECT_EQ(result(R"({"type":"request","method":"list_resources"})"),
              result(R"({"jsonrpc":"2.0","id":1,"method":"resources/list"})"));
    EXPECT_TRUE(result(R"({"method":"get_resource","params":{"uri":"meshai://agents/registry"}})")
                    .contains("contents"));
    const auto called = result(R"({"method":"call_tool","params":{"name":"list_capabilities"}})");
    EXPECT_TRUE(data_of(called).contains("capabilities"));
}

TEST_F(Shorthands, AreNotTakenUnlessTheOperatorSaysSoNorElsewhere) {
    World strict;
    EXPECT_EQ(send(strict, R"({"method":"mesh_execute","params":{"task":"x"}})").status(), 202);
    EXPECT_THAT(send(strict, R"({"id":1,"method":"list_tools"})").bytes(), HasSubstr("-32601"));
    EXPECT_THAT(strict.agent().calls(), IsEmpty());

    World lenient(1, config());
    EXPECT_EQ(send(lenient, R"({"method":"mesh_execute","params":{"task":"x"}})", "/mcp").status(), 400);
    EXPECT_EQ(send(lenient, R"({"jsonrpc":"2.0","method":"notifications/initialized"})").status(), 202);
    EXPECT_THAT(lenient.agent().calls(), IsEmpty());
}

json::object poet() {
    return {{"name", "poet"}, {"capabilities", {"rhymes"}}, {"endpoint", "https://poet.example/run"}};
}

TEST(ChangedAgents, AreToldToWhoeverSubscribedToTheRegistryOfTheirTenant) {
    World world;
    McpClient ann(world, "2025-11-25");
    EXPECT_EQ(ann.agreed().at("capabilities").at("resources"), (json::value{{"subscribe", true}}));
    ann.request("resources/subscribe", {{"uri", "meshai://agents/registry"}});
    ann.request("resources/subscribe", {{"uri", "meshai://agents/poet"}});
    auto& news = ann.listen();
    McpClient eve(world, "2025-11-25", {}, world.make_key("evil", "eve"));
    eve.request("resources/subscribe", {{"uri", "meshai://agents/registry"}});
    auto& silence = eve.listen();

    ToolsUser bob(world);
    bob.call("mesh_register_agent", poet());
    world.loop.settle();
    const Frames both{"updated meshai://agents/poet", "updated meshai://agents/registry"};
    EXPECT_EQ(said(news), both) << "over a tool";
    EXPECT_EQ(world.remove("/api/v1/agents/poet").status, 200);
    world.loop.settle();
    EXPECT_EQ(said(news), (Frames{both[0], both[1], both[0], both[1]})) << "over REST";
    EXPECT_THAT(said(silence), IsEmpty());
}

TEST(ChangedAgents, AreToldToStatelessListeners) {  // L1
    World world;
    StatelessClient client(world);
    auto& news =
        client.request("subscriptions/listen",
                       {{"notifications", {{"resourceSubscriptions", {"meshai://agents/registry"}}}}});
    EXPECT_EQ(world.post("/api/v1/agents", poet()).status, 201);
    world.loop.settle();
    EXPECT_EQ(said(news).back(), "updated meshai://agents/registry");
}

}  // namespace
}  // namespace meshai::tests
