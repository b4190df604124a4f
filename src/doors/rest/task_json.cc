#include "doors/rest/task_json.h"

#include <algorithm>

#include "doors/rest/input_json.h"
#include "doors/workflows/workflow_json.h"
#include "wire/meshai/event_number.h"

namespace meshai::doors {
namespace {

json::value time_or_null(WallTime time) {
    if (time == WallTime{}) return nullptr;
    return json::value(rfc3339_ms(time));
}

json::value text_or_null(const std::string& text) {
    if (text.empty()) return nullptr;
    return json::value(text);
}

double seconds(WallTime from, WallTime to) {
    return std::max(0.0, static_cast<double>((to - from).count()) / 1000.0);
}

void add_links(json::object& body, const TaskId& id) {
    const std::string base = "/api/v1/tasks/" + id.value;
    body["status_url"] = base;
    body["stream_url"] = base + "/stream";
    body["events_url"] = base + "/events";
    body["result_url"] = base + "/result";
}

json::value error_of(const task::View& view) {
    if (view.failed) return json::value(view.failed->message);
    if (view.cancelled)
        return json::value(view.cancelled->why.empty() ? "The task was cancelled." : view.cancelled->why);
    return nullptr;
}

json::value error_code_of(const task::View& view) {
    if (view.failed) return json::value(code_name(view.failed->code));
    if (view.cancelled) return json::value(code_name(Code::Cancelled));
    return nullptr;
}

/// {name, version}: its definition stands in the first event.
json::object workflow_of(const task::Request& request) {
    json::object workflow{{"name", task::workflow_name(request)}};
    if (const auto* definition = request.workflow.if_object())
        if (const auto version = find_int(*definition, "version")) workflow["version"] = *version;
    return workflow;
}

void add_ending(json::object& body, const task::View& view) {
    body["result"] = view.completed ? view.completed->result : json::value(nullptr);
    body["error"] = error_of(view);
    body["error_code"] = error_code_of(view);
    if (view.failed) body["error_details"] = view.failed->details;
    if (view.failed && !view.failed->partial.empty()) body["partial_result"] = view.failed->partial;
    if (view.cancelled) body["error_details"] = json::object{{"cancelled_by", view.cancelled->by}};
    if (view.completed && view.completed->usage != task::Usage{})
        body["usage"] = json::object{{"input_tokens", view.completed->usage.input_tokens},
                                     {"output_tokens", view.completed->usage.output_tokens},
                                     {"cost", json_number(view.completed->usage.cost)}};
}

}  // namespace

json::object submitted_json(const TaskId& id) {
    json::object body;
    body["task_id"] = id.value;
    body["status"] = "submitted";
    body["message"] = "The task is accepted and stored; it goes on without its client.";
    add_links(body, id);
    return body;
}

json::object status_json(const TaskId& id, const task::View& view) {
    const auto& request = view.submitted.request;
    json::object body;
    body["task_id"] = id.value;
    body["status"] = task::state_name(view.state);
    body["task_type"] = request.task_type;
    body["input"] = request.input;
    add_ending(body, view);
    body["progress"] = json_number(view.completed ? 100 : view.percent);
    body["message"] = text_or_null(view.message);
    body["agent_id"] = text_or_null(view.agent.value);
    body["agent_name"] = text_or_null(view.agent_name);
    body["execution_time_seconds"] =
        view.started_at != WallTime{} && view.finished_at != WallTime{}
            ? json::value(json_number(seconds(view.started_at, view.finished_at)))
            : json::value(nullptr);
    body["submitted_at"] = time_or_null(view.submitted_at);
    body["started_at"] = time_or_null(view.started_at);
    body["completed_at"] = time_or_null(view.finished_at);
    // A workflow is begun again with each start of the server: its steps are what is retried.
    body["retry_count"] = request.is_composite() ? 0 : std::max(0, view.attempt - 1);
    body["routing_strategy_used"] = view.routed ? view.routed->strategy : request.routing_strategy;
    body["context_updates"] = json::object{};
    const auto& lineage = request.lineage;
    body["parent_task_id"] =
        text_or_null(lineage.parent.empty() ? request.parent_task_id : lineage.parent.value);
    if (!lineage.root.empty()) body["root_task_id"] = lineage.root.value;
    if (!lineage.step.empty()) body["step"] = lineage.step;
    if (request.is_composite()) body["workflow"] = workflow_of(request);
    if (!view.steps.empty()) body["steps"] = steps_json(view.steps);
    body["correlation_id"] = text_or_null(request.correlation_id);
    body["last_event"] = view.last.value;
    if (!request.conversation.empty()) body["conversation_id"] = request.conversation;
    if (auto questions = questions_json(id, view, {}); !questions.empty())
        body["input_required"] = std::move(questions);
    add_links(body, id);
    return body;
}

json::object summary_json(const task::Summary& summary) {
    json::object body;
    body["task_id"] = summary.id.value;
    body["status"] = task::state_name(summary.state);
    body["task_type"] = summary.task_type;
    body["agent_id"] = text_or_null(summary.agent.value);
    body["submitted_at"] = time_or_null(summary.submitted_at);
    body["started_at"] = time_or_null(summary.started_at);
    body["completed_at"] = time_or_null(summary.finished_at);
    body["retry_count"] = std::max(0, summary.attempt - 1);
    body["error_code"] = text_or_null(summary.error_code);
    if (!summary.conversation.empty()) body["conversation_id"] = summary.conversation;
    if (!summary.parent.empty()) body["parent_task_id"] = summary.parent.value;
    if (!summary.workflow.empty()) body["workflow"] = summary.workflow;
    return body;
}

json::object event_json(const TaskId& id, const task::Event& event) {
    json::object body;
    body["seq"] = event.seq.value;
    body["id"] = wire::guide::event_number(id, event.seq.value);
    body["event_id"] = event.id.value;
    body["task_id"] = id.value;
    body["kind"] = task::kind(event.body);
    body["timestamp"] = rfc3339_ms(event.at);
    // The log wrote this text itself, so it is an object.
    const auto said = parse_json_object(task::encode(event.body)).value_or(json::object{});
    for (const auto& [key, value] : said)
        if (!body.contains(key)) body[key] = value;
    return body;
}

json::object stats_json(const mesh::ExecutorStats& stats) {
    json::object body;
    body["total_tasks_submitted"] = stats.submitted;
    body["active_tasks"] = stats.running + stats.queued;
    body["running_tasks"] = stats.running;
    body["queued_tasks"] = stats.queued;
    body["completed_tasks"] = stats.completed;
    body["failed_tasks"] = stats.failed;
    body["cancelled_tasks"] = stats.cancelled;
    body["avg_execution_time_ms"] = json_number(stats.avg_execution_time_ms);
    body["success_rate"] = json_number(stats.success_rate);
    return body;
}

json::object result_json(const TaskId& id, const task::View& view) {
    json::object body;
    body["task_id"] = id.value;
    body["status"] = task::state_name(view.state);
    if (!task::is_final(view.state)) {
        add_links(body, id);
        return body;
    }
    add_ending(body, view);
    return body;
}

}  // namespace meshai::doors
