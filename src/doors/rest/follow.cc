#include "doors/rest/follow.h"

#include <algorithm>

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
    GuideEncoder encoder(std::move(id), *after, std::nullopt);
    co_await stream_task(call, std::move(*what), encoder);
}

Async<void> attach_by_path(Call& call) {
    auto id = task_id_of(call.path_value("id"));
    if (!id) co_return co_await answer_error(call, id.error());
    co_await attach(call, std::move(*id));
}

Async<void> attach_by_query(Call& call) {
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

Async<void> list_events(Call& call) {
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

}  // namespace meshai::doors
