#include "workflow/compile.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "workflow/check.h"
#include "workflow/expression.h"
#include "workflow/graph.h"
#include "workflow/samples_test.h"

namespace meshai::workflow {
namespace {

Definition of_family(std::string_view text) {
    const auto definition = from_family(*parse_json_object(text));
    EXPECT_TRUE(definition) << listed(definition.error());
    return definition ? *definition : Definition{};
}
std::string refusal(std::string_view text) {
    const auto definition = from_family(*parse_json_object(text));
    return definition ? "no problem" : listed(definition.error());
}
Definition of(const Collaboration& together) {
    const auto definition = from_collaboration(together);
    EXPECT_TRUE(definition) << listed(definition.error());
    return definition ? *definition : Definition{};
}

/// What a step is asked when the steps before it gave `results`.
std::string asked(const Definition& definition, std::size_t step, const json::object& results,
                  const json::value& input = {{"task", "Write a poem."}}) {
    json::object steps;
    for (const auto& result : results)
        steps[result.key()] = {{"result", result.value()}, {"status", "completed"}};
    const json::object document{{"input", input}, {"steps", steps}, {"item", "One part."}, {"index", 0}};
    const auto& work = std::get<AgentWork>(definition.steps.at(step).work);
    const auto task = Template::compile(work.task)->evaluate(document);
    if (!task) return task.error().message;
    return task->is_string() ? std::string(task->get_string()) : to_text(*task);
}

TEST(Family, SequentialHandsTheResultOfEachStepToTheNext) {
    const auto definition = of_family(R"({"workflow_type":"sequential","payload":{"steps":[
        {"task":"Write about ${money}","agent":"writer"},{"input":"Criticise it","agent_id":"critic","name":"The Critic"},
        {"prompt":{"do":"Revise"},"capabilities":["text_generation"]}]},"agents":["anyone"]})");
    ASSERT_EQ(definition.steps.size(), 3U);
    EXPECT_EQ(listed(check(definition, {})), "");
    EXPECT_EQ(definition.steps[1].id, "the-critic");
    EXPECT_EQ(definition.steps[1].after, std::vector<std::string>{"step"});
    EXPECT_EQ(definition.steps[2].after, std::vector<std::string>{"the-critic"});
    EXPECT_EQ(std::get<AgentWork>(definition.steps[1].work).agents, std::vector<std::string>{"critic"});
    EXPECT_EQ(std::get<AgentWork>(definition.steps[2].work).agents, std::vector<std::string>{"anyone"});
    EXPECT_EQ(asked(definition, 0, {}), "Write about ${money}") << "the family has no templates";
    EXPECT_EQ(asked(definition, 1, {{"step", "A poem."}}),
              "Criticise it\n\nThe result of the step before:\nA poem.");
    EXPECT_EQ(asked(definition, 2, {{"the-critic", "Too long."}}),
              R"({"do":"Revise","previous_result":"Too long."})");
}

TEST(Family, ParallelStepsWaitForNothing) {
    const auto definition = of_family(
        R"({"workflow_type":"parallel","payload":{"steps":[{"task":"a","id":"X"},{"task":"b","id":"x"}]}})");
    EXPECT_EQ(listed(check(definition, {})), "");
    EXPECT_EQ(sinks(definition.steps).size(), 2U);
    EXPECT_EQ(definition.steps[1].id, "x-2");
}

TEST(Family, ATaskForSeveralAgentsIsACollaboration) {
    const auto definition =
        of_family(R"({"workflow_type":"sequential","payload":{"task":"Cost: ${5}"},"agents":["a","b"]})");
    ASSERT_EQ(definition.steps.size(), 2U);
    EXPECT_EQ(asked(definition, 0, {}), "Cost: ${5}");
    EXPECT_EQ(asked(definition, 1, {{"a", "x"}}).substr(0, 11), "Cost: ${5}\n");
}

TEST(Family, AGraphIsADefinitionAndItsAgentsAreForStepsThatNameNone) {
    const auto definition =
        of_family(R"({"workflow_type":"graph","agents":["any"],"payload":{"steps":[{"id":"a","task":"t"},
        {"id":"m","type":"map","over":"input.x","step":{"id":"b","task":"${item}","agent":"own"}}]}})");
    EXPECT_EQ(std::get<AgentWork>(definition.steps[0].work).agents, std::vector<std::string>{"any"});
    EXPECT_EQ(std::get<AgentWork>(std::get<Map>(definition.steps[1].work).step[0].work).agents,
              std::vector<std::string>{"own"});
}

TEST(Family, RefusesWhatItCannotReadAndNamesThePlace) {
    EXPECT_EQ(refusal(R"({"payload":{}})"), "workflow_type: is missing\n");
    EXPECT_EQ(refusal(R"({"workflow_type":"sequental","payload":{}})"),
              "workflow_type: there is no \"sequental\"; did you mean \"sequential\"?\n");
    EXPECT_EQ(refusal(R"({"workflow_type":"parallel"})"), "payload: is missing\n");
    EXPECT_EQ(refusal(R"({"workflow_type":"parallel","payload":{"steps":[]}})"),
              "payload.steps: must be a list of steps, at least one\n");
    EXPECT_EQ(refusal(R"({"workflow_type":"parallel","payload":{"steps":[{"agent":"x"}]}})"),
              "payload.steps[0]: has no 'task' (or 'input', or 'prompt')\n");
    EXPECT_EQ(refusal(R"({"workflow_type":"parallel","payload":{"steps":["x"]}})").substr(0, 44),
              "payload.steps[0]: must be an object\npayload.");
    EXPECT_EQ(refusal(R"({"workflow_type":"parallel","payload":{"task":"t"}})"),
              "agents: a payload without steps needs the agents that work on its task\n");
    EXPECT_EQ(refusal(R"({"workflow_type":"graph","payload":{"steps":[{"id":"a"}]}})"),
              "payload.steps[0].task: is missing\n");
}

TEST(Collaboration, SequentialPassesTheWorkOn) {
    const auto definition = of({Strategy::Sequential, {"Ann", "Bob"}, {}, {}, {}});
    EXPECT_EQ(listed(check(definition, {})), "");
    EXPECT_EQ(asked(definition, 0, {}), "Write a poem.");
    EXPECT_EQ(asked(definition, 1, {{"ann", "Roses"}}),
              "Write a poem.\n\nThe work so far, by another agent. Improve and complete it, and answer with "
              "the whole "
              "result:\nRoses");
    EXPECT_EQ(asked(definition, 0, {}, {{"task", {{"a", 1}}}}), R"({"a":1})") << "an object stays one";
}

TEST(Collaboration, ParallelIsAllAtOnceByIdAlsoForCapabilities) {
    const auto definition = of({Strategy::Parallel, {}, {"code_generation", "reasoning"}, {}, {}});
    EXPECT_EQ(listed(check(definition, {})), "");
    EXPECT_EQ(sinks(definition.steps).size(), 2U);
    EXPECT_EQ(std::get<AgentWork>(definition.steps[1].work).capabilities,
              std::vector<std::string>{"reasoning"});
}

TEST(Collaboration, CollaborativeEndsWithOneSynthesis) {
    const auto definition = of({Strategy::Collaborative, {"${x}", "synthesis"}, {"text_generation"}, {}, {}});
    EXPECT_EQ(listed(check(definition, {})), "");
    ASSERT_EQ(definition.steps.size(), 3U);
    EXPECT_EQ(definition.steps[2].id, "synthesis-2");
    const auto question = asked(definition, 2, {{"x", "Roses"}, {"synthesis", "Violets"}});
    for (const auto* words :
         {"Write a poem.", "The answer of ${x}:\nRoses", "The answer of synthesis:\nViolets"})
        EXPECT_NE(question.find(words), std::string::npos) << question;
}

TEST(Collaboration, HierarchicalSplitsDelegatesAndJoins) {
    const auto definition = of({Strategy::Hierarchical, {"a", "b"}, {}, "boss", {}});
    EXPECT_EQ(listed(check(definition, {})), "");
    ASSERT_EQ(definition.steps.size(), 3U);
    EXPECT_EQ(std::get<AgentWork>(definition.steps[0].work).output, Output::List);
    EXPECT_EQ(std::get<AgentWork>(definition.steps[0].work).agents, std::vector<std::string>{"boss"});
    const auto& map = std::get<Map>(definition.steps[1].work);
    EXPECT_EQ(std::get<AgentWork>(map.step[0].work).agents, (std::vector<std::string>{"a", "b"}));
    EXPECT_NE(asked(definition, 2, {{"split", {"p1"}}, {"delegate", {"r1"}}}).find(R"(["r1"])"),
              std::string::npos);
    Definition parts;
    parts.steps = map.step;
    EXPECT_NE(asked(parts, 0, {}).find("The part:\nOne part.\n"), std::string::npos);

    const auto led = of({Strategy::Hierarchical, {"a", "b"}, {}, {}, {}});
    EXPECT_EQ(std::get<AgentWork>(led.steps[2].work).agents, std::vector<std::string>{"a"})
        << "the first leads";
    EXPECT_EQ(std::get<AgentWork>(std::get<Map>(led.steps[1].work).step[0].work).agents,
              std::vector<std::string>{"b"});
    EXPECT_EQ(listed(check(of({Strategy::Hierarchical, {}, {"x"}, {}, {}}), {})), "");
    EXPECT_EQ(listed(check(of({Strategy::Hierarchical, {}, {}, "boss", {}}), {})), "");
}

TEST(Collaboration, NeedsSomebody) {
    EXPECT_FALSE(from_collaboration({Strategy::Parallel, {}, {}, {}, {}}));
    EXPECT_FALSE(from_collaboration({Strategy::Parallel, {}, {}, "boss", {}}));
    EXPECT_FALSE(
        from_collaboration({Strategy::Parallel, std::vector<std::string>(kAgentsMax + 1, "a"), {}, {}, {}}));
}

TEST(Collaboration, EveryDefinitionMadeIsReadAgainAsTheSame) {
    for (const auto strategy :
         {Strategy::Sequential, Strategy::Parallel, Strategy::Collaborative, Strategy::Hierarchical}) {
        const auto definition = of({strategy, {"a b", "C", "c"}, {"x"}, {}, {}});
        const auto again = parse(to_json(definition));
        ASSERT_TRUE(again) << again.error().message;
        EXPECT_EQ(*again, definition);
    }
}

struct ListCase {
    std::string_view name;
    std::string_view answer;
    std::string_view list;
};

const ListCase kLists[] = {
    {"Json", R"(["a", "b"])", R"(["a","b"])"},
    {"JsonInAFence", "Here you are:\n```json\n[\"a\", \"b\"]\n```\nBye", R"(["a","b"])"},
    {"JsonBetweenWords", "The parts:\n[\"a\",\n \"b\"]\nThat is all.", R"(["a","b"])"},
    {"WrappedInAnObject", R"({"tasks": ["a", 1]})", R"(["a",1])"},
    {"BulletsWithFootnotes", "See [1].\n- a [2]\n- b", R"(["a [2]","b"])"},
    {"Numbers", "1. a\n2) b\n10. c", R"(["a","b","c"])"},
    {"Stars", "* a\n* b", R"(["a","b"])"},
    {"Dots", "• a\n• b", R"(["a","b"])"},
    {"Nested", "Parts:\n- a\n  - a1\n    more\n- b\n\nDone.", R"(["a\na1\nmore","b"])"},
    {"Lines", "a\n\n  b  \r\n", R"(["a","b"])"},
    {"Hyphenated", "well-known\n-5 degrees", R"(["well-known","-5 degrees"])"},
    {"BoldIsNoBullet", "**a**\n**b**", R"(["**a**","**b**"])"},
    {"Empty", " \n ", "[]"},
    {"BrokenJson", "[\"a\", ", R"(["[\"a\","])"},
};

class ListTest : public testing::TestWithParam<ListCase> {};

TEST_P(ListTest, IsFoundInTheAnswer) {
    const auto list = to_list(json::value(GetParam().answer));
    ASSERT_TRUE(list);
    EXPECT_EQ(to_text(*list), GetParam().list);
}

INSTANTIATE_TEST_SUITE_P(Answer, ListTest, testing::ValuesIn(kLists),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Answer, OfAListIsBoundedAndMayBeOneAlready) {
    EXPECT_EQ(to_list(json::array{1, 2})->size(), 2U);
    EXPECT_EQ(to_list({{"a", 1}, {"b", 2}})->size(), 1U);
    EXPECT_EQ(to_list(nullptr)->size(), 0U);
    std::string lines;
    for (std::size_t i = 0; i <= kMapItemsMax; ++i) lines += "- x\n";
    EXPECT_EQ(to_list(json::value(lines)).error().code, Code::TooLarge);
    EXPECT_EQ(to_list(json::array(kMapItemsMax + 1)).error().code, Code::TooLarge);
    EXPECT_TRUE(to_list(json::value(std::string(1U << 20U, '['))));
}

TEST(Answer, OfJsonIsTheTextOrTheFirstJsonInIt) {
    EXPECT_EQ(to_text(*to_json_value("{\"a\": 1}")), R"({"a":1})");
    EXPECT_EQ(to_text(*to_json_value("Sure!\n```\n{\"a\": [1]}\n```")), R"({"a":[1]})");
    EXPECT_EQ(to_text(*to_json_value("It is {\"a\": \"}\"} I think.")), R"({"a":"}"})");
    EXPECT_EQ(to_text(*to_json_value(" 42 ")), "42");
    EXPECT_EQ(to_text(*to_json_value({{"a", 1}})), R"({"a":1})");
    const auto none = to_json_value("No JSON {here}.");
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, Code::InvalidArgument);
}

}  // namespace
}  // namespace meshai::workflow
