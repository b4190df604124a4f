// Tasks as clients of MCP live with them: in both forms, followed, asked,
// left, and over a crash of the server.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/world/stateless_client.h"

namespace meshai::tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const json::object kTasks{{"extensions", {{"io.modelcontextprotocol/tasks", json::object{}}}}};
const json::object kForms{{"elicitation", json::object{}}};

json::object named(std::string name) {
    return {{"action", "accept"}, {"content", {{"name", std::move(name)}}}};
}

std::string text(const json::object& from, std::string_view member) {
    return find_string(from, member).value_or("");
}

json::object about(const std::string& task) {
    return {{"taskId", task}};
}

json::object answers(const std::string& task, json::object responses) {
    return {{"taskId", task}, {"inputResponses", std::move(responses)}};
}

std::string status_of(StatelessClient& client, const std::string& task) {
    return text(result_of(client.request("tasks/get", about(task))), "status");
}

struct McpTasks : testing::Test {
    World world{1, {}, toys()};
};

// K3, K4, K5
TEST_F(McpTasks, ACallBecomesATaskThatItsClientLooksAfter) {
    StatelessClient client(world, kTasks);
    const auto created = result_of(client.call("work"));
    EXPECT_EQ(text(created, "resultType"), "task");
    const auto task = text(created, "taskId");
    EXPECT_EQ(status_of(client, task), "working");
    world.agent_says("reading");
    const auto working = result_of(client.request("tasks/get", about(task)));
    EXPECT_EQ(text(working, "statusMessage"), "reading");
    EXPECT_EQ(text(working, "resultType"), "complete");
    world.agent_finishes("done");
    const auto done = result_of(client.request("tasks/get", about(task)));
    EXPECT_EQ(text(done, "status"), "completed");
    EXPECT_TRUE(done.contains("result"));
}

// K6: questions of a task, answered in two steps.
TEST_F(McpTasks, ATaskAsksAndIsAnsweredByUpdate) {
    StatelessClient client(world, kTasks);
    const auto task = text(result_of(client.call("work")), "taskId");
    world.agent_asks({"first", "last"});
    EXPECT_EQ(status_of(client, task), "input_required");
    const auto first = result_of(client.request("tasks/update", answers(task, {{"first", named("Ann")}})));
    EXPECT_EQ(text(first, "resultType"), "complete");
    EXPECT_EQ(first.size(), 2U) << "an acknowledgement and who gives it";
    EXPECT_EQ(status_of(client, task), "input_required");
    client.request("tasks/update", answers(task, {{"last", named("Ng")}}));
    EXPECT_EQ(status_of(client, task), "working");
    ASSERT_EQ(world.agent().answers().size(), 1U);
    EXPECT_EQ(world.agent().answers()[0].at("last"), json::value(named("Ng")));
}

// K7
TEST_F(McpTasks, AClientThatDoesNotDeclareTasksLearnsNothingOfThem) {
    StatelessClient client(world, kTasks);
    const auto task = text(result_of(client.call("work")), "taskId");
    StatelessClient plain(world);
    for (const auto* method : {"tasks/get", "tasks/cancel", "tasks/update"})
        for (const auto& id : {task, std::string("t_unknown")})
            EXPECT_EQ(error_of(plain.request(method, about(id))), -32021) << method;
    EXPECT_EQ(error_of(client.request("tasks/get", about("t_unknown"))), -32602);
}

// K9: a task of another subject is unknown.
TEST_F(McpTasks, ATaskBelongsToWhoBeganIt) {
    StatelessClient client(world, kTasks);
    const auto task = text(result_of(client.call("work")), "taskId");
    StatelessClient other(world, kTasks, world.make_key("acme", "bob", {"mcp:read", "mcp:execute"}));
    EXPECT_EQ(error_of(other.request("tasks/get", about(task))), -32602);
    EXPECT_EQ(error_of(other.request("tasks/cancel", about(task))), -32602);
    EXPECT_EQ(status_of(client, task), "working");
}

// K11, L1, L2
TEST_F(McpTasks, ASubscriptionTellsOfItsTasks) {
    StatelessClient client(world, kTasks);
    const auto task = text(result_of(client.call("work")), "taskId");
    client.id = "sub";
    auto& stream = client.request("subscriptions/listen",
                                  {{"notifications", {{"taskIds", json::array{task, "t_unknown"}}}}});
    const auto acknowledged = messages_of(stream).at(0);
    EXPECT_EQ(acknowledged.at("params").at("notifications"), (json::value{{"taskIds", json::array{task}}}));
    world.agent_asks({"name"});
    world.agent().finishes("done");
    StatelessClient(world, kTasks).request("tasks/update", answers(task, {{"name", named("Ann")}}));
    world.loop.settle();

    std::vector<std::string> statuses;
    for (const auto& message : messages_of(stream)) {
        if (message.at("method") != "notifications/tasks") continue;
        const auto& params = message.at("params").as_object();
        statuses.push_back(text(params, "status"));
        EXPECT_EQ(params.at("_meta").at("io.modelcontextprotocol/subscriptionId"), json::value("sub"));
    }
    ASSERT_GE(statuses.size(), 3U);
    EXPECT_EQ(statuses.front(), "working");
    EXPECT_EQ(statuses[1], "input_required");
    EXPECT_EQ(statuses.back(), "completed");
}

// H13: closing the stream of a call is its cancellation, unless it became a task.
TEST_F(McpTasks, AClosedStreamCancelsTheCallButNoTask) {
    StatelessClient plain(world);
    auto& call = plain.call("work");
    world.agent_says("reading");
    EXPECT_THAT(said(call).back(), HasSubstr("reading"));
    call.close();
    world.passes(std::chrono::seconds(1));
    EXPECT_EQ(world.agent().calls_cancelled(), 1U);

    StatelessClient client(world, kTasks);
    auto& begun = client.call("work");
    const auto task = text(result_of(begun), "taskId");
    begun.close();
    world.passes(std::chrono::seconds(1));
    EXPECT_EQ(status_of(client, task), "working");
}

// R1, H13: the questions of a followed task end the round; the next one goes on with the same task.
TEST_F(McpTasks, AFollowedTaskAsksThroughTheCallAndGoesOn) {
    StatelessClient client(world, kForms);
    auto& asked = client.call("work");
    world.agent_asks({"name"});
    EXPECT_EQ(outcome_of(asked), "ask task.name");
    world.passes(std::chrono::seconds(5));
    auto& again = client.answer(asked, "work", {{"task.name", named("Ann")}});
    ASSERT_EQ(world.agent().answers().size(), 1U);
    EXPECT_EQ(world.agent().answers()[0].at("name"), json::value(named("Ann")));
    world.agent_finishes("Hello, Ann!");
    EXPECT_THAT(outcome_of(again), HasSubstr("is completed"));
    EXPECT_EQ(world.agent().calls().size(), 1U) << "one task in both rounds";
}

// K6: a question outlives a crash, and so does its answer.
TEST_F(McpTasks, AQuestionIsStillThereAfterACrash) {
    StatelessClient client(world, kTasks);
    const auto task = text(result_of(client.call("work")), "taskId");
    world.agent_asks({"first"});
    client.request("tasks/update", answers(task, {{"first", named("Ann")}}));
    world.agent_asks({"second"});
    world.crash();
    world.starts();
    world.agent_asks({"first"});
    world.agent_asks({"second"});
    EXPECT_EQ(status_of(client, task), "input_required");
    client.request("tasks/update", answers(task, {{"second", named("Ng")}}));
    world.agent_finishes("done");
    EXPECT_EQ(status_of(client, task), "completed");
    ASSERT_EQ(world.agent().answers().size(), 3U);
    EXPECT_EQ(world.agent().answers()[1].at("first"), json::value(named("Ann")));
}

// K1, K2: the core form.
TEST_F(McpTasks, AClientOfTheCoreFormAsksForATaskAndWaitsForItsResult) {
    McpClient client(world, "2025-11-25", kForms);
    EXPECT_TRUE(client.agreed().at("capabilities").as_object().contains("tasks"));
    auto& begun = client.request(
        "tools/call",
        {{"name", "work"}, {"arguments", json::object{}}, {"task", json::object{{"ttl", 60'000}}}});
    const auto task = text(result_of(begun).at("task").as_object(), "taskId");
    world.agent_asks({"name"});
    EXPECT_EQ(text(result_of(client.request("tasks/get", about(task))), "status"), "input_required");

    auto& result = client.request("tasks/result", about(task));
    EXPECT_THAT(said(result), ElementsAre("ask elicitation/create"));
    const auto question = messages_of(result).at(0);
    EXPECT_EQ(question.at("params").at("_meta").at("io.modelcontextprotocol/related-task"),
              json::value(about(task)));
    client.answer(question_on(result), named("Ann"));
    world.agent_finishes("Hello, Ann!");
    EXPECT_EQ(result_of(result).at("_meta").at("io.modelcontextprotocol/related-task"),
              json::value(about(task)));
    EXPECT_EQ(error_of(client.request("tasks/cancel", about(task))), -32602);
    EXPECT_EQ(result_of(client.request("tasks/list")).at("tasks").as_array().size(), 1U);
}

// R6, H12: a followed task asks on the stream of its call, and outlives that stream.
TEST_F(McpTasks, AFollowedTaskOfTheSessionsEraAsksOnTheStreamOfItsCall) {
    McpClient client(world, "2025-06-18", kForms);
    auto& call = client.call("work");
    world.agent_asks({"name"});
    EXPECT_EQ(said(call).back(), "ask elicitation/create");
    EXPECT_FALSE(messages_of(call).back().at("params").as_object().contains("_meta"))
        << "this revision has no tasks";
    client.answer(question_on(call), named("Ann"));
    call.close();
    world.agent_finishes("Hello, Ann!");
    EXPECT_EQ(world.agent().calls_cancelled(), 0U);
}

}  // namespace
}  // namespace meshai::tests
