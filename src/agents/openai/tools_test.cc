#include "agents/openai/tools.h"

#include <gtest/gtest.h>

#include "agents/delegation/delegation.h"
#include "agents/testing/stage.h"

namespace meshai::agents {
namespace {

using Lines = std::vector<std::string>;

std::string chunk(std::string_view delta, std::string_view finish = "null") {
    return fmt::format("data: {{\"choices\":[{{\"index\":0,\"delta\":{},\"finish_reason\":{}}}]}}\n\n", delta,
                       finish);
}
std::string says(std::string_view text) {
    return chunk(fmt::format("{{\"content\":\"{}\"}}", text));
}
std::string piece(int index, std::string_view id, std::string_view name, std::string_view arguments) {
    json::object call{{"index", index}};
    if (!id.empty()) call["id"] = id;
    json::object function;
    if (!name.empty()) function["name"] = name;
    function["arguments"] = arguments;
    call["function"] = std::move(function);
    return chunk(to_text(json::object{{"tool_calls", json::array{std::move(call)}}}));
}
const std::string kStop = chunk("{}", "\"stop\"") + "data: [DONE]\n\n";
const std::string kWants = chunk("{}", "\"tool_calls\"");
std::string used(int in, int out) {
    return fmt::format(
        "data: {{\"choices\":[],\"usage\":{{\"prompt_tokens\":{},\"completion_tokens\":{}}}}}\n\n", in, out);
}
std::string asks_for(std::string_view name, std::string_view arguments) {
    return stream(piece(0, "c1", name, arguments) + kWants + used(10, 2) + "data: [DONE]\n\n");
}

ChildEnding done(std::string_view result) {
    ChildEnding ending;
    ending.task.value = "t_child";
    ending.agent.value = "coder";
    ending.result = json::string(result);
    return ending;
}

/// A model that may delegate, and what it is told in each completion.
class ModelStage : public Stage {
  public:
    ModelStage() : Stage(Kind::OpenAi) { spec.delegates = true; }

    json::object sent(std::size_t index) { return parse_json_object(peer.body(index)).value(); }
    /// The newest answer of a tool that completion `index` was given.
    std::string tool_said(std::size_t index) {
        const auto request = sent(index);
        const auto& messages = request.at("messages").as_array();
        return std::string(messages.back().at("content").as_string());
    }
};

TEST(ModelThatDelegates, IsOfferedItsToolsAndAnotherIsNot) {
    ModelStage stage;
    stage.peer.replies(stream(says("fine") + kStop));
    EXPECT_EQ(line_of(stage.run()), "result fine");
    const auto request = stage.sent(0);
    ASSERT_EQ(request.at("tools").as_array().size(), 2U);
    EXPECT_EQ(request.at("tools").at(0).at("function").at("name"), "delegate");
    EXPECT_EQ(request.at("tools").at(1).at("function").at("name"), "ask_human");

    Stage other(Kind::OpenAi);
    other.peer.replies(stream(says("fine") + kStop));
    EXPECT_EQ(line_of(other.run()), "result fine");
    EXPECT_EQ(other.peer.body(0).find("tools"), std::string::npos);
}

TEST(ModelThatDelegates, HandsWorkOnAndGoesOnWithItsResult) {
    ModelStage stage;
    stage.peer.replies(stream(says("Let me ask.") + piece(0, "c1", "delegate", "{\"task\":\"Write") +
                              piece(0, "", "", " it\",\"capability\":\"code_generation\"}") + kWants +
                              used(10, 2) + "data: [DONE]\n\n"));
    stage.peer.replies(stream(says("Here it is.") + used(30, 4) + kStop));
    stage.sink.endings.push_back(done("int main() {}"));
    const auto ending = stage.run();
    EXPECT_EQ(line_of(ending), "result Let me ask.\n\nHere it is.");
    EXPECT_EQ(ending->usage.input_tokens, 40);
    EXPECT_EQ(ending->usage.output_tokens, 6);

    const auto arguments = R"({"task":"Write it","capability":"code_generation"})";
    const auto step = step_for("1", arguments);
    EXPECT_EQ(stage.sink.lines,
              (Lines{"output Let me ask.", "spends 12", "message a1 to ", "child " + step + " #1",
                     "message coder to a1", "output \n\nHere it is."}));
    ASSERT_EQ(stage.sink.children.size(), 1U);
    const auto& child = stage.sink.children[0];
    EXPECT_EQ(child.type, "delegation");
    EXPECT_EQ(child.request.input, "Write it");
    EXPECT_EQ(child.request.capabilities, Lines{"code_generation"});

    const auto second = stage.sent(1);
    const auto& messages = second.at("messages").as_array();
    ASSERT_EQ(messages.size(), 3U);
    EXPECT_EQ(messages[1], parse_json(R"({"role":"assistant","content":"Let me ask.","tool_calls":[{"id":"c1",
        "type":"function","function":{"name":"delegate",
        "arguments":"{\"task\":\"Write it\",\"capability\":\"code_generation\"}"}}]})")
                               .value());
    EXPECT_EQ(messages[2],
              parse_json(R"({"role":"tool","tool_call_id":"c1","content":"int main() {}"})").value());
}

TEST(ModelThatDelegates, IsUnderstoodAsADocument) {
    ModelStage stage;
    stage.peer.replies(answer(200, "application/json", R"({"object":"chat.completion","choices":[{"index":0,
        "message":{"role":"assistant","content":null,"tool_calls":[{"id":"x","type":"function","function":
        {"name":"delegate","arguments":{"task":"Do it","agent":"coder"}}}]},"finish_reason":"tool_calls"}]})"));
    stage.peer.replies(stream(says("Done.") + kStop));
    stage.sink.endings.push_back(done("yes"));
    EXPECT_EQ(line_of(stage.run()), "result Done.");
    EXPECT_EQ(stage.sink.children.at(0).request.agents, Lines{"coder"});
}

TEST(ModelThatDelegates, IsToldWhatWentWrongWithAChild) {
    ModelStage stage;
    stage.peer.replies(asks_for("delegate", R"({"task":"Do it"})"));
    stage.peer.replies(stream(says("Pity.") + kStop));
    ChildEnding failed = done("");
    failed.result = std::unexpected(task::Failed{Code::NoAgent, "No suitable agent found for task.", {}, {}});
    stage.sink.endings.push_back(failed);
    EXPECT_EQ(line_of(stage.run()), "result Pity.");
    EXPECT_NE(stage.tool_said(1).find("No suitable agent"), std::string::npos) << stage.tool_said(1);
}

struct Wrong {
    const char* name;
    const char* tool;
    const char* arguments;
    const char* says;
};
const Wrong kWrong[] = {
    {"ArgumentsThatAreNoJson", "delegate", "{\"task\":", "not a JSON object"},
    {"NoTask", "delegate", "{}", "\"task\" is missing"},
    {"ItsOwnName", "delegate", R"({"task":"x","agent":"writer"})", "itself"},
    {"AToolNobodyHas", "rm", "{}", "there is no tool \"rm\""},
    {"NoQuestion", "ask_human", R"({"q":1})", "\"question\" is missing"},
};
class ModelThatIsWrong : public ::testing::TestWithParam<Wrong> {};
TEST_P(ModelThatIsWrong, IsToldSoAndMayTryAgain) {
    ModelStage stage;
    stage.peer.replies(asks_for(GetParam().tool, GetParam().arguments));
    stage.peer.replies(stream(says("Sorry.") + kStop));
    EXPECT_EQ(line_of(stage.run()), "result Sorry.");
    EXPECT_NE(stage.tool_said(1).find(GetParam().says), std::string::npos) << stage.tool_said(1);
    EXPECT_TRUE(stage.sink.children.empty());
    // Whatever the model wrote: what it is sent back can be parsed by its server.
    const auto request = stage.sent(1);
    const auto& said = request.at("messages").as_array().at(1);
    EXPECT_TRUE(parse_json_object(said.at("tool_calls").at(0).at("function").at("arguments").as_string())
                    .has_value());
}
INSTANTIATE_TEST_SUITE_P(All, ModelThatIsWrong, ::testing::ValuesIn(kWrong),
                         [](const auto& row) { return row.param.name; });

TEST(ModelThatDelegates, AsksAPersonAndGetsTheAnswer) {
    ModelStage stage;
    const std::string arguments = R"({"question":"Red or blue?"})";
    stage.peer.replies(asks_for("ask_human", arguments));
    stage.peer.replies(stream(says("Red it is.") + kStop));
    const auto key = key_for("1", arguments);
    stage.sink.answers[key] = parse_json(R"({"action":"accept","content":{"answer":"Red"}})").value();
    EXPECT_EQ(line_of(stage.run()), "result Red it is.");
    EXPECT_EQ(stage.tool_said(1), "Red");
    EXPECT_EQ(stage.sink.lines, (Lines{"spends 12", "message a1 to human", "asks " + key,
                                       "message human to a1", "output Red it is."}));
}

TEST(ModelThatDelegates, RunsTheCallsOfOneRoundSideBySideAndOnlySoMany) {
    ModelStage stage;
    std::string calls;
    for (int i = 0; i < 10; ++i)
        calls += piece(i, fmt::format("c{}", i), "delegate", fmt::format(R"({{"task":"part {}"}})", i));
    stage.peer.replies(stream(calls + kWants + "data: [DONE]\n\n"));
    stage.peer.replies(stream(says("All.") + kStop));
    for (int i = 0; i < 10; ++i) stage.sink.endings.push_back(done(fmt::format("done {}", i)));
    EXPECT_EQ(line_of(stage.run()), "result All.");
    EXPECT_EQ(stage.sink.children.size(), openai::kToolCallsPerRoundMax);
    const auto request = stage.sent(1);
    const auto& messages = request.at("messages").as_array();
    ASSERT_EQ(messages.size(), 2U + 10U);
    EXPECT_EQ(messages[2].at("content"), "done 0");
    EXPECT_EQ(messages[9].at("content"), "done 7");
    EXPECT_TRUE(std::string_view(messages[10].at("content").as_string()).starts_with("Error: not run"));
}

TEST(ModelThatDelegates, MustAnswerAfterSoManyRounds) {
    ModelStage stage;
    for (int i = 0; i < openai::kToolRoundsMax; ++i) {
        stage.peer.replies(asks_for("delegate", R"({"task":"again"})"));
        stage.sink.endings.push_back(done("no"));
    }
    stage.peer.replies(stream(says("I give up.") + kStop));
    EXPECT_EQ(line_of(stage.run()), "result I give up.");
    EXPECT_FALSE(stage.sent(openai::kToolRoundsMax - 1).contains("tool_choice"));
    EXPECT_EQ(stage.sent(openai::kToolRoundsMax).at("tool_choice"), "none");
    // The same words in another place are other work.
    std::set<std::string> steps;
    for (const auto& child : stage.sink.children) steps.insert(child.step);
    EXPECT_EQ(steps.size(), static_cast<std::size_t>(openai::kToolRoundsMax));
}

TEST(ModelThatDelegates, ThatNeverAnswersBreaksItsContract) {
    ModelStage stage;
    for (int i = 0; i <= openai::kToolRoundsMax; ++i) stage.peer.replies(asks_for("nothing", "{}"));
    const auto ending = stage.run();
    ASSERT_FALSE(ending);
    EXPECT_EQ(ending.error().error.code, Code::AgentProtocol);
}

TEST(ModelThatDelegates, EndsWhenTheBudgetDoes) {
    ModelStage stage;
    stage.peer.replies(asks_for("delegate", R"({"task":"Do it"})"));
    stage.sink.spending_refusal = Error{Code::BudgetExhausted, "The budget is used up."};
    const auto ending = stage.run();
    ASSERT_FALSE(ending);
    EXPECT_EQ(ending.error().error.code, Code::BudgetExhausted);
    EXPECT_FALSE(ending.error().is_transient);
    EXPECT_TRUE(stage.sink.children.empty());
}

TEST(ModelThatDelegates, SaysNothingTwiceOfWorkThatHasEnded) {
    ModelStage stage;
    const std::string arguments = R"({"task":"Do it"})";
    task::StepView step;
    step.finished.emplace();
    stage.sink.known_steps[step_for("1", arguments)] = step;
    stage.peer.replies(asks_for("delegate", arguments));
    stage.peer.replies(stream(says("Done.") + kStop));
    stage.sink.endings.push_back(done("yes"));
    EXPECT_EQ(line_of(stage.run()), "result Done.");
    EXPECT_EQ(stage.sink.lines,
              (Lines{"spends 12", "child " + step_for("1", arguments) + " #1", "output Done."}));
}

TEST(ModelThatDelegates, IsLeftWhenTheRunIsOver) {
    ModelStage stage;
    stage.peer.replies(asks_for("delegate", R"({"task":"Do it"})"));
    const auto ending = stage.run();  // no ending of a child is there: the sink says Cancelled
    ASSERT_FALSE(ending);
    EXPECT_EQ(ending.error().error.code, Code::Cancelled);
}

const char* const kBrokenCalls[] = {R"({"tool_calls":{}})", R"({"tool_calls":[1]})"};
TEST(ModelThatDelegates, WithBrokenCallsBreaksItsContract) {
    for (const auto* delta : kBrokenCalls) {
        ModelStage stage;
        stage.peer.replies(stream(chunk(delta) + kWants + "data: [DONE]\n\n"));
        const auto ending = stage.run();
        ASSERT_FALSE(ending) << delta;
        EXPECT_EQ(ending.error().error.code, Code::AgentProtocol) << ending.error().error.message;
    }
}

TEST(ModelThatDelegates, CannotAskForMoreThanAnybodyHolds) {
    for (const bool by_count : {true, false}) {
        ModelStage stage;
        std::string calls;
        const auto count = by_count ? openai::kToolCallsHeldMax + 1 : 2;
        const std::string blob(by_count ? 1 : openai::kToolArgumentsBytesMax, 'x');
        for (std::size_t i = 0; i < count; ++i)
            calls += piece(static_cast<int>(i), fmt::format("c{}", i), "delegate", blob);
        stage.peer.replies(stream(calls + kWants + "data: [DONE]\n\n"));
        const auto ending = stage.run();
        ASSERT_FALSE(ending);
        EXPECT_EQ(ending.error().error.code, Code::AgentProtocol) << ending.error().error.message;
    }
}

TEST(ToolCalls, ThatComeWholeUnderOneIndexAreStillSeveral) {
    openai::ToolCalls calls;
    ASSERT_TRUE(calls.take(
        parse_json(R"([{"index":0,"id":"a","function":{"name":"delegate","arguments":"{}"}}])").value()));
    ASSERT_TRUE(calls.take(
        parse_json(R"([{"index":0,"id":"b","function":{"name":"ask_human","arguments":"{}"}}])").value()));
    ASSERT_EQ(calls.all().size(), 2U);
    EXPECT_EQ(calls.all()[1].name, "ask_human");
}

}  // namespace
}  // namespace meshai::agents
