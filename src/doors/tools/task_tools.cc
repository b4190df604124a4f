// Tools about tasks that are there: how one is, what came out, end it, which run.
#include <algorithm>

#include "doors/rest/task_json.h"
#include "doors/tools/make_tool.h"
#include "wire/meshai/frames.h"

namespace meshai::doors {
namespace {

constexpr std::string_view kTaskIdInput = R"({"type": "object", "properties": {
    "task_id": {"type": "string", "minLength": 1, "maxLength": 64, "description": "Id of the task, as t_…"}},
    "required": ["task_id"]})";

constexpr std::string_view kStatusOutput = R"({"type": "object", "properties": {
    "task_id": {"type": "string"},
    "status": {"type": "string", "enum": ["pending", "routing", "executing", "input_required", "completed",
        "failed", "cancelled"]},
    "progress": {"type": "number", "minimum": 0, "maximum": 100},
    "message": {"type": ["string", "null"], "description": "What the agent said last"},
    "agent_id": {"type": ["string", "null"]}, "agent_name": {"type": ["string", "null"]},
    "error": {"type": ["string", "null"]}, "error_code": {"type": ["string", "null"]},
    "retry_count": {"type": "integer"},
    "submitted_at": {"type": ["string", "null"]}, "started_at": {"type": ["string", "null"]},
    "completed_at": {"type": ["string", "null"]}}, "required": ["task_id", "status"]})";

constexpr std::string_view kResultOutput = R"({"type": "object", "properties": {
    "task_id": {"type": "string"},
    "status": {"type": "string", "enum": ["pending", "routing", "executing", "input_required", "completed",
        "failed", "cancelled"]},
    "result": {"description": "The agent's answer, when completed: a text or an object"},
    "error": {"type": ["string", "null"]}, "error_code": {"type": ["string", "null"]},
    "result_url": {"type": "string", "description": "Where the whole of it is read"}},
    "required": ["task_id", "status"]})";

constexpr std::string_view kCancelOutput = R"({"type": "object", "properties": {
    "task_id": {"type": "string"}, "status": {"const": "cancelled"}}, "required": ["task_id", "status"]})";

constexpr ToolWords kGetStatus = {
    .name = "get_task_status",
    .title = "Task Status",
    .description =
        "How a task is: its state, progress, agent and times. Its result is for "
        "get_task_result.",
    .input = kTaskIdInput,
    .output = kStatusOutput,
    .hints = kReadOnly,
    .scope = auth::kScopeRead};

constexpr ToolWords kGetResult = {
    .name = "get_task_result",
    .title = "Task Result",
    .description =
        "The result of a task that has ended. For one that still runs: its state and no result; ask again.",
    .input = kTaskIdInput,
    .output = kResultOutput,
    .hints = kReadOnly,
    .scope = auth::kScopeRead};

constexpr ToolWords kCancel = {
    .name = "cancel_task",
    .title = "Cancel a Task",
    .description = "Ends a task that still runs; its agent is told to stop. What it has done stays done.",
    .input = R"({"type": "object", "properties": {
        "task_id": {"type": "string", "minLength": 1, "maxLength": 64, "description": "Id of the task, as t_…"},
        "reason": {"type": "string", "maxLength": 1024, "description": "Kept with the task"}},
        "required": ["task_id"]})",
    .output = kCancelOutput,
    .hints = {.read_only = false, .destructive = true, .idempotent = true, .open_world = false},
    .scope = auth::kScopeExecute};

constexpr int kActiveDefault = 10;

constexpr ToolWords kListActive = {.name = "list_active_tasks",
                                   .title = "Active Tasks",
                                   .description = "Your tasks that have not ended yet, newest first.",
                                   .input = R"({"type": "object", "properties": {
        "limit": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 10}}})",
                                   .output = R"({"type": "object", "properties": {
        "tasks": {"type": "array", "items": {"type": "object", "properties": {
            "task_id": {"type": "string"}, "status": {"type": "string"}, "task_type": {"type": "string"},
            "agent_id": {"type": ["string", "null"]}, "submitted_at": {"type": ["string", "null"]}},
            "required": ["task_id", "status"]}},
        "count": {"type": "integer", "minimum": 0, "description": "Of the tasks given here"}},
        "required": ["tasks", "count"]})",
                                   .hints = kReadOnly,
                                   .scope = auth::kScopeRead};

Async<Result<task::View>> view_of(Means means, task::Caller caller, TaskId id) {
    auto summary = co_await means.tasks.summary(caller, id);
    if (!summary) co_return summary.error();
    co_return co_await means.tasks.view(caller.tenant, id);
}

TaskId id_in(const json::object& arguments) {
    return TaskId{find_string(arguments, "task_id").value_or("")};
}

Async<CallOutcome> get_status(Means means, Context& context, json::object arguments) {
    const auto id = id_in(arguments);
    auto view = co_await view_of(means, context.caller(), id);
    if (!view) co_return view.error();
    auto status = status_json(id, *view);
    // The result has a tool of its own; both may be large.
    status.erase("result");
    status.erase("input");
    co_return structured_result(std::move(status));
}

Async<CallOutcome> get_result(Means means, Context& context, json::object arguments) {
    const auto id = id_in(arguments);
    auto view = co_await view_of(means, context.caller(), id);
    if (!view) co_return view.error();
    auto body = result_json(id, *view);
    if (view->completed) {
        body["result"] = bounded_result(id, view->completed->result, kOneResultBytesMax);
        body["result_url"] = wire::guide::result_url(id);
    }
    auto result = structured_result(std::move(body));
    result.is_error = view->failed.has_value();
    co_return result;
}

Async<CallOutcome> cancel(Means means, Context& context, json::object arguments) {
    const auto id = id_in(arguments);
    auto why = find_string(arguments, "reason").value_or("");
    auto cancelled = co_await means.executor.cancel(context.caller(), id, std::move(why));
    if (!cancelled && cancelled.error().code != Code::AlreadyFinished) co_return cancelled.error();
    // Cancelling twice is cancelling once; a task that has ended otherwise says how.
    auto summary = co_await means.tasks.summary(context.caller(), id);
    if (!summary) co_return summary.error();
    if (summary->state != task::State::Cancelled && !cancelled) co_return cancelled.error();
    co_return structured_result({{"task_id", id.value}, {"status", task::state_name(summary->state)}});
}

Async<CallOutcome> list_active(Means means, Context& context, json::object arguments) {
    const auto limit = static_cast<std::size_t>(find_int(arguments, "limit").value_or(kActiveDefault));
    std::vector<task::Summary> active;
    for (const auto state :
         {task::State::Executing, task::State::InputRequired, task::State::Routing, task::State::Pending}) {
        task::Filter filter;
        filter.state = state;
        filter.limit = limit;
        auto some = co_await means.tasks.list(context.caller(), filter);
        if (!some) co_return some.error();
        active.insert(active.end(), some->begin(), some->end());
    }
    std::ranges::sort(active, std::ranges::greater{}, [](const task::Summary& one) { return one.id; });
    json::array list;
    for (const auto& summary : active)
        if (list.size() < limit) list.push_back(summary_json(summary));
    const auto count = list.size();
    co_return structured_result({{"tasks", std::move(list)}, {"count", count}});
}

}  // namespace

std::vector<ToolEntry> task_tools(const Means& means) {
    return {make_tool(means, kGetStatus, get_status), make_tool(means, kGetResult, get_result),
            make_tool(means, kCancel, cancel), make_tool(means, kListActive, list_active)};
}

}  // namespace meshai::doors
