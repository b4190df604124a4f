#include "mesh/executor/talk.h"

#include <algorithm>
#include <ranges>

namespace meshai::mesh {
namespace {

json::object message(std::string_view role, std::string text) {
    return {{"role", role}, {"content", std::move(text)}};
}

std::string text_of(const json::value& value) {
    if (const auto* text = value.if_string()) return std::string(*text);
    const auto* object = value.if_object();
    const auto text = object ? find_string(*object, "text") : std::nullopt;
    return text ? *text : to_text(value);
}

json::array own_messages(const json::value& input) {
    const auto* object = input.if_object();
    const auto* messages = object ? find_array(*object, "messages") : nullptr;
    if (messages) return *messages;
    return {message("user", text_of(input))};
}

/// The answered turns among `turns`, newest first, until the bound is reached.
Async<Result<std::vector<json::object>>> said_backwards(task::TaskLog& log, TenantId tenant,
                                                        std::vector<TaskId> turns) {
    std::vector<json::object> said;
    std::size_t bytes = 0;
    for (const auto& id : std::views::reverse(turns)) {
        auto view = co_await log.view(tenant, id);
        const bool is_forgotten =
            !view && (view.error().code == Code::Gone || view.error().code == Code::NotFound);
        if (is_forgotten) break;
        if (!view) co_return view.error();
        if (!view->completed) continue;
        auto question = text_of(view->submitted.request.input);
        auto answer = text_of(view->completed->result);
        bytes += question.size() + answer.size();
        if (bytes > kTalkBytesMax) break;
        said.push_back(message("assistant", std::move(answer)));
        said.push_back(message("user", std::move(question)));
    }
    co_return said;
}

}  // namespace

Async<Result<task::Request>> with_talk(task::TaskLog& log, TenantId tenant, TaskId id, Subject subject,
                                       task::Request request) {
    if (request.conversation.empty()) co_return request;
    const task::Caller caller{tenant, subject, false};
    auto turns = co_await log.turns(caller, request.conversation, task::kTurnsMax);
    if (!turns) co_return turns.error();
    // Only what came before this turn: a rerun after a restart says the same again.
    std::erase_if(*turns, [&](const TaskId& turn) { return turn >= id; });
    if (turns->size() > kTalkTurnsMax) turns->erase(turns->begin(), turns->end() - kTalkTurnsMax);
    auto said = co_await said_backwards(log, tenant, std::move(*turns));
    if (!said) co_return said.error();
    if (said->empty()) co_return request;

    json::array messages;
    for (auto& one : std::views::reverse(*said)) messages.push_back(std::move(one));
    for (auto& one : own_messages(request.input)) messages.push_back(std::move(one));
    request.input = json::object{{"messages", std::move(messages)}};
    co_return request;
}

}  // namespace meshai::mesh
