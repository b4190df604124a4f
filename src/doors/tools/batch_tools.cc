// batch_execute: several tasks at once, each with its own outcome, in the order
// they were given.
#include "doors/house.h"
#include "doors/rest/task_json.h"
#include "doors/stream/encoder.h"
#include "doors/submit/submit.h"
#include "doors/tools/make_tool.h"

namespace meshai::doors {
namespace {

constexpr ToolWords kBatchExecute = {
    .name = "batch_execute",
    .title = "Execute Several Tasks",
    .description =
        "Runs several tasks at the same time and gives their results in the given order. A task that still "
        "runs when the answer is due is named by its id.",
    .input = R"({"type": "object", "properties": {
        "tasks": {"type": "array", "minItems": 1, "maxItems": 50, "items": {"type": "object", "properties": {
            "task": {"type": "string", "minLength": 1},
            "capabilities": {"type": "array", "items": {"type": "string"}, "maxItems": 16},
            "agents": {"type": "array", "items": {"type": "string"}, "maxItems": 16},
            "task_type": {"type": "string"},
            "context": {"type": "object"},
            "timeout_seconds": {"type": "integer", "minimum": 1, "maximum": 86400}}, "required": ["task"]}}},
        "required": ["tasks"]})",
    .output = R"({"type": "object", "properties": {
        "results": {"type": "array", "items": {"type": "object", "properties": {
            "index": {"type": "integer"}, "task_id": {"type": "string"}, "status": {"type": "string"}},
            "required": ["index", "status"]}},
        "completed": {"type": "integer"}, "failed": {"type": "integer"}, "running": {"type": "integer"}},
        "required": ["results", "completed", "failed", "running"]})",
    .hints = {.read_only = false, .destructive = false, .idempotent = false, .open_world = true},
    .scope = auth::kScopeExecute};

/// One task of the batch: accepted with an id, or refused with a reason.
struct Item {
    Result<TaskId> task = Error{Code::Internal, "The task was not submitted."};
    std::unique_ptr<mesh::Attachment> attachment{};
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
    const auto policy = request->on_disconnect;
    auto submitted = co_await means.executor.submit(context.caller(), std::move(*request), std::move(key));
    if (!submitted) {
        item.task = submitted.error();
        co_return item;
    }
    item.attachment = means.executor.attach(context.caller().tenant, submitted->id, policy);
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
    if (item.view->completed) out["result"] = item.view->completed->result;
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

Async<CallOutcome> batch_execute(Means means, Context& context, json::object arguments) {
    const auto tasks = arguments.at("tasks").as_array();
    std::vector<Item> items;
    for (std::size_t i = 0; i < tasks.size(); ++i)
        items.push_back(co_await submit_item(means, context, tasks[i].as_object(), i));

    const auto until = context.wants_progress() ? kNever : means.clock.in(kAnswerWaitMax);
    const auto total = static_cast<double>(items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (!items[i].task) continue;
        const auto id = *items[i].task;
        if (auto waited = co_await wait_for(means, context, id, until); !waited) co_return waited.error();
        auto view = co_await means.tasks.view(context.caller().tenant, id);
        if (!view) co_return view.error();
        items[i].view = std::move(*view);
        const auto done = static_cast<double>(i + 1);
        if (auto told = co_await context.progress(done, total, "Task " + id.value + " has ended."); !told)
            co_return told.error();
    }
    co_return batch_result(items);
}

}  // namespace

std::vector<ToolEntry> batch_tools(const Means& means) {
    return {make_tool(means, kBatchExecute, batch_execute)};
}

}  // namespace meshai::doors
