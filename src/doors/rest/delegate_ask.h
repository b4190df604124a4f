// doors/rest/delegate_ask.h
//
// What an agent asks for when it delegates or asks a person, read from the body
// of its call, and the words in which it is answered. Pure.
#pragma once

#include <optional>
#include <string>

#include "base/json.h"
#include "mesh/executor/executor.h"
#include "task/view.h"

namespace meshai::doors {

/// How long a call waits for its outcome; its body may say less ("wait_seconds").
inline constexpr std::int64_t kDelegateWaitSeconds = 50;

struct DelegateAsk {
    agents::Delegation work{};
    std::int64_t wait_seconds = kDelegateWaitSeconds;
};
struct PersonAsk {
    agents::PersonQuestion question{};
    std::int64_t wait_seconds = kDelegateWaitSeconds;
};

/// {task | input, capability | capabilities, agent | agents, context?, timeout_seconds?,
/// wait_seconds?}. `key` is the idempotency key; without one the body itself says which
/// work is meant. InvalidArgument.
Result<DelegateAsk> read_delegate_ask(const json::object& body, const std::optional<std::string>& key);

/// {question, schema?, timeout_seconds?, wait_seconds?}, the same.
Result<PersonAsk> read_person_ask(const json::object& body, const std::optional<std::string>& key);

/// How the child that this view is of ended. It has ended.
agents::ChildEnding ending_of(const TaskId& child, const task::View& view);

/// {step, task_id?, status: "running"}: the agent asks again.
json::object running_json(const std::string& step, const TaskId& child);

}  // namespace meshai::doors
