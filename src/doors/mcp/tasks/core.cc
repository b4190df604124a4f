#include <fmt/format.h>

#include <charconv>

#include "base/base64url.h"
#include "doors/mcp/tasks/follow.h"
#include "doors/mcp/tasks/forms.h"
#include "doors/mcp/tasks/seen.h"
#include "doors/mcp/tasks/shown.h"

namespace meshai::doors::mcp {
namespace {

namespace rpc = wire::jsonrpc;

constexpr std::size_t kListCursorBytesMax = 256;

// Where the next page of tasks/list begins. New tasks come in front, so that a
// place alone would show some twice: whatever is newer than `last`, or is it,
// has been on a page already.
struct ListPlace {
    std::size_t skip = 0;
    std::string last{};
};

std::string cursor_of(const ListPlace& place) {
    return to_base64url(fmt::format("{}.{}", place.skip, place.last));
}

Result<ListPlace> place_of(const json::object& params) {
    const Error wrong{Code::InvalidArgument,
                      "The cursor is not one of this list; ask for the list from its beginning."};
    const auto* cursor = find(params, "cursor");
    if (!cursor) return ListPlace{};
    if (!cursor->is_string() || cursor->get_string().size() > kListCursorBytesMax) return wrong;
    const auto text = from_base64url(cursor->get_string());
    if (!text) return wrong;
    ListPlace place;
    const char* const end = text->data() + text->size();
    const auto read = std::from_chars(text->data(), end, place.skip);
    if (read.ec != std::errc{} || read.ptr == end || *read.ptr != '.') return wrong;
    place.last.assign(read.ptr + 1, end);
    if (!is_id(place.last, "t_") || cursor_of(place) != cursor->get_string()) return wrong;
    return place;
}

// The page behind `place`, which moves on to where the next begins; whether there is one.
Async<Result<bool>> take_page(Asked asked, ListPlace& place, std::vector<TaskId>& page) {
    task::Filter filter;
    filter.skip = place.skip;
    filter.limit = kTaskPageEntries + 1;
    auto found = co_await asked.house.tasks.list(asked.context.caller(), filter);
    if (!found) co_return found.error();
    const bool has_more = found->size() > kTaskPageEntries;
    if (has_more) found->pop_back();
    place.skip += found->size();
    for (auto& summary : *found) {
        // Ids sort by the time they were made, and the list has the newest first.
        if (!place.last.empty() && summary.id.value >= place.last) continue;
        place.last = summary.id.value;
        page.push_back(std::move(summary.id));
    }
    co_return has_more;
}

// K2: "tasks/result MUST include io.modelcontextprotocol/related-task in _meta".
json::object with_related_task(json::object result, const TaskId& id) {
    auto& meta = result["_meta"];
    if (!meta.is_object()) meta.emplace_object();
    json::object related;
    related["taskId"] = id.value;
    meta.get_object()[wire::mcp::kMetaRelatedTask] = std::move(related);
    return result;
}

}  // namespace

// K2: blocks until the task has ended; meanwhile its questions are put to the
// client, for whom this request is the stream on which they can come.
Async<Answer> core_result(Asked asked) {
    auto id = named_task(asked);
    if (!id) co_return std::move(id.error());
    auto seen = co_await asked.house.tasks.summary(asked.context.caller(), *id);
    if (!seen) co_return fault_of_task(asked, seen.error());
    auto outcome = co_await follow_task(asked.house, asked.context, FollowWish{*id});
    if (const auto* error = std::get_if<Error>(&outcome)) co_return fault_of_task(asked, *error);
    if (std::holds_alternative<Paused>(outcome)) co_return Paused{};
    auto answer = result_answer(asked, *id, std::get<task::View>(outcome));
    if (auto* result = std::get_if<json::object>(&answer))
        co_return with_related_task(std::move(*result), *id);
    co_return answer;
}

Async<Answer> core_list(Asked asked) {
    auto place = place_of(asked.request.params);
    if (!place) co_return rpc::fault_of(place.error(), asked.request.id.as_json());
    std::vector<TaskId> ids;
    const auto has_more = co_await take_page(asked, *place, ids);
    if (!has_more) co_return rpc::fault_of(has_more.error(), asked.request.id.as_json());
    json::array entries;
    for (const auto& id : ids) {
        auto view = co_await asked.house.tasks.view(asked.context.caller().tenant, id);
        if (!view && (view.error().code == Code::NotFound || view.error().code == Code::Gone)) continue;
        if (!view) co_return rpc::fault_of(view.error(), asked.request.id.as_json());
        entries.push_back(asked.codec.task(shown_task(asked.toolbox, asked.house.tasks_kept, id, *view)));
    }
    wire::mcp::Page page;
    if (*has_more) page.next_cursor = cursor_of(*place);
    co_return asked.codec.list("tasks", std::move(entries), page);
}

Async<Answer> core_cancel(Asked asked) {
    auto id = named_task(asked);
    if (!id) co_return std::move(id.error());
    const auto cancelled =
        co_await asked.house.executor.cancel(asked.context.caller(), *id, "by request of the client");
    // K2: "Receivers MUST reject cancellation requests for tasks already in a terminal status with -32602."
    if (!cancelled && cancelled.error().code == Code::AlreadyFinished)
        co_return rpc::Fault{rpc::kInvalidParams, "The task has already finished; it cannot be cancelled.",
                             asked.request.id.as_json(), Code::AlreadyFinished};
    if (!cancelled) co_return fault_of_task(asked, cancelled.error());
    co_return co_await get_task(asked);
}

}  // namespace meshai::doors::mcp
