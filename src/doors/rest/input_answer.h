// doors/rest/input_answer.h
//
// From what somebody says to a question of a task to an answer in its log, and
// why one is not taken. For every door that takes answers in short: REST and the
// page of a signed link. (The door of MCP has the forms of MCP and its own rules
// for what comes too late.) Never here: who may answer what; that is in `caller`.
#pragma once

#include <expected>
#include <map>
#include <optional>
#include <string>

#include "doors/house.h"
#include "task/view.h"
#include "wire/mcp/questions.h"

namespace meshai::doors {

/// What is said to questions, by key.
using Said = std::map<std::string, json::value>;

/// Why nothing was stored. `outcome` is a word for programs: "unknown",
/// "invalid", "answered", "expired" or "finished"; empty for any other failure.
struct NotTaken {
    Error error;
    int status = 500;
    std::string key{};
    std::string outcome{};
};

/// What is said, as the answer that MCP has for it: {"action", "content"} as it
/// is; the fields of the form alone, or the value of its only field, as accepted;
/// true as accepted, and false as declined whatever the form has. InvalidArgument, with the field's name,
/// for what the question does not ask for. Pure.
Result<json::object> answer_of(const wire::mcp::Question& question, const json::value& said);

/// Why a question of the task takes no answer; nothing where it does. Pure.
std::optional<NotTaken> closed(const task::View& view, const std::string& key, WallTime now);

/// Stores all of it or nothing, as answered by `caller`, and gives the task as it
/// is then. The same answer given again by the same subject is taken again.
Async<std::expected<task::View, NotTaken>> give_answers(const House& house, task::Caller caller, TaskId id,
                                                        Said said);

}  // namespace meshai::doors
