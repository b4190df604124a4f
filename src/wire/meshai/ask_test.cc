#include "wire/meshai/ask.h"

#include <gtest/gtest.h>

namespace meshai::wire::guide {
namespace {

json::object object(std::string_view text) {
    return json::parse(text).as_object();
}

TEST(MeshExecute, TakesTheGuidesArguments) {
    auto ask = parse_mesh_execute(object(R"({"task":"Analyze this large dataset","task_type":"analysis"})"));
    ASSERT_TRUE(ask);
    EXPECT_EQ(ask->input, json::value("Analyze this large dataset"));
    EXPECT_EQ(ask->task_type, "analysis");
}

TEST(MeshExecute, TakesEverythingItKnowsAndIgnoresTheRest) {
    auto ask =
        parse_mesh_execute(object(R"({"task":"t","capabilities":["a","b"],"agents":["w"],"workflow":"review",
        "context":{"k":1},"routing_strategy":"parallel","timeout_seconds":60,"on_disconnect":"detach",
        "idempotency_key":"k1","max_retries":2,"instructions":{"constraints":["short"]},"colour":["red"],
        "task_type":null})"));
    ASSERT_TRUE(ask) << ask.error().message;
    EXPECT_EQ(ask->capabilities, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(ask->agents, (std::vector<std::string>{"w"}));
    EXPECT_EQ(ask->workflow, "review");
    EXPECT_EQ(ask->routing_strategy, "parallel");
    EXPECT_EQ(ask->timeout_seconds, 60);
    EXPECT_EQ(ask->on_disconnect, "continue");
    EXPECT_EQ(ask->idempotency_key, "k1");
    EXPECT_EQ(ask->max_retries, 2);
}

struct BadAsk {
    std::string_view name;
    std::string_view arguments;
    std::string_view member;
};

const BadAsk kBadAsks[] = {
    {"NoTask", R"({})", "\"task\""},
    {"NullTask", R"({"task":null})", "\"task\""},
    {"BlankTask", R"({"task":" \n"})", "\"task\""},
    {"TaskIsAnObject", R"({"task":{}})", "\"task\""},
    {"CapabilitiesIsText", R"({"task":"t","capabilities":"a"})", "\"capabilities\""},
    {"CapabilitiesHoldsANumber", R"({"task":"t","capabilities":[1]})", "\"capabilities\""},
    {"CapabilitiesHoldsNothing", R"({"task":"t","capabilities":[""]})", "\"capabilities\""},
    {"AgentsIsAnObject", R"({"task":"t","agents":{}})", "\"agents\""},
    {"ContextIsText", R"({"task":"t","context":"c"})", "\"context\""},
    {"TimeoutIsZero", R"({"task":"t","timeout_seconds":0})", "\"timeout_seconds\""},
    {"TimeoutIsAFraction", R"({"task":"t","timeout_seconds":1.5})", "\"timeout_seconds\""},
    {"TimeoutIsText", R"({"task":"t","timeout_seconds":"60"})", "\"timeout_seconds\""},
    {"RetriesAreTooMany", R"({"task":"t","max_retries":11})", "\"max_retries\""},
    {"OnDisconnectIsUnknown", R"({"task":"t","on_disconnect":"explode"})", "\"on_disconnect\""},
    {"KeyIsEmpty", R"({"task":"t","idempotency_key":""})", "\"idempotency_key\""},
    {"InstructionsIsAList", R"({"task":"t","instructions":[]})", "\"instructions\""},
    {"StreamIsText", R"({"task":"t","stream":"yes"})", "\"stream\""},
};

class ABadAsk : public testing::TestWithParam<BadAsk> {};

TEST_P(ABadAsk, IsRefusedByTheNameOfTheMember) {
    auto ask = parse_mesh_execute(object(GetParam().arguments));
    ASSERT_FALSE(ask);
    EXPECT_EQ(ask.error().code, Code::InvalidArgument);
    EXPECT_TRUE(ask.error().message.starts_with(GetParam().member)) << ask.error().message;
}

INSTANTIATE_TEST_SUITE_P(MeshExecute, ABadAsk, testing::ValuesIn(kBadAsks),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(TaskBody, ItsThreeFormsAreOneTask) {
    for (const std::string_view body :
         {R"({"task_type":"chat","input":"Say hi","required_capabilities":["x"]})",
          R"({"task_type":"chat","payload":"Say hi","required_capabilities":["x"]})",
          R"({"task_type":"chat","task":"Say hi","capabilities":["x"]})"}) {
        auto ask = parse_task_body(object(body));
        ASSERT_TRUE(ask) << body;
        EXPECT_EQ(ask->input, json::value("Say hi")) << body;
        EXPECT_EQ(ask->task_type, "chat") << body;
        EXPECT_EQ(ask->capabilities, (std::vector<std::string>{"x"})) << body;
    }
}

TEST(TaskBody, AnObjectIsKeptAsItIs) {
    auto ask = parse_task_body(object(R"({"user_id":"u7","tenant_id":"default","payload":{"prompt":"hi"}})"));
    ASSERT_TRUE(ask);
    EXPECT_EQ(json::serialize(ask->input), R"({"prompt":"hi"})");
    EXPECT_EQ(ask->affinity, "u7");
}

TEST(TaskBody, InputComesBeforePayloadComesBeforeTask) {
    EXPECT_EQ(parse_task_body(object(R"({"task":"c","payload":"b","input":"a"})"))->input, json::value("a"));
    EXPECT_EQ(parse_task_body(object(R"({"task":"c","payload":"b","input":null})"))->input, json::value("b"));
}

TEST(TaskBody, WithoutAnythingToDoIsRefused) {
    for (const std::string_view body :
         {R"({})", R"({"input":7})", R"({"input":[]})", R"({"input":""})", R"({"input":{}})"})
        EXPECT_FALSE(parse_task_body(object(body))) << body;
}

TEST(ContinueBody, NeedsATaskAndSomethingToDo) {
    EXPECT_TRUE(parse_continue_body(object(R"({"task_id":"t_1","additional_instructions":"shorter"})")));
    EXPECT_FALSE(parse_continue_body(object(R"({"task_id":"t_1"})")));
    EXPECT_FALSE(parse_continue_body(object(R"({"additional_instructions":"shorter"})")));
    EXPECT_FALSE(parse_continue_body(object(R"({"task_id":7,"additional_instructions":"shorter"})")));
}

TEST(MeshExecute, ItsDescriptionNamesEveryArgumentThatIsRead) {
    const auto tool = mesh_execute_tool();
    const auto& properties = tool.at("inputSchema").at("properties").as_object();
    for (const std::string_view name :
         {"task", "task_type", "capabilities", "agents", "workflow", "context", "routing_strategy",
          "timeout_seconds", "on_disconnect", "idempotency_key", "max_retries", "instructions"})
        EXPECT_TRUE(properties.contains(name)) << name;
}

TEST(TaskBody, SaysWhatTheTaskMayUse) {
    const auto ask = parse_task_body(
        json::parse(
            R"({"task": "x", "budget": {"tokens": 1000, "cost": 0.5, "calls": 3, "depth": 2, "wall_time": 60}})")
            .as_object());
    ASSERT_TRUE(ask);
    EXPECT_EQ(ask->budget->tokens, 1000);
    EXPECT_EQ(ask->budget->cost, 0.5);
    EXPECT_EQ(ask->budget->calls, 3);
    EXPECT_EQ(ask->budget->depth, 2);
    EXPECT_EQ(ask->budget->wall_time_seconds, 60);
}

TEST(TaskBody, ABudgetThatCannotBeRightIsRefusedByItsMember) {
    for (const auto* budget :
         {R"({"tokens": -1})", R"({"cost": "much"})", R"({"depth": 9})", R"({"coins": 3})", R"(7)"}) {
        const auto ask = parse_task_body({{"task", "x"}, {"budget", json::parse(budget)}});
        ASSERT_FALSE(ask) << budget;
        EXPECT_NE(ask.error().message.find("budget"), std::string::npos) << ask.error().message;
    }
}

}  // namespace
}  // namespace meshai::wire::guide
