#include "doors/mcp/tasks/shown.h"

#include <fmt/format.h>

namespace meshai::doors::mcp {
namespace {

using wire::mcp::TaskStatus;

TaskStatus status_of(task::State state) {
    switch (state) {
        case task::State::Pending:
        case task::State::Routing:
        case task::State::Executing:
            return TaskStatus::Working;
        case task::State::InputRequired:
            return TaskStatus::InputRequired;
        case task::State::Completed:
            return TaskStatus::Completed;
        case task::State::Failed:
            return TaskStatus::Failed;
        case task::State::Cancelled:
            return TaskStatus::Cancelled;
    }
    return TaskStatus::Working;
}

std::string working_line(const task::View& view) {
    if (!view.message.empty()) return view.message;
    if (view.attempt > 0) return fmt::format("Agent {} has started", view.agent_name);
    return view.routed ? fmt::format("Agent {} was chosen", view.routed->agent_name) : "Waiting for an agent";
}

json::object form_of_one_line() {
    json::object schema;
    schema["type"] = "object";
    schema["properties"] = json::object{{"answer", json::object{{"type", "string"}}}};
    schema["required"] = json::array{"answer"};
    return schema;
}

// Retention counts from the end of a task and MCP from its beginning. While
// nobody knows the end, the shorter of the two is promised: a task is never
// gone before its time (K3).
Millis lifetime(Millis kept, const task::View& view) {
    if (!task::is_final(view.state)) return kept;
    return kept + std::max(Millis::zero(), view.finished_at - view.submitted_at);
}

}  // namespace

wire::mcp::Question question_from(const json::value& stored) {
    if (const auto* object = stored.if_object())
        if (auto question = wire::mcp::question_of(*object)) return std::move(*question);
    const auto* text = stored.if_string();
    return wire::mcp::FormQuestion{text ? std::string(*text) : to_text(stored), form_of_one_line()};
}

wire::mcp::Questions open_questions(const task::View& view) {
    wire::mcp::Questions questions;
    for (const auto& [key, inquiry] : view.inquiries)
        if (inquiry.is_open) questions.emplace(key, question_from(inquiry.question));
    return questions;
}

std::string status_line(const task::View& view) {
    switch (view.state) {
        case task::State::InputRequired:
            return "The task waits for an answer";
        case task::State::Completed:
            return {};
        case task::State::Failed:
            return view.failed ? view.failed->message : std::string();
        case task::State::Cancelled:
            return view.cancelled ? view.cancelled->why : std::string();
        case task::State::Pending:
        case task::State::Routing:
        case task::State::Executing:
            break;
    }
    auto line = working_line(view);
    if (view.percent > 0) line += fmt::format(" ({:.0f} %)", view.percent);
    return line;
}

wire::mcp::Task shown_task(Toolbox& toolbox, std::optional<Millis> kept, const TaskId& id,
                           const task::View& view) {
    wire::mcp::Task task;
    task.id = id.value;
    task.status = status_of(view.state);
    task.status_message = status_line(view);
    task.created_at = view.submitted_at;
    task.updated_at = view.updated_at;
    if (kept) task.ttl = lifetime(*kept, view);
    task.poll_interval = kTaskPollInterval;
    if (task.status == TaskStatus::InputRequired) task.questions = open_questions(view);
    // A cancelled task has neither result nor error: that it was cancelled is all there is to say.
    const bool has_ending = task.status == TaskStatus::Completed || task.status == TaskStatus::Failed;
    if (has_ending) task.ending = toolbox.result_of(id, view);
    return task;
}

}  // namespace meshai::doors::mcp
