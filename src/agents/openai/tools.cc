#include "agents/openai/tools.h"

#include <fmt/format.h>

#include "agents/delegation/delegation.h"
#include "base/scope.h"
#include "base/signal.h"

namespace meshai::agents::openai {
namespace {

constexpr std::string_view kDelegateTool = "delegate";
constexpr std::string_view kAskTool = "ask_human";

// What the model reads about its tools. Names and types as chat completions have them.
constexpr std::string_view kTools = R"([
  {"type": "function", "function": {
    "name": "delegate",
    "description": "Hand part of the work to another agent and get its result. Say everything it needs to know; it sees nothing else of this conversation.",
    "parameters": {"type": "object", "required": ["task"], "properties": {
      "task": {"type": "string", "description": "What is to be done."},
      "capability": {"type": "string", "description": "What the agent must be able to do, for example code_generation. Leave it out if in doubt."},
      "agent": {"type": "string", "description": "The agent's name, if a certain one is wanted."}}}}},
  {"type": "function", "function": {
    "name": "ask_human",
    "description": "Ask the person who gave this task, and wait for the answer. Only for what nobody else can know or decide.",
    "parameters": {"type": "object", "required": ["question"], "properties": {
      "question": {"type": "string", "description": "The question, as one would ask a person."}}}}}
])";

std::string cut(std::string text) {
    if (text.size() <= kToolAnswerBytesMax) return text;
    return fmt::format("{}\n[cut: {} of {} bytes are shown]", utf8_prefix(text, kToolAnswerBytesMax),
                       kToolAnswerBytesMax, text.size());
}

std::string error_text(std::string_view message) {
    return fmt::format("Error: {}", message);
}

std::string words_of(const ChildEnding& ending) {
    if (!ending.result) {
        const auto& failed = ending.result.error();
        return error_text(
            fmt::format("the work was not done ({}): {}", code_name(failed.code), failed.message));
    }
    return ending.result->is_string() ? std::string(ending.result->get_string()) : to_text(*ending.result);
}

// What is over cannot be told to a model any more; everything else is.
Result<std::string> told_or_over(const Error& error) {
    if (error.code == Code::Cancelled || error.code == Code::AlreadyFinished) return error;
    return error_text(error.message);
}

void add_text(const json::object& arguments, std::string_view member, std::vector<std::string>& into) {
    if (auto text = find_string(arguments, member); text && !text->empty()) into.push_back(std::move(*text));
}

}  // namespace

/// Calls that run side by side, and what they have answered.
struct Tooling::Round {
    std::vector<std::string> answers{};
    std::size_t open = 0;
    std::optional<Error> over{};
    Signal bell;
};

void offer_tools(json::object& request) {
    request["tools"] = parse_json(kTools).value();
}

void add_round(json::object& request, const std::string& text, const std::vector<ToolCall>& calls,
               const std::vector<std::string>& answers) {
    auto& messages = request["messages"].get_array();
    json::array asked;
    for (const auto& call : calls) {
        // Servers parse the arguments again for their templates: what is no JSON would
        // break the next completion. The tool's answer says what was wrong with it.
        const bool is_readable = parse_json_object(call.arguments).has_value();
        json::object function{{"name", call.name}, {"arguments", is_readable ? call.arguments : "{}"}};
        asked.push_back(
            json::object{{"id", call.id}, {"type", "function"}, {"function", std::move(function)}});
    }
    json::object said;
    said["role"] = "assistant";
    said["content"] = text.empty() ? json::value() : json::value(text);
    said["tool_calls"] = std::move(asked);
    messages.push_back(std::move(said));
    for (std::size_t i = 0; i < calls.size(); ++i)
        messages.push_back(
            json::object{{"role", "tool"}, {"tool_call_id", calls[i].id}, {"content", answers.at(i)}});
}

Async<Result<std::vector<std::string>>> Tooling::run(std::vector<ToolCall> calls) {
    const auto ex = co_await this_executor();
    Round round{.answers = std::vector<std::string>(calls.size()), .bell = Signal(ex, tools_.clock)};
    Scope scope(ex, tools_.clock, tools_.log);
    for (std::size_t i = 0; i < calls.size(); ++i) {
        const int number = ++number_;
        if (i >= kToolCallsPerRoundMax) {
            round.answers[i] = error_text(
                fmt::format("not run; at most {} tools run at once. Ask again.", kToolCallsPerRoundMax));
            continue;
        }
        ++round.open;
        scope.spawn("tool " + calls[i].name, run_one(round, i, calls[i], number));
    }
    while (round.open > 0 && !round.over)
        if (co_await round.bell.wait_until(kNever) == Wake::Cancelled)
            round.over = Error{Code::Cancelled, "The run is over."};
    // What the tools refer to stands here: they end before it does.
    co_await scope.close();
    if (round.over) co_return *round.over;
    co_return std::move(round.answers);
}

Async<void> Tooling::run_one(Round& round, std::size_t which, ToolCall call, int number) {
    auto answer = co_await answer_to(std::move(call), number);
    if (answer)
        round.answers[which] = cut(std::move(*answer));
    else
        round.over = answer.error();
    --round.open;
    round.bell.notify();
}

Async<Result<std::string>> Tooling::answer_to(ToolCall call, int number) {
    if (call.name != kDelegateTool && call.name != kAskTool)
        co_return error_text(fmt::format("there is no tool \"{}\"; there are \"{}\" and \"{}\".",
                                         valid_utf8(call.name), kDelegateTool, kAskTool));
    auto arguments = parse_json_object(call.arguments.empty() ? "{}" : call.arguments);
    if (!arguments)
        co_return error_text(
            fmt::format("the arguments of \"{}\" are not a JSON object. Write them again.", call.name));
    auto which = fmt::format("{}", number);
    if (call.name == kDelegateTool)
        co_return co_await delegate(std::move(which), std::move(call.arguments), std::move(*arguments));
    co_return co_await ask_human(std::move(which), std::move(call.arguments), std::move(*arguments));
}

Async<Result<std::string>> Tooling::delegate(std::string which, std::string said, json::object arguments) {
    Delegation work;
    work.step = step_for(which, said);
    if (const auto* task = find(arguments, "task")) work.task = *task;
    add_text(arguments, "capability", work.capabilities);
    add_text(arguments, "agent", work.agents);
    if (auto fine = check(work, spec_); !fine) co_return error_text(fine.error().message);
    auto ending = co_await hand_over(sink_, spec_.id, std::move(work));
    if (!ending) co_return told_or_over(ending.error());
    co_return words_of(*ending);
}

Async<Result<std::string>> Tooling::ask_human(std::string which, std::string said, json::object arguments) {
    PersonQuestion question;
    question.key = key_for(which, said);
    question.question = find_string(arguments, "question").value_or("");
    if (auto fine = check(question); !fine) co_return error_text(fine.error().message);
    auto answer = co_await ask_person(sink_, tools_.clock, spec_.id, std::move(question));
    if (!answer && answer.error().code == Code::Timeout) co_return error_text("nobody answered in time.");
    if (!answer) co_return told_or_over(answer.error());
    if (find_string(*answer, "action") != "accept")
        co_return std::string("The person did not want to answer.");
    const auto* content = find_object(*answer, "content");
    auto words = content ? find_string(*content, "answer") : std::nullopt;
    co_return words ? std::move(*words) : to_text(content ? *content : json::object{});
}

}  // namespace meshai::agents::openai
