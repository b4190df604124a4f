// Stories of clients that have the mesh work: one task, or a batch of them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/stories/tools_user.h"

namespace meshai::tests {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;

json::array tasks(std::initializer_list<const char*> words) {
    json::array list;
    for (const auto* word : words) list.push_back(json::object{{"task", word}});
    return list;
}

std::vector<std::string> statuses_of(const json::object& batch) {
    std::vector<std::string> all;
    for (const auto& item : batch.at("results").as_array())
        all.push_back(find_string(item.as_object(), "status").value_or("?"));
    return all;
}

json::object item_of(const json::object& batch, std::size_t index) {
    return batch.at("results").at(index).as_object();
}

// Two agents, so that each task of a batch has its own story.
app::Config two_agents() {
    app::Config config;
    for (const auto* name : {"slow", "quick"}) {
        agents::Spec spec;
        spec.id = AgentId{name};
        spec.name = name;
        spec.kind = agents::Kind::OpenAi;
        spec.url = std::string("http://") + name + ".test/v1";
        spec.model = "story";
        spec.capabilities = {"text_generation"};
        config.agents.push_back(spec);
    }
    return config;
}

TEST(MeshExecute, GivesTheAnswerAsTextAndAsData) {
    World world;
    ToolsUser ann(world);
    auto& call = ann.start("mesh_execute", {{"task", "write a poem"}});
    world.agent_finishes("a poem");
    const auto result = ann.result(call);
    EXPECT_EQ(text_of(result), "a poem");
    EXPECT_EQ(data_of(result).at("status"), json::value("completed"));
    EXPECT_EQ(data_of(result).at("data").at("text"), json::value("a poem"));
}

TEST(MeshExecute, AFailedTaskIsAFailureWithItsCode) {
    World world;
    ToolsUser ann(world);
    auto& call = ann.start("mesh_execute", {{"task", "write a poem"}, {"max_retries", 0}});
    world.agent_fails({.error = {Code::AgentFailed, "There is no ink."}});
    const auto result = ann.result(call);
    EXPECT_EQ(code_of_failure(result), "TASK_EXECUTION_FAILED");
    EXPECT_THAT(text_of(result), HasSubstr("There is no ink."));
    EXPECT_EQ(data_of(result).at("status"), json::value("failed"));
}

TEST(MeshExecute, ATaskNobodyCanDoIsAFailureWithItsCode) {
    World world;
    ToolsUser ann(world);
    const auto result = ann.call("mesh_execute", {{"task", "sing"}, {"capabilities", {"opera"}}});
    EXPECT_EQ(code_of_failure(result), "ROUTING_FAILED");
}

TEST(MeshExecute, ATaskThatTakesLongerThanAnAnswerIsAnsweredWithItsHandle) {
    World world;
    ToolsUser ann(world);
    auto& call = ann.start("mesh_execute", {{"task", "write a novel"}});
    world.passes(51s);
    const auto handle = data_of(ann.result(call));
    EXPECT_EQ(handle.at("status"), json::value("executing"));
    world.agent_finishes("a novel");
    const auto later = ann.call("get_task_result", {{"task_id", handle.at("task_id")}});
    EXPECT_EQ(data_of(later).at("result"), json::value("a novel"));
}

TEST(MeshExecute, ArgumentsThatDoNotFitAreAFailureThatSaysWhich) {
    World world;
    ToolsUser ann(world);
    for (const json::object& wrong : {json::object{}, json::object{{"task", 7}}, json::object{{"task", "  "}},
                                      json::object{{"task", "x"}, {"timeout_seconds", 0}}}) {
        const auto result = ann.call("mesh_execute", wrong);
        EXPECT_EQ(code_of_failure(result), "VALIDATION_FAILED") << to_text(wrong);
    }
    const auto bad_strategy = ann.call("mesh_execute", {{"task", "x"}, {"routing_strategy", "dice"}});
    EXPECT_EQ(code_of_failure(bad_strategy), "VALIDATION_FAILED");
}

TEST(MeshExecute, InstructionsAreATextOrAnObject) {
    World world;
    ToolsUser ann(world);
    auto& call =
        ann.start("mesh_execute", {{"task", "x"}, {"instructions", {{"taskGuidelines", {"Be brief."}}}}});
    world.agent_finishes("y");
    EXPECT_EQ(text_of(ann.result(call)), "y");
}

TEST(Batch, KeepsTheOrderHoweverItsTasksEnd) {
    World world(1, two_agents());
    ToolsUser ann(world);
    json::array batch;
    batch.push_back({{"task", "first"}, {"agents", {"slow"}}});
    batch.push_back({{"task", "second"}, {"agents", {"quick"}}});
    auto& call = ann.start("batch_execute", {{"tasks", batch}});
    world.agent("quick").finishes("two");
    world.passes(1s);
    world.agent("slow").finishes("one");
    world.passes(1s);
    const auto done = data_of(ann.result(call));
    EXPECT_EQ(item_of(done, 0).at("result"), json::value("one"));
    EXPECT_EQ(item_of(done, 1).at("result"), json::value("two"));
    EXPECT_EQ(done.at("completed"), json::value(2));
}

TEST(Batch, ARefusedAndAFailingTaskDoNotHinderTheOthers) {
    World world(1, two_agents());
    ToolsUser ann(world);
    json::array batch;
    batch.push_back({{"task", "   "}});
    batch.push_back({{"task", "fails"}, {"agents", {"slow"}}});
    batch.push_back({{"task", "works"}, {"agents", {"quick"}}});
    batch.push_back({{"task", "nobody can"}, {"capabilities", {"opera"}}});
    auto& call = ann.start("batch_execute", {{"tasks", batch}});
    world.agent("quick").finishes("done");
    for (int attempt = 0; attempt < 4; ++attempt)
        world.agent("slow").fails({.error = {Code::AgentFailed, "No."}});
    world.passes(40s);
    const auto result = ann.result(call);
    const auto done = data_of(result);
    EXPECT_THAT(statuses_of(done), ElementsAre("failed", "failed", "completed", "failed"));
    EXPECT_EQ(item_of(done, 0).at("error").at("code"), json::value("VALIDATION_FAILED"));
    EXPECT_FALSE(item_of(done, 0).contains("task_id"));
    EXPECT_EQ(item_of(done, 1).at("error").at("code"), json::value("TASK_EXECUTION_FAILED"));
    EXPECT_EQ(item_of(done, 3).at("error").at("code"), json::value("ROUTING_FAILED"));
    EXPECT_FALSE(find_bool(result, "isError").value_or(false)) << "one of them has worked";
}

TEST(Batch, WithoutAnySuccessIsAFailure) {
    World world;
    ToolsUser ann(world);
    const auto result = ann.call("batch_execute", {{"tasks", tasks({" ", "\t"})}});
    EXPECT_TRUE(find_bool(result, "isError").value_or(false));
    EXPECT_EQ(data_of(result).at("failed"), json::value(2));
}

TEST(Batch, ATaskThatTakesLongerThanAnAnswerIsNamedAndGoesOn) {
    World world(1, two_agents());
    ToolsUser ann(world);
    json::array batch;
    batch.push_back({{"task", "long"}, {"agents", {"slow"}}, {"timeout_seconds", 600}});
    batch.push_back({{"task", "short"}, {"agents", {"quick"}}});
    auto& call = ann.start("batch_execute", {{"tasks", batch}});
    world.agent("quick").finishes("done");
    world.passes(49s);
    EXPECT_FALSE(call.is_ended());
    world.passes(2s);
    const auto done = data_of(ann.result(call));
    EXPECT_THAT(statuses_of(done), ElementsAre("executing", "completed"));
    EXPECT_EQ(done.at("running"), json::value(1));
    world.passes(120s);
    world.agent("slow").finishes("at last");
    world.passes(1s);
    const auto later = ann.call("get_task_result", {{"task_id", item_of(done, 0).at("task_id")}});
    EXPECT_EQ(data_of(later).at("result"), json::value("at last"));
}

// H13: in the stateless era a client that leaves takes its tasks with it; one that
// was answered has not left.
TEST(Batch, OfAStatelessClientGoesOnAfterTheAnswerAndEndsWithTheClientBefore) {
    World world;
    json::object meta{{"io.modelcontextprotocol/protocolVersion", "2026-07-28"},
                      {"io.modelcontextprotocol/clientCapabilities", json::object{}}};
    json::object body{{"jsonrpc", "2.0"},
                      {"id", 1},
                      {"method", "tools/call"},
                      {"params",
                       {{"name", "batch_execute"},
                        {"arguments", {{"tasks", tasks({"long"})}}},
                        {"_meta", std::move(meta)}}}};
    const net::http::Headers headers{{"Content-Type", "application/json"},
                                     {"Accept", "application/json, text/event-stream"},
                                     {"MCP-Protocol-Version", "2026-07-28"},
                                     {"Mcp-Method", "tools/call"},
                                     {"Mcp-Name", "batch_execute"}};
    auto& answered = world.send("POST", "/mcp", headers, to_text(body));
    world.passes(51s);
    ASSERT_TRUE(answered.is_ended()) << answered.bytes();
    world.passes(10s);
    EXPECT_EQ(world.agent().calls_cancelled(), 0U);
    EXPECT_EQ(world.agent().calls_now(), 1U);

    auto& left = world.send("POST", "/mcp", headers, to_text(body));
    ASSERT_EQ(world.agent().calls_now(), 2U);
    left.close();
    world.passes(2s);
    EXPECT_EQ(world.agent().calls_cancelled(), 1U);
}

TEST(Batch, TellsOfEachTaskThatEnds) {  // F11
    World world;
    ToolsUser ann(world);
    auto& call = ann.start_with_progress("batch_execute", {{"tasks", tasks({"one", "two"})}});
    world.agent_finishes("1");
    world.agent_finishes("2");
    EXPECT_THAT(said(call),
                IsSupersetOf({"progress 1/2 Task 1 of 2: completed", "progress 2/2 Task 2 of 2: completed"}));
    EXPECT_EQ(data_of(ann.result(call)).at("completed"), json::value(2));
}

TEST(Batch, OfOneKeyIsDoneOnce) {
    World world;
    ToolsUser ann(world);
    const auto send = [&](int id, const std::string& key) -> Stream& {
        const json::object params{{"name", "batch_execute"},
                                  {"arguments", {{"tasks", tasks({"one", "two"})}}}};
        return ann.client().post(
            {{"jsonrpc", "2.0"}, {"id", id}, {"method", "tools/call"}, {"params", params}},
            {{"Idempotency-Key", key}});
    };
    auto& first = send(1001, "k");
    auto& again = send(1002, "k");
    world.agent_finishes("1");
    world.agent_finishes("2");
    EXPECT_EQ(world.agent().calls().size(), 2U);
    EXPECT_EQ(messages_of(first).back().at("result"), messages_of(again).back().at("result"));
    EXPECT_THAT(said(send(1003, std::string(250, 'k'))), Contains(HasSubstr("VALIDATION_FAILED")));
}

TEST(Batch, ALargeResultIsNamedInsteadOfGiven) {
    World world;
    ToolsUser ann(world);
    auto& call = ann.start("batch_execute", {{"tasks", tasks({"one"})}});
    world.agent_finishes(json::string(100'000, 'x'));
    const auto item = item_of(data_of(ann.result(call)), 0);
    EXPECT_EQ(item.at("result").at("truncated"), json::value(true));
    EXPECT_THAT(std::string(item.at("result").at("result_url").as_string()), HasSubstr("/result"));
    const auto one = ann.call("get_task_result", {{"task_id", item.at("task_id")}});
    EXPECT_EQ(data_of(one).at("result").as_string().size(), 100'000U);
}

TEST(Batch, OfMoreTasksThanAreTakenIsRefused) {
    World world;
    ToolsUser ann(world);
    json::array many;
    for (int i = 0; i < 51; ++i) many.push_back(json::object{{"task", "x"}});
    EXPECT_EQ(code_of_failure(ann.call("batch_execute", {{"tasks", many}})), "VALIDATION_FAILED");
    EXPECT_EQ(code_of_failure(ann.call("batch_execute", {{"tasks", json::array{}}})), "VALIDATION_FAILED");
}

}  // namespace
}  // namespace meshai::tests
