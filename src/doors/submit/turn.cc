#include "doors/submit/turn.h"

#include <fmt/format.h>

#include <ranges>

namespace meshai::doors {
namespace {

constexpr std::string_view kConversationPrefix = "c_";
constexpr std::string_view kTalks = "text_generation";

Async<Result<TaskId>> newest_ended(task::Conversations conversations, TenantId tenant,
                                   std::vector<TaskId> turns) {
    for (auto& turn : std::views::reverse(turns)) {
        const auto running = co_await conversations.is_running(tenant, turn);
        if (!running) co_return running.error();
        if (!*running) co_return std::move(turn);
    }
    co_return Error{Code::Conflict, "The conversation has no turn that has ended; there is nothing to fork."};
}

}  // namespace

std::string new_conversation_id(const std::optional<std::string>& key, Clock& clock, Random& random) {
    if (key) return task::conversation_of_key(*key);
    return new_id(kConversationPrefix, unix_ms(clock.wall()), random);
}

task::Request turn_request(task::Request request, const std::string& id, const task::TalkSettings& settings) {
    request.conversation = id;
    request.affinity = id;
    if (request.task_type.empty()) request.task_type = "chat";
    if (request.agents.empty()) request.agents = settings.agents;
    if (request.capabilities.empty()) request.capabilities = settings.capabilities;
    if (request.capabilities.empty()) request.capabilities = {std::string(kTalks)};
    if (request.instructions.is_null()) request.instructions = settings.instructions;
    return request;
}

Async<Result<TaskId>> fork_place(task::TaskLog& log, TenantId tenant, task::Conversation from,
                                 json::value turn) {
    if (const auto* id = turn.if_string()) co_return TaskId{std::string(*id)};
    task::Conversations conversations(log);
    auto turns = co_await conversations.turns(tenant, from.subject, from.id, {}, task::kConversationTurnsMax);
    if (!turns) co_return turns.error();
    if (turn.is_null()) co_return co_await newest_ended(conversations, tenant, std::move(*turns));
    if (!turn.is_int64())
        co_return Error{Code::InvalidArgument,
                        "\"fork.turn\" must be the task id of a turn, or its number: the first has 1."};
    const auto number = turn.get_int64();
    if (number < 1 || static_cast<std::uint64_t>(number) > turns->size())
        co_return Error{Code::NotFound, fmt::format("The conversation has {} turns.", turns->size())};
    co_return std::move((*turns)[static_cast<std::size_t>(number) - 1]);
}

}  // namespace meshai::doors
