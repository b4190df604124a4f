// batch_execute: several tasks at once, each with its own outcome, in the order
// they were given.
#include <fmt/format.h>

#include "doors/house.h"
#include "doors/rest/task_json.h"
#include "doors/stream/encoder.h"
#include "doors/submit/submit.h"
#include "doors/toolbox/trace.h"
#include "doors/tools/make_tool.h"

namespace meshai::doors {
namespace {

/// Each task has a key of its own: that of the batch, "#" and its number.
constexpr std::size_t kBatchKeyBytesMax = task::kIdempotencyKeyBytesMax - 8;

constexpr ToolWords kBatchExecute = {
    .name = "batch_execute",
    .title = "Execute Several Tasks",
    .description =
        "Runs several tasks at the same time, each on the agent that fits best, and gives their results in "
        "the given order. A task that still runs after 50 seconds is named by its task_id and goes on: "
        "get_task_result has its result later.",
    .input = R"({"type": "object", "properties": {
        "tasks": {"type": "array", "minItems": 1, "maxItems": 50, "items": {"type": "object", "properties": {
            "task": {"type": "string", "minLength": 1, "description": "What to do, in plain words"},
            "capabilities": {"type": "array", "items": {"type": "string"}, "maxItems": 16,
                "description": "What the agent must be able to do; detected from the task when left out"},
            "agents": {"type": "array", "items": {"type": "string"}, "maxItems": 16,
                "description": "Agents wanted, by id or name, best first"},
            "task_type": {"type": "string", "description": "chat, analysis, code or creative"},
            "context": {"type": "object", "description": "What the agent should know besides the task"},
            "timeout_seconds": {"type": "integer", "minimum": 1, "maximum": 86400,
                "description": "Whole time this task may take"}}, "required": ["task"]}}},
        "required": ["tasks"]})",
    .output = R"({"type": "object", "properties": {
        "results": {"type": "array", "description": "One for each task, in the given order",
            "items": {"type": "object", "properties": {
                "index": {"type": "integer", "minimum": 0},
                "task_id": {"type": "string", "description": "Absent for a task that was refused"},
                "status": {"type": "string", "enum": ["pending", "routing", "executing", "input_required",
                    "completed", "failed", "cancelled"]},
                "result": {"description": "The agent's answer, when completed: a text or an object"},
                "error": {"type": "object", "properties": {"code": {"type": "string"},
                    "message": {"type": "string"}}, "required": ["code", "message"]}},
            "required": ["index", "status"]}},
        "completed": {"type": "integer"},
        "failed": {"type": "integer", "description": "Refused and cancelled ones, too"},
        "running": {"type": "integer"}},
        "required": ["results", "completed", "failed", "running"]})",
    .hints = kRunsAgents,
    .scope = auth::kScopeExecute};

/// One task of the batch: accepted with an id, or refused with a reason.
struct Item {
    Result<TaskId> task = Error{Code::Internal, "The task was not submitted."};
    std::unique_ptr<mesh::Attachment> attachment{};  ///< the client's, while it waits for the batch
    std::optional<task::View> view{};
};

Async<Item> submit_item(Means means, Context& context, json::object body, std::size_t index) {
    Item item;
    auto ask = wire::guide::parse_mesh_execute(body);
    auto request = ask ? request_of(*ask) : Result<task::Request>(ask.error());
    if (!request) {
        item.task = request.error();
        co_return item;
    }
    std::optional<std::string> key;
    if (const auto whole = context.idempotency_key()) key = *whole + "#" + std::to_string(index);
    if (context.ends_with_client()) request->on_disconnect = task::OnDisconnect::Cancel;
    request->trace = traceparent_in(context.trace());
    auto submitted = co_await means.executor.submit(context.caller(), std::move(*request), std::move(key));
    if (!submitted) {
        item.task = submitted.error();
        co_return item;
    }
    item.attachment =
        means.executor.attach(context.caller().tenant, submitted->id, submitted->on_disconnect());
    item.task = submitted->id;
    co_return item;
}

/// Waits for the end of a task, at most until `until`. Cancelled when the request is over.
Async<Status> wait_for(Means means, Context& context, TaskId id, MonoTime until) {
    task::Follower follower(means.tasks, co_await this_executor(), context.caller().tenant, id, Seq{0});
    while (!follower.is_finished() && means.clock.now() < until) {
        auto events = co_await follower.next(until);
        if (!events && events.error().code == Code::AlreadyFinished) break;
        if (!events) co_return events.error();
    }
    co_return Status{};
}

json::object item_json(const Item& item, std::size_t index) {
    json::object out{{"index", index}};
    if (!item.task) {
        out["status"] = "failed";
        out["error"] = error_json(item.task.error());
        return out;
    }
    out["task_id"] = item.task->value;
    out["status"] = task::state_name(item.view->state);
    if (item.view->completed)
        out["result"] = bounded_result(*item.task, item.view->completed->result, kEachResultBytesMax);
    if (item.view->failed) out["error"] = error_json({item.view->failed->code, item.view->failed->message});
    if (item.view->cancelled) out["error"] = error_json({Code::Cancelled, "The task was cancelled."});
    return out;
}

wire::mcp::ToolResult batch_result(const std::vector<Item>& items) {
    json::array results;
    std::size_t completed = 0;
    std::size_t failed = 0;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const auto& item = items[i];
        const bool is_over = !item.task || task::is_final(item.view->state);
        if (item.view && item.view->completed)
            ++completed;
        else if (is_over)
            ++failed;
        results.push_back(item_json(item, i));
    }
    auto result = structured_result({{"results", std::move(results)},
                                     {"completed", completed},
                                     {"failed", failed},
                                     {"running", items.size() - completed - failed}});
    result.is_error = failed == items.size();
    return result;
}

// Waits for all tasks, and tells of each that ends; the first that still runs at `until` ends the wait.
Async<Status> wait_for_all(Means means, Context& context, std::vector<Item>& items) {
    const auto until = context.wants_progress() ? kNever : means.clock.in(kAnswerWaitMax);
    const auto total = static_cast<double>(items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (!items[i].task) continue;
        const auto id = *items[i].task;
        if (auto waited = co_await wait_for(means, context, id, until); !waited) co_return waited.error();
        auto view = co_await means.tasks.view(context.caller().tenant, id);
        if (!view) co_return view.error();
        items[i].view = std::move(*view);
        if (!task::is_final(items[i].view->state)) continue;
        const auto done = static_cast<double>(i + 1);
        auto told = co_await context.progress(
            done, total,
            fmt::format("Task {} of {}: {}", i + 1, items.size(), task::state_name(items[i].view->state)));
        if (!told) co_return told.error();
    }
    co_return Status{};
}

// A client that is answered while tasks still run leaves with their ids, which is
// not the same as leaving them.
void let_go(Means means, const TenantId& tenant, std::vector<Item>& items) {
    for (auto& item : items) {
        if (!item.task) continue;
        const auto kept = means.executor.attach(tenant, *item.task, task::OnDisconnect::Continue);
        item.attachment.reset();
    }
}

Async<CallOutcome> batch_execute(Means means, Context& context, json::object arguments) {
    const auto whole_key = context.idempotency_key();
    if (whole_key && whole_key->size() > kBatchKeyBytesMax)
        co_return Error{Code::InvalidArgument,
                        fmt::format("The idempotency key of a batch has 1 to {} bytes.", kBatchKeyBytesMax)};
    const auto tasks = arguments.at("tasks").as_array();
    std::vector<Item> items;
    items.reserve(tasks.size());
    for (std::size_t i = 0; i < tasks.size(); ++i)
        items.push_back(co_await submit_item(means, context, tasks[i].as_object(), i));
    if (auto waited = co_await wait_for_all(means, context, items); !waited) co_return waited.error();
    let_go(means, context.caller().tenant, items);
    co_return batch_result(items);
}

}  // namespace

std::vector<ToolEntry> batch_tools(const Means& means) {
    return {make_tool(means, kBatchExecute, batch_execute)};
}

}  // namespace meshai::doors
