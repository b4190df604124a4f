#include "agents/openai/ask.h"

#include <array>

#include "agents/task_input.h"

namespace meshai::agents::openai {
namespace {

// What a task may tune. Anything else in its parameters is meant for other kinds of agent.
constexpr std::array<std::string_view, 10> kParameters = {
    "temperature", "top_p",           "max_tokens",        "max_completion_tokens", "stop",
    "seed",        "response_format", "frequency_penalty", "presence_penalty",      "reasoning_effort"};

json::object message(std::string_view role, std::string text) {
    return json::object{{"role", role}, {"content", std::move(text)}};
}

// One system message: the chat templates of many small models refuse a second.
std::string system_prompt(const Spec& spec, const task::Request& request) {
    auto prompt = instructions_text(spec.instructions, request.instructions);
    if (request.context.empty()) return prompt;
    if (!prompt.empty()) prompt += "\n\n";
    return prompt + "Context of the task (JSON):\n" + to_text(request.context);
}

// A conversation that the client brought along, if it has the shape of one.
const json::array* conversation(const json::value& input) {
    const auto* object = input.if_object();
    const auto* messages = object ? find_array(*object, "messages") : nullptr;
    if (!messages || messages->empty()) return nullptr;
    for (const auto& item : *messages) {
        const auto* entry = item.if_object();
        if (!entry || !find_string(*entry, "role") || !entry->contains("content")) return nullptr;
    }
    return messages;
}

}  // namespace

json::object completion_request(const Spec& spec, const task::Request& request) {
    json::object body;
    if (!spec.model.empty()) body["model"] = spec.model;
    json::array messages;
    auto prompt = system_prompt(spec, request);
    if (!prompt.empty()) messages.push_back(message("system", std::move(prompt)));
    if (const auto* said = conversation(request.input))
        messages.insert(messages.end(), said->begin(), said->end());
    else
        messages.push_back(message("user", input_text(request.input)));
    body["messages"] = std::move(messages);
    body["stream"] = true;
    body["stream_options"] = json::object{{"include_usage", true}};
    for (const auto name : kParameters)
        if (const auto* value = find(request.parameters, name)) body[name] = *value;
    return body;
}

}  // namespace meshai::agents::openai
