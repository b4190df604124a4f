#include "doors/rest/follow.h"

#include <algorithm>

#include "doors/approval/link.h"
#include "doors/rest/task_json.h"
#include "wire/meshai/event_number.h"

namespace meshai::doors {
namespace {

constexpr std::size_t kTaskIdBytesMax = 64;

// Where a page begins; a stream's id and a plain number mean the same.
Result<Seq> page_start(const Call& call, const TaskId& id) {
    const auto after = call.query("after");
    if (!after) return Seq{0};
    const auto place = wire::guide::place_of(id, *after);
    if (!place) return place.error();
    return Seq{*place};
}

constexpr Parameter kLastId = {"Last-Event-ID", "header", "string", "Go on behind the event with this id"};
constexpr Parameter kAfter = {"after", "query", "integer", "The same as Last-Event-ID"};
constexpr std::string_view kStreamMedia = "text/event-stream";

}  // namespace

Result<TaskId> task_id_of(std::string_view text) {
    const bool fits =
        !text.empty() && text.size() <= kTaskIdBytesMax && std::ranges::all_of(text, [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                   c == '-';
        });
    if (!fits) return Error{Code::NotFound, "No such task."};
    return TaskId{std::string(text)};
}

bool wants_stream(const Call& call) {
    const auto accept = accepted(call);
    return accept.event_stream && !accept.json;
}

Async<void> attach(Call& call, TaskId id) {
    auto what = co_await followed(call, id);
    if (!what) co_return co_await answer_error(call, what.error());
    auto after = co_await resume_place(call, id);
    if (!after) co_return co_await answer_error(call, after.error());
    GuideEncoder encoder(std::move(id), *after, std::nullopt, links_for(call));
    co_await stream_task(call, std::move(*what), encoder);
}

static Async<void> attach_by_path(Call& call) {
    auto id = task_id_of(call.path_value("id"));
    if (!id) co_return co_await answer_error(call, id.error());
    co_await attach(call, std::move(*id));
}

static Async<void> attach_by_query(Call& call) {
    const auto text = call.query("task_id");
    if (!text) {
        Error error{Code::InvalidArgument,
                    "The parameter \"task_id\" is needed; a POST to this path starts a task."};
        co_return co_await answer_error(call, std::move(error));
    }
    auto id = task_id_of(*text);
    if (!id) co_return co_await answer_error(call, id.error());
    co_await attach(call, std::move(*id));
}

static Async<void> list_events(Call& call) {
    auto id = task_id_of(call.path_value("id"));
    if (!id) co_return co_await answer_error(call, id.error());
    if (wants_stream(call)) co_return co_await attach(call, std::move(*id));

    auto seen = co_await call.house.tasks.summary(call.caller, *id);
    if (!seen) co_return co_await answer_error(call, seen.error());
    const auto after = page_start(call, *id);
    if (!after) co_return co_await answer_error(call, after.error());
    const auto limit = query_number(call, "limit", kPageEventsMax, 1, kPageEventsMax);
    if (!limit) co_return co_await answer_error(call, limit.error());

    auto events = co_await call.house.tasks.read(call.caller.tenant, *id, *after, *limit);
    if (!events) co_return co_await answer_error(call, events.error());
    std::string page = "[";
    for (const auto& event : *events) {
        if (page.size() > kPageBytesMax) break;
        if (page.size() > 1) page += ',';
        page += to_text(event_json(*id, event));
    }
    page += ']';
    net::http::Response response{200, {{"Content-Type", "application/json"}}, std::move(page)};
    co_await answer(call, std::move(response));
}

std::vector<Route> following_routes() {
    return {{"GET",
             "/api/v1/tasks/stream",
             auth::kScopeRead,
             attach_by_query,
             {.name = "attachToTask",
              .tag = "tasks",
              .summary = "Stream the events of a task",
              .media = kStreamMedia,
              .parameters = {{"task_id", "query", "string", "The task to follow"}, kLastId, kAfter},
              .failures = {400, 404, 410}}},
            {"GET",
             "/api/v1/tasks/{id}/events",
             auth::kScopeRead,
             list_events,
             {.name = "listTaskEvents",
              .tag = "tasks",
              .summary = "A page of the task's log; a stream where Accept asks for one",
              .gives = "EventList",
              .parameters = {kAfter, {"limit", "query", "integer", "At most so many, 1 to 1000"}},
              .failures = {400, 404, 410}}},
            {"GET",
             "/api/v1/tasks/{id}/stream",
             auth::kScopeRead,
             attach_by_path,
             {.name = "streamTask",
              .tag = "tasks",
              .summary = "Stream the events of a task",
              .media = kStreamMedia,
              .parameters = {kLastId, kAfter},
              .failures = {400, 404, 410}}}};
}

}  // namespace meshai::doors
