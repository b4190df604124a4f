// cli/answer_words.h
//
// A question of a task as a person at a terminal reads it, and what they type as
// its answer. The server checks whether the answer fits. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace meshai::cli {

/// A question as the server lists it at /api/v1/tasks/{id}/input, or as a stream tells it.
struct TaskQuestion {
    std::string key{};
    std::string message{};
    json::object schema{};  ///< of the form; empty: there is none
    std::string expires_at{};
    std::string link{};
    bool is_for_a_person = true;  ///< not for a program, as sampling is
};

TaskQuestion question_of(const json::object& shown);

/// The names of the form's fields, in order.
std::vector<std::string> field_names(const TaskQuestion& question);

/// What there is to know of a question, a line each: what is asked, the fields, until when.
std::vector<std::string> lines_of(const TaskQuestion& question);

/// "name * (Your name): "
std::string field_prompt(const TaskQuestion& question, const std::string& field);

/// What was typed for a field, as a value of its type; as text where it is none.
/// Nothing for a field that is left open.
std::optional<json::value> field_value(const TaskQuestion& question, const std::string& field,
                                       const std::string& typed);

/// "accept", "decline" or "cancel" for y, yes, a, accept; n, no, d, decline; c, cancel.
std::optional<std::string> action_of(const std::string& typed);

/// {"action": "accept", "content": …} and the like.
json::object answer_with(const std::string& action, std::optional<json::object> content = std::nullopt);

}  // namespace meshai::cli
