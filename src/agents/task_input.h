// agents/task_input.h
//
// A task as agents are told it: the body of the family's `/execute` call
// (wire 4.3), which command agents read from their standard input, too, and
// the input as plain text for whoever takes nothing else. Pure.
#pragma once

#include <string>

#include "agents/adapter.h"

namespace meshai::agents {

/// {task_id, task_type, payload, context, timeout_seconds, attempt} and, where
/// given, instructions and parameters. The payload is always an object: a text
/// becomes {"input": text}.
json::object execute_body(const Spec& spec, const Call& call, const Clock& clock);

/// The instructions of agent and task as one value: the task's members win.
json::value merged_instructions(const json::value& of_agent, const json::value& of_task);

/// The input as text: itself, or the member of an object that holds the text
/// ("prompt", "text", …) with the other members as JSON after it, or its JSON.
std::string input_text(const json::value& input);

/// Whole seconds until the deadline, at least 1; kTimeoutDefault without one.
std::int64_t seconds_left(MonoTime deadline, MonoTime now);
inline constexpr std::int64_t kTimeoutDefaultSeconds = 300;

}  // namespace meshai::agents
