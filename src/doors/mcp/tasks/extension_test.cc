#include "doors/mcp/tasks/tasks_world_test.h"

namespace meshai::doors::mcp {
namespace {

struct TasksExtension : testing::Test {
    TasksWorld world{Revision::R2026_07_28};
};

json::object responses(const TaskId& id, json::object given) {
    auto params = TasksWorld::about(id);
    params["inputResponses"] = std::move(given);
    return params;
}

// K8: "tasks/result, tasks/list → -32601".
TEST_F(TasksExtension, HasGetUpdateAndCancel) {
    EXPECT_TRUE(is_task_method(world.codec, "tasks/get"));
    EXPECT_TRUE(is_task_method(world.codec, "tasks/update"));
    EXPECT_TRUE(is_task_method(world.codec, "tasks/cancel"));
    EXPECT_FALSE(is_task_method(world.codec, "tasks/result"));
    EXPECT_FALSE(is_task_method(world.codec, "tasks/list"));
    EXPECT_EQ(world.says("tasks/result", TaskId{"t_1"}).fault().number, rpc::kMethodNotFound);
    EXPECT_EQ(world.says("tasks/list", json::object{}).fault().number, rpc::kMethodNotFound);
}

// K3: "CreateTaskResult flat (resultType:"task", taskId, status, createdAt, lastUpdatedAt, ttlMs,
// pollIntervalMs)". K4: "tasks/get right after must resolve".
TEST_F(TasksExtension, ACallOfADeclaringClientIsAnsweredWithATaskThatIsThere) {
    const auto id = world.submits();
    const auto& call = world.calls("maybe", {id});
    EXPECT_EQ(text_of(call.result(), "resultType"), "task");
    EXPECT_EQ(text_of(call.result(), "taskId"), id.value);
    EXPECT_EQ(text_of(call.result(), "status"), "working");
    EXPECT_TRUE(call.result().contains("createdAt"));
    EXPECT_TRUE(call.result().contains("lastUpdatedAt"));
    EXPECT_EQ(call.result().at("ttlMs"), json::value(60'000));
    EXPECT_EQ(call.result().at("pollIntervalMs"), json::value(1000));
    EXPECT_FALSE(call.result().contains("task"));
    EXPECT_FALSE(call.result().contains("result"));
    EXPECT_FALSE(call.result().contains("requestState"));  // K10
    EXPECT_EQ(text_of(world.says("tasks/get", id).result(), "status"), "working");
}

// K3: "never to a client that did not declare it on this request".
TEST_F(TasksExtension, AClientThatDoesNotDeclareItGetsTheResult) {
    world.abilities.tasks_extension = false;
    const auto id = world.submits();
    const auto& call = world.calls("maybe", {id});
    EXPECT_FALSE(call.answer);
    world.agent_finishes(0, "Rome");
    EXPECT_EQ(first_text(call.result()), "Rome");
}

// K8: "legacy params.task ignored without error".
TEST_F(TasksExtension, ATaskOfOldAmongTheParamsIsIgnored) {
    EXPECT_FALSE(world.wish("never", {{"task", json::object{{"ttl", 1000}}}}));
    EXPECT_FALSE(world.wish("never", {{"task", "nonsense"}}));
    const auto id = world.submits();
    const auto& call = world.calls("never", {id}, {{"task", json::object{}}});
    world.agent_finishes(0, "Rome");
    EXPECT_EQ(first_text(call.result()), "Rome");
}

// K3, K7: a tool that must be a task is refused before it runs.
TEST_F(TasksExtension, AToolThatMustBeATaskNeedsTheExtension) {
    EXPECT_FALSE(world.wish("always", {}));
    world.abilities.tasks_extension = false;
    const auto refused = world.wish("always", {});
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->number, wire::mcp::kMissingClientCapability);
    EXPECT_EQ(to_text(refused->details.at("requiredCapabilities")),
              R"({"extensions":{"io.modelcontextprotocol/tasks":{}}})");
    EXPECT_FALSE(world.wish("maybe", {}));
}

// K7: "-32021 for tasks/* from non-declaring clients is checked before the task lookup".
TEST_F(TasksExtension, TellsAClientThatDoesNotDeclareItNothingOfTasks) {
    world.abilities.tasks_extension = false;
    const auto id = world.submits();
    for (const auto* method : {"tasks/get", "tasks/update", "tasks/cancel"}) {
        EXPECT_EQ(world.says(method, id).fault().number, wire::mcp::kMissingClientCapability) << method;
        EXPECT_EQ(world.says(method, TaskId{"t_unknown"}).fault().number,
                  wire::mcp::kMissingClientCapability);
    }
    EXPECT_EQ(world.view(id).state, task::State::Executing);
}

// K7, K9: unknown, malformed, foreign: one answer.
TEST_F(TasksExtension, AnUnknownTaskAndAForeignOneAreTheSame) {
    const auto foreign = world.submits(mesh::MeshWorld::request(), {mesh::kAcme, Subject{"bob"}, false});
    for (const auto* method : {"tasks/get", "tasks/update", "tasks/cancel"}) {
        for (const auto& id : {TaskId{"t_unknown"}, TaskId{""}, foreign}) {
            const auto& fault = world.says(method, responses(id, {})).fault();
            EXPECT_EQ(fault.number, rpc::kInvalidParams) << method;
            EXPECT_EQ(fault.message, "There is no such task.");
        }
        EXPECT_EQ(world.says(method, json::object{}).fault().number, rpc::kInvalidParams);
        EXPECT_EQ(world.says(method, json::object{{"taskId", 7}}).fault().number, rpc::kInvalidParams);
    }
    EXPECT_EQ(world.view(foreign).state, task::State::Executing);
}

// K5: "isError result → completed, only JSON-RPC errors → failed".
TEST_F(TasksExtension, AFinishedTaskShowsItsResultOrItsError) {
    const auto fine = world.submits();
    const auto bad = world.submits();
    const auto broken = world.submits();
    world.agent_finishes(0, "Rome");
    world.agent_finishes(1, json::object{{"is_error", true}});
    world.call(2).fails(mesh::failure(Code::AgentFailed, true, false));
    world.loop.settle();

    const auto& completed = world.says("tasks/get", fine).result();
    EXPECT_EQ(text_of(completed, "status"), "completed");
    EXPECT_EQ(first_text(completed.at("result").as_object()), "Rome");

    const auto& failed_tool = world.says("tasks/get", bad).result();
    EXPECT_EQ(text_of(failed_tool, "status"), "completed");
    EXPECT_EQ(failed_tool.at("result").at("isError"), json::value(true));

    const auto& failed = world.says("tasks/get", broken).result();
    EXPECT_EQ(text_of(failed, "status"), "failed");
    EXPECT_EQ(failed.at("error").at("code"), json::value(rpc::kInternalError));
    EXPECT_FALSE(failed.contains("result"));
}

// K6: "partial answers allowed … unknown keys ignored", and the answer is an empty acknowledgement.
TEST_F(TasksExtension, QuestionsAreAnsweredOneByOne) {
    const auto id = world.submits();
    world.agent_asks(0, {"first", "second"});
    const auto& waiting = world.says("tasks/get", id).result();
    EXPECT_EQ(text_of(waiting, "status"), "input_required");
    EXPECT_EQ(waiting.at("inputRequests").as_object().size(), 2U);
    EXPECT_EQ(waiting.at("inputRequests").at("first").at("method"), json::value("elicitation/create"));

    const auto& partly =
        world.says("tasks/update", responses(id, {{"first", TasksWorld::ann()}, {"nobody", 1}}));
    EXPECT_TRUE(partly.result().empty());
    const auto& still = world.says("tasks/get", id).result();
    EXPECT_EQ(text_of(still, "status"), "input_required");
    EXPECT_EQ(still.at("inputRequests").as_object().size(), 1U);
    EXPECT_TRUE(still.at("inputRequests").as_object().contains("second"));

    EXPECT_TRUE(world.says("tasks/update", responses(id, {{"second", TasksWorld::ann()}})).result().empty());
    EXPECT_EQ(text_of(world.says("tasks/get", id).result(), "status"), "working");
    ASSERT_EQ(world.call(0).answers.size(), 1U);
    EXPECT_EQ(world.call(0).answers[0]->at("first"), json::value(TasksWorld::ann()));
}

// R4: a malformed answer is the client's mistake, and nothing of it is taken.
TEST_F(TasksExtension, AnAnswerOfAnotherFormIsRefused) {
    const auto id = world.submits();
    world.agent_asks(0, {"first", "second"});
    const auto& refused =
        world.says("tasks/update", responses(id, {{"first", TasksWorld::ann()}, {"second", 42}}));
    EXPECT_EQ(refused.fault().number, rpc::kInvalidParams);
    EXPECT_NE(refused.fault().message.find("second"), std::string::npos);
    EXPECT_EQ(world.says("tasks/get", id).result().at("inputRequests").as_object().size(), 2U);
    EXPECT_EQ(world.says("tasks/update", id).fault().number, rpc::kInvalidParams);
}

// K6: "empty complete ack (also on terminal task)".
TEST_F(TasksExtension, CancellingAndUpdatingAreAcknowledgedAlsoAfterTheEnd) {
    const auto id = world.submits();
    world.agent_asks(0, {"first"});
    EXPECT_TRUE(world.says("tasks/cancel", id).result().empty());
    EXPECT_EQ(world.view(id).state, task::State::Cancelled);
    EXPECT_TRUE(world.says("tasks/cancel", id).result().empty());
    EXPECT_TRUE(world.says("tasks/update", responses(id, {{"first", TasksWorld::ann()}})).result().empty());

    const auto& shown = world.says("tasks/get", id).result();
    EXPECT_EQ(text_of(shown, "status"), "cancelled");
    EXPECT_FALSE(shown.contains("result"));
    EXPECT_FALSE(shown.contains("error"));
    EXPECT_FALSE(shown.contains("inputRequests"));
}

// H13: a call that became a task survives the stream it was made on.
TEST_F(TasksExtension, ATaskOutlivesTheConnectionThatMadeIt) {
    const auto id = world.submits();
    auto& call = world.calls("maybe", {id, task::OnDisconnect::Cancel});
    world.hangs_up(call);
    world.passes(1s);
    EXPECT_EQ(world.view(id).state, task::State::Executing);
}

}  // namespace
}  // namespace meshai::doors::mcp
