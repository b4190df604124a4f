// Stories of clients that look at the mesh and tend it: agents, tasks, numbers.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/stories/tools_user.h"

namespace meshai::tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::vector<std::string> names_of(const json::object& data, std::string_view member,
                                  std::string_view key = "name") {
    std::vector<std::string> names;
    for (const auto& one : data.at(member).as_array())
        names.push_back(find_string(one.as_object(), key).value_or("?"));
    return names;
}

json::object poet(const std::string& name = "poet") {
    return {{"name", name},
            {"framework", "langchain"},
            {"capabilities", {"text-generation", "rhymes"}},
            {"endpoint", "https://poet.example/run"},
            {"authentication", {{"type", "api_key"}, {"key", "top-secret-key"}}}};
}

std::string task_of(const json::object& result) {
    return find_string(data_of(result), "task_id").value_or("");
}

// A task that has begun and waits for its agent.
std::string begin_task(ToolsUser& user, World& world, const std::string& words = "write a poem") {
    user.start_with_progress("mesh_execute", {{"task", words}});
    world.loop.settle();
    const auto active = data_of(user.call("list_active_tasks"));
    return find_string(active.at("tasks").at(0).as_object(), "task_id").value_or("");
}

TEST(AgentTools, ListTheAgentsByWhatIsAskedFor) {
    World world;
    ToolsUser ann(world);
    ann.call("mesh_register_agent", poet());
    EXPECT_THAT(names_of(data_of(ann.call("list_agents")), "agents"),
                testing::UnorderedElementsAre("poet", "writer"));
    EXPECT_THAT(names_of(data_of(ann.call("list_agents", {{"capabilities", {"rhymes"}}})), "agents"),
                ElementsAre("poet"));
    EXPECT_THAT(names_of(data_of(ann.call("list_agents", {{"framework", "langchain"}})), "agents"),
                ElementsAre("poet"));
    EXPECT_THAT(names_of(data_of(ann.call("list_agents", {{"status", "inactive"}})), "agents"), IsEmpty());
    const auto wrong = ann.call("list_agents", {{"status", "asleep"}});
    EXPECT_EQ(code_of_failure(wrong), "VALIDATION_FAILED");
    EXPECT_THAT(text_of(wrong), HasSubstr("status"));
}

TEST(AgentTools, DiscoverThoseThatCanTakeWork) {
    World world;
    ToolsUser ann(world);
    ann.call("mesh_register_agent", poet());
    EXPECT_THAT(names_of(data_of(ann.call("mesh_discover_agents", {{"capability", "rhymes"}})), "agents"),
                ElementsAre("poet"));
    EXPECT_THAT(
        names_of(data_of(ann.call("mesh_discover_agents", {{"capability", "text-generation"}})), "agents"),
        testing::UnorderedElementsAre("poet", "writer"))
        << "'-' and '_' are the same";
    EXPECT_THAT(names_of(data_of(ann.call("mesh_discover_agents", {{"capability", "opera"}})), "agents"),
                IsEmpty());
}

TEST(AgentTools, AnAgentIsFoundByIdAndByName) {
    World world;
    ToolsUser ann(world);
    const auto made = data_of(ann.call("mesh_register_agent", poet()));
    for (const auto& id : {made.at("id"), made.at("name")}) {
        const auto details = data_of(ann.call("get_agent_details", {{"agent_id", id}}));
        EXPECT_EQ(details.at("id"), made.at("id"));
        EXPECT_EQ(details.at("status"), json::value("active"));
    }
    const auto unknown = ann.call("get_agent_details", {{"agent_id", "nobody"}});
    EXPECT_EQ(code_of_failure(unknown), "AGENT_NOT_FOUND");
    EXPECT_EQ(text_of(unknown), "AGENT_NOT_FOUND: There is no agent 'nobody'.");
}

TEST(AgentTools, CapabilitiesAreTheUnionOfTheRegistry) {
    World world;
    ToolsUser ann(world);
    ann.call("mesh_register_agent", poet());
    const auto data = data_of(ann.call("list_capabilities"));
    EXPECT_THAT(names_of(data, "capabilities"),
                ElementsAre("code_generation", "data_analysis", "reasoning", "rhymes", "text_generation"));
    EXPECT_EQ(data.at("capabilities").at(3).at("agents"), (json::value{"poet"}));
}

TEST(AgentTools, TheKeyOfAnAgentIsNeverShownAgain) {
    World world;
    ToolsUser ann(world);
    auto& made = ann.start("mesh_register_agent", poet());
    EXPECT_THAT(made.bytes(), HasSubstr("poet"));
    auto& shown = ann.start("get_agent_details", {{"agent_id", "poet"}});
    auto& listed = ann.start("list_agents");
    auto& fetched = ann.start("fetch", {{"id", "poet"}});
    auto& read = ann.client().request("resources/read", {{"uri", "meshai://agents/poet"}});
    auto& twice = ann.start("mesh_register_agent", poet());
    for (const auto* stream : {&made, &shown, &listed, &fetched, &read, &twice})
        EXPECT_THAT(stream->bytes(), Not(HasSubstr("top-secret"))) << stream->bytes();
    EXPECT_EQ(code_of_failure(ann.result(twice)), "CONFLICT");
}

TEST(AgentTools, RegisteringNeedsTheScopeToManage) {  // O4
    World world;
    ToolsUser bob(world, world.make_key("acme", "bob", {"mcp:read", "mcp:execute"}));
    auto& refused = bob.start("mesh_register_agent", poet());
    EXPECT_EQ(refused.status(), 403);
    EXPECT_THAT(refused.headers().get("WWW-Authenticate").value_or(""),
                testing::AllOf(HasSubstr("insufficient_scope"), HasSubstr("mcp:manage")));
}

TEST(AgentTools, AnAgentThatCannotBeCalledIsRefused) {
    World world;
    ToolsUser ann(world);
    auto nearby = poet();
    nearby["endpoint"] = "http://127.0.0.1:1/";
    EXPECT_EQ(code_of_failure(ann.call("mesh_register_agent", nearby)), "VALIDATION_FAILED");
    auto program = poet();
    program["kind"] = "command";
    EXPECT_EQ(code_of_failure(ann.call("mesh_register_agent", program)), "VALIDATION_FAILED");
}

TEST(AgentTools, AgentsOfAnotherTenantAreUnknown) {
    World world;
    ToolsUser ann(world);
    ToolsUser eve(world, world.make_key("evil", "eve"));
    const auto id = find_string(data_of(ann.call("mesh_register_agent", poet())), "id").value_or("");
    const auto foreign = eve.call("get_agent_details", {{"agent_id", id}});
    const auto unknown = eve.call("get_agent_details", {{"agent_id", "a_0"}});
    EXPECT_EQ(code_of_failure(foreign), code_of_failure(unknown));
    EXPECT_THAT(names_of(data_of(eve.call("list_agents")), "agents"), ElementsAre("writer"));
    EXPECT_EQ(code_of_failure(eve.call("fetch", {{"id", "agent:" + id}})), "AGENT_NOT_FOUND");
    EXPECT_THAT(names_of(data_of(eve.call("search", {{"query", "poet"}})), "results", "title"), IsEmpty());
}

TEST(TaskTools, SayHowATaskIsWhileItRunsAndWhenItHasEnded) {
    World world;
    ToolsUser ann(world);
    const auto id = begin_task(ann, world);
    world.agent_says("thinking");
    const auto running = data_of(ann.call("get_task_status", {{"task_id", id}}));
    EXPECT_EQ(running.at("status"), json::value("executing"));
    EXPECT_EQ(running.at("message"), json::value("thinking"));
    const auto early = data_of(ann.call("get_task_result", {{"task_id", id}}));
    EXPECT_EQ(early.at("status"), json::value("executing"));
    EXPECT_FALSE(early.contains("result"));

    world.agent_finishes("a poem");
    const auto ended = data_of(ann.call("get_task_status", {{"task_id", id}}));
    EXPECT_EQ(ended.at("status"), json::value("completed"));
    EXPECT_EQ(ended.at("progress"), json::value(100));
    EXPECT_FALSE(ended.contains("result"));
    const auto late = ann.call("get_task_result", {{"task_id", id}});
    EXPECT_EQ(data_of(late).at("result"), json::value("a poem"));
    EXPECT_THAT(data_of(ann.call("list_active_tasks")).at("tasks").as_array(), IsEmpty());
}

TEST(TaskTools, TheResultOfAFailedTaskIsAFailureWithItsCode) {
    World world;
    ToolsUser ann(world);
    auto& call = ann.start("mesh_execute", {{"task", "x"}, {"max_retries", 0}});
    world.agent_fails({.error = {Code::AgentFailed, "No ink."}});
    const auto id = task_of(ann.result(call));
    const auto result = ann.call("get_task_result", {{"task_id", id}});
    EXPECT_EQ(code_of_failure(result), "TASK_EXECUTION_FAILED");
    EXPECT_THAT(text_of(result), HasSubstr("No ink."));
    EXPECT_EQ(code_of_failure(ann.call("get_task_status", {{"task_id", id}})), "") << "to ask was no failure";
}

TEST(TaskTools, CancellingTwiceIsCancellingOnceAndATaskThatHasEndedStaysEnded) {
    World world;
    ToolsUser ann(world);
    const auto id = begin_task(ann, world);
    for (int time = 0; time < 2; ++time) {
        const auto result = ann.call("cancel_task", {{"task_id", id}, {"reason", "not needed"}});
        EXPECT_EQ(data_of(result).at("status"), json::value("cancelled")) << time;
    }
    world.passes(1s);
    EXPECT_EQ(world.agent().calls_cancelled(), 1U);

    const auto other = begin_task(ann, world);
    world.agent_finishes("done");
    const auto late = ann.call("cancel_task", {{"task_id", other}});
    EXPECT_EQ(code_of_failure(late), code_name(Code::AlreadyFinished));
    EXPECT_EQ(data_of(ann.call("get_task_status", {{"task_id", other}})).at("status"),
              json::value("completed"));
}

TEST(TaskTools, ActiveTasksAreTheNewestFirst) {
    World world;
    ToolsUser ann(world);
    std::vector<std::string> ids;
    for (int i = 0; i < 12; ++i) {
        world.passes(10ms);
        ids.push_back(begin_task(ann, world));
    }
    const auto ten = names_of(data_of(ann.call("list_active_tasks")), "tasks", "task_id");
    EXPECT_EQ(ten, std::vector<std::string>(ids.rbegin(), ids.rbegin() + 10));
    const auto all = data_of(ann.call("list_active_tasks", {{"limit", 100}}));
    EXPECT_EQ(all.at("count"), json::value(12));
    EXPECT_EQ(code_of_failure(ann.call("list_active_tasks", {{"limit", 0}})), "VALIDATION_FAILED");
}

TEST(TaskTools, ATaskOfAnotherIsATaskThatIsNotThere) {
    World world;
    ToolsUser ann(world);
    ToolsUser eve(world, world.make_key("evil", "eve"));
    ToolsUser bob(world, world.make_key("acme", "bob", {"mcp:read", "mcp:execute"}));
    const auto id = begin_task(ann, world);
    for (auto* other : {&eve, &bob}) {
        for (const auto* tool : {"get_task_status", "get_task_result", "cancel_task"}) {
            const auto foreign = other->call(tool, {{"task_id", id}});
            EXPECT_NE(code_of_failure(foreign), "") << tool;
            for (const auto* unknown : {"t_00000000000000000000000000", "../x", "\n", "registry"})
                EXPECT_EQ(code_of_failure(other->call(tool, {{"task_id", unknown}})),
                          code_of_failure(foreign))
                    << tool;
        }
        EXPECT_EQ(code_of_failure(other->call("fetch", {{"id", "task:" + id}})),
                  code_of_failure(other->call("fetch", {{"id", "task:t_0"}})));
        EXPECT_THAT(data_of(other->call("list_active_tasks")).at("tasks").as_array(), IsEmpty());
        EXPECT_THAT(names_of(data_of(other->call("search", {{"query", "poem"}})), "results", "title"),
                    IsEmpty());
    }
    EXPECT_EQ(data_of(ann.call("get_task_status", {{"task_id", id}})).at("status"), json::value("executing"));
}

TEST(TaskTools, LookingNeedsTheScopeToRead) {
    World world;
    ToolsUser runner(world, world.make_key("acme", "runner", {"mcp:execute"}));
    for (const auto* tool : {"get_system_stats", "list_agents", "list_active_tasks", "list_capabilities"})
        EXPECT_EQ(runner.start(tool).status(), 403) << tool;
}

TEST(Stats, AreTheNumbersThatAreAskedFor) {
    World world;
    ToolsUser ann(world);
    auto& call = ann.start("mesh_execute", {{"task", "x"}});
    world.agent_finishes("y");
    ann.result(call);
    const auto all = data_of(ann.call("get_system_stats"));
    EXPECT_EQ(all.at("tasks").at("completed_tasks"), json::value(1));
    EXPECT_EQ(all.at("agents").at("total"), json::value(1));
    const auto tasks = data_of(ann.call("get_system_stats", {{"include_agents", false}}));
    EXPECT_TRUE(tasks.contains("tasks") && !tasks.contains("agents"));
    const auto agents = data_of(ann.call("get_system_stats", {{"include_tasks", false}}));
    EXPECT_TRUE(agents.contains("agents") && !agents.contains("tasks"));
}

// F6, F7: the same words in every revision, as far as it has them.
TEST(Tools, AreTheSameInEveryRevision) {
    World world;
    for (const auto* revision : {"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"}) {
        ToolsUser ann(world, {}, revision);
        const auto stats = ann.call("get_system_stats", {{"include_tasks", false}});
        EXPECT_EQ(parse_json(text_of(stats)).value().at("agents").at("total"), json::value(1)) << revision;
        EXPECT_EQ(code_of_failure(ann.call("get_agent_details", {{"agent_id", "x"}})), "AGENT_NOT_FOUND")
            << revision;
    }
}

}  // namespace
}  // namespace meshai::tests
