#include "doors/rest/create.h"
#include "doors/rest/delegate.h"
#include "doors/rest/follow.h"
#include "doors/rest/input.h"
#include "doors/rest/rest.h"
#include "doors/rest/task_json.h"

namespace meshai::doors {
namespace {

constexpr std::string_view kPollAfter = "2";

// The task of the path as the caller may see it. When nothing comes back, the answer is given already.
struct Seen {
    TaskId id;
    task::View view;
};
Async<std::optional<Seen>> see_task(Call& call) {
    auto id = task_id_of(call.path_value("id"));
    std::optional<Error> error;
    if (!id) {
        error = id.error();
    } else if (auto seen = co_await call.house.tasks.summary(call.caller, *id); !seen) {
        error = seen.error();
    } else {
        auto view = co_await call.house.tasks.view(call.caller.tenant, *id);
        if (view) co_return Seen{std::move(*id), std::move(*view)};
        error = view.error();
    }
    co_await answer_error(call, std::move(*error));
    co_return std::nullopt;
}

Async<void> get_task(Call& call) {
    auto seen = co_await see_task(call);
    if (seen) co_await answer_json(call, 200, status_json(seen->id, seen->view));
}

Async<void> get_result(Call& call) {
    auto seen = co_await see_task(call);
    if (!seen) co_return;
    const bool is_final = task::is_final(seen->view.state);
    net::http::Response response{is_final ? 200 : 202,
                                 {{"Content-Type", "application/json"}},
                                 to_text(result_json(seen->id, seen->view))};
    if (!is_final) response.headers.add("Retry-After", std::string(kPollAfter));
    co_await answer(call, std::move(response));
}

Async<void> cancel_task(Call& call) {
    auto id = task_id_of(call.path_value("id"));
    if (!id) co_return co_await answer_error(call, id.error());
    auto cancelled = co_await call.house.executor.cancel(call.caller, *id, "by request of the client");
    if (!cancelled) co_return co_await answer_error(call, cancelled.error());
    json::object body;
    body["status"] = "cancelled";
    body["task_id"] = id->value;
    co_await answer_json(call, 200, std::move(body));
}

Result<task::Filter> list_filter(const Call& call) {
    task::Filter filter;
    if (const auto word = call.query("status"); word && !word->empty()) {
        filter.state = task::state_of(*word);
        if (!filter.state)
            return Error{
                Code::InvalidArgument,
                "The parameter \"status\" must be one of pending, routing, executing, input_required, "
                "completed, failed, cancelled."};
    }
    constexpr std::uint64_t kSkipMax = 1'000'000;
    const auto skip = query_number(call, "skip", 0, 0, kSkipMax);
    if (!skip) return skip.error();
    const auto limit = query_number(call, "limit", 100, 1, 1000);
    if (!limit) return limit.error();
    if (const auto parent = call.query("parent"); parent && !parent->empty()) filter.parent = TaskId{*parent};
    filter.with_children = call.query("children").value_or("") == "true";
    filter.skip = *skip;
    filter.limit = *limit;
    return filter;
}

Async<void> list_tasks(Call& call) {
    auto filter = list_filter(call);
    if (!filter) co_return co_await answer_error(call, filter.error());
    auto found = co_await call.house.tasks.list(call.caller, *filter);
    if (!found) co_return co_await answer_error(call, found.error());
    json::array list;
    for (const auto& summary : *found) list.push_back(summary_json(summary));
    co_await answer_json(call, 200, std::move(list));
}

Async<void> get_stats(Call& call) {
    co_await answer_json(call, 200, stats_json(call.house.executor.stats()));
}

std::vector<Route> reading_routes() {
    return {{"GET",
             "/api/v1/tasks",
             auth::kScopeRead,
             list_tasks,
             {.name = "listTasks",
              .tag = "tasks",
              .summary = "Tasks, newest first",
              .gives = "TaskList",
              .parameters = {{"status", "query", "string", "Only tasks in this state"},
                             {"parent", "query", "string", "The children of this task only"},
                             {"children", "query", "boolean", "Children of tasks, too"},
                             {"skip", "query", "integer", "Leave out so many"},
                             {"limit", "query", "integer", "At most so many, 1 to 1000"}},
              .failures = {400}}},
            {"GET",
             "/api/v1/tasks/{id}",
             auth::kScopeRead,
             get_task,
             {.name = "getTask",
              .tag = "tasks",
              .summary = "How a task is",
              .gives = "TaskStatus",
              .failures = {404, 410}}},
            {"DELETE",
             "/api/v1/tasks/{id}",
             auth::kScopeExecute,
             cancel_task,
             {.name = "cancelTask",
              .tag = "tasks",
              .summary = "Cancel a task that has not ended",
              .gives = "TaskCancelled",
              .failures = {400, 404, 410}}},
            {"GET",
             "/api/v1/tasks/{id}/result",
             auth::kScopeRead,
             get_result,
             {.name = "getTaskResult",
              .tag = "tasks",
              .summary = "The whole result; 202 while there is none",
              .gives = "TaskResult",
              .failures = {404, 410}}},
            {"GET",
             "/api/v1/stats",
             auth::kScopeRead,
             get_stats,
             {.name = "getStats", .tag = "tasks", .summary = "Numbers of this server", .gives = "Stats"}}};
}

}  // namespace

std::vector<Route> task_routes() {
    auto routes = creating_routes();
    // Following comes before reading: "/tasks/stream" is no task named "stream".
    for (auto* part : {&following_routes, &input_routes, &delegate_routes, &reading_routes})
        for (auto& route : (*part)()) routes.push_back(std::move(route));
    return routes;
}

}  // namespace meshai::doors
