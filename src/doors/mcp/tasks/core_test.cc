#include "doors/mcp/tasks/tasks_world_test.h"

namespace meshai::doors::mcp {
namespace {

// Tasks as the core of 2025-11-25 has them.
struct CoreTasks : testing::Test {
    TasksWorld world{Revision::R2025_11_25};

    static json::object as_task() { return {{"task", json::object{{"ttl", 30'000}}}}; }
};

// K1, K2
TEST_F(CoreTasks, HaveGetResultListAndCancel) {
    for (const auto* method : {"tasks/get", "tasks/result", "tasks/list", "tasks/cancel"})
        EXPECT_TRUE(is_task_method(world.codec, method)) << method;
    EXPECT_FALSE(is_task_method(world.codec, "tasks/update"));
    EXPECT_FALSE(is_task_method(wire::mcp::codec_of(Revision::R2025_06_18), "tasks/get"));
}

// K1: "client asks by params.task{ttl}".
TEST_F(CoreTasks, ACallBecomesATaskWhereTheClientAsksForOne) {
    const auto id = world.submits();
    const auto& call = world.calls("maybe", {id}, as_task());
    const auto& task = call.result().at("task").as_object();
    EXPECT_EQ(text_of(task, "taskId"), id.value);
    EXPECT_EQ(text_of(task, "status"), "working");
    EXPECT_EQ(task.at("ttl"), json::value(60'000));  // how long it is kept is the operator's decision
    EXPECT_EQ(text_of(world.says("tasks/get", id).result(), "taskId"), id.value);

    const auto& plain = world.calls("maybe", {id});
    world.agent_finishes(0, "Rome");
    EXPECT_EQ(first_text(plain.result()), "Rome");
}

// K2: "required tool without task → -32601".
TEST_F(CoreTasks, WhetherACallMayBeATaskIsSaidByTheTool) {
    EXPECT_EQ(world.wish("always", {})->number, rpc::kMethodNotFound);
    EXPECT_FALSE(world.wish("always", as_task()));
    EXPECT_EQ(world.wish("never", as_task())->number, rpc::kMethodNotFound);
    EXPECT_FALSE(world.wish("never", {}));
    EXPECT_FALSE(world.wish("maybe", {}));
    EXPECT_FALSE(world.wish("maybe", as_task()));
    EXPECT_EQ(world.wish("maybe", {{"task", 7}})->number, rpc::kInvalidParams);
    EXPECT_EQ(world.wish("maybe", {{"task", json::object{{"ttl", "long"}}}})->number, rpc::kInvalidParams);
    EXPECT_EQ(world.wish("maybe", {{"task", json::object{{"ttl", -1}}}})->number, rpc::kInvalidParams);
}

// K2: "tasks/result (blocks until terminal, returns the exact result or error)", with related-task.
TEST_F(CoreTasks, TheResultIsWaitedFor) {
    const auto id = world.submits();
    const auto& asked = world.says("tasks/result", id);
    world.passes(10min - 5min - 1s);
    EXPECT_FALSE(asked.answer);
    world.agent_finishes(0, "Rome");
    EXPECT_EQ(first_text(asked.result()), "Rome");
    EXPECT_EQ(asked.result().at("_meta").at(wire::mcp::kMetaRelatedTask).at("taskId"), json::value(id.value));
    EXPECT_EQ(first_text(world.says("tasks/result", id).result()), "Rome");
}

TEST_F(CoreTasks, ATaskThatBrokeHasItsErrorAsTheResult) {
    const auto id = world.submits();
    world.call(0).fails(mesh::failure(Code::AgentFailed, true, false));
    world.loop.settle();
    const auto& fault = world.says("tasks/result", id).fault();
    EXPECT_EQ(fault.number, rpc::kInternalError);
    EXPECT_EQ(fault.id, json::value(7));
    EXPECT_EQ(text_of(world.says("tasks/get", id).result(), "status"), "failed");
}

// K2: "isError result → status failed".
TEST_F(CoreTasks, AToolThatFailedIsAFailedTaskWithAResult) {
    const auto id = world.submits();
    world.agent_finishes(0, json::object{{"is_error", true}});
    EXPECT_EQ(text_of(world.says("tasks/get", id).result(), "status"), "failed");
    EXPECT_EQ(world.says("tasks/result", id).result().at("isError"), json::value(true));
}

// K2: the questions of a task come while its result is waited for.
TEST_F(CoreTasks, QuestionsArePutToWhoeverWaitsForTheResult) {
    const auto id = world.submits();
    world.agent_asks(0, {"name"});
    EXPECT_EQ(text_of(world.says("tasks/get", id).result(), "status"), "input_required");
    const auto& asked = world.says("tasks/result", id);
    EXPECT_EQ(asked.context->asked, std::vector<std::string>{"task.name"});
    EXPECT_EQ(asked.context->asked_for, id);
    ASSERT_EQ(world.call(0).answers.size(), 1U);
    EXPECT_EQ(world.call(0).answers[0]->at("name"), json::value(TasksWorld::ann()));
    world.agent_finishes(0, "Hello, Ann!");
    EXPECT_EQ(first_text(asked.result()), "Hello, Ann!");
}

// K2: "tasks/cancel (terminal → -32602)".
TEST_F(CoreTasks, OnlyATaskThatRunsCanBeCancelled) {
    const auto id = world.submits();
    EXPECT_EQ(text_of(world.says("tasks/cancel", id).result(), "status"), "cancelled");
    EXPECT_EQ(world.says("tasks/cancel", id).fault().number, rpc::kInvalidParams);
    EXPECT_TRUE(std::holds_alternative<json::object>(*world.says("tasks/result", id).answer));
}

TEST_F(CoreTasks, AnUnknownTaskAndAForeignOneAreTheSame) {
    const auto foreign = world.submits(mesh::MeshWorld::request(), {mesh::kAcme, Subject{"bob"}, false});
    for (const auto* method : {"tasks/get", "tasks/result", "tasks/cancel"})
        for (const auto& id : {TaskId{"t_unknown"}, foreign})
            EXPECT_EQ(world.says(method, id).fault().number, rpc::kInvalidParams) << method;
}

std::vector<std::string> ids_of(const json::object& page) {
    std::vector<std::string> ids;
    for (const auto& task : page.at("tasks").as_array()) ids.push_back(text_of(task.as_object(), "taskId"));
    return ids;
}

// K2: "tasks/list (paginated)"; F2.
TEST_F(CoreTasks, AreListedPageByPageAlsoWhileNewOnesCome) {
    std::vector<std::string> newest_first;
    for (int i = 0; i < 45; ++i) {
        newest_first.insert(newest_first.begin(), world.submits().value);
        world.passes(1ms);
    }
    std::vector<std::string> seen;
    json::object params;
    for (int pages = 0;; ++pages) {
        ASSERT_LT(pages, 5);
        const auto& page = world.says("tasks/list", params).result();
        for (auto& id : ids_of(page)) seen.push_back(std::move(id));
        if (!page.contains("nextCursor")) break;
        params["cursor"] = page.at("nextCursor");
        world.submits();
        world.passes(1ms);
    }
    EXPECT_EQ(seen, newest_first);
}

TEST_F(CoreTasks, AListKnowsItsOwnCursorsOnly) {
    for (const json::value& cursor : {json::value(""), json::value("x"), json::value(7), json::value("MTAu")})
        EXPECT_EQ(world.says("tasks/list", {{"cursor", cursor}}).fault().number, rpc::kInvalidParams);
    EXPECT_TRUE(ids_of(world.says("tasks/list", json::object{}).result()).empty());
}

// K9: "authorization check on every task call".
TEST_F(CoreTasks, AListHoldsTheCallersTasksOnly) {
    world.submits(mesh::MeshWorld::request(), {mesh::kAcme, Subject{"bob"}, false});
    const auto mine = world.submits();
    EXPECT_EQ(ids_of(world.says("tasks/list", json::object{}).result()),
              std::vector<std::string>{mine.value});
}

}  // namespace
}  // namespace meshai::doors::mcp
