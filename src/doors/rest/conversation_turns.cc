#include <algorithm>

#include "doors/rest/conversation_json.h"
#include "doors/rest/conversations.h"
#include "doors/rest/create.h"
#include "doors/rest/follow.h"
#include "doors/rest/task_json.h"
#include "doors/submit/turn.h"

namespace meshai::doors {
namespace {

constexpr std::string_view kStreamMedia = "text/event-stream";

/// For a client that follows the turn by itself.
Async<void> answer_at_once(Call& call, const Made& made, const std::string& conversation) {
    const auto& id = made.submission.id;
    auto body = submitted_json(id);
    body["conversation_id"] = conversation;
    net::http::Response response{201, {{"Content-Type", "application/json"}}, to_text(body)};
    response.headers.add("Location", "/api/v1/tasks/" + id.value);
    co_await answer(call, std::move(response));
}

Async<void> say(Call& call) {
    auto conversation = co_await see_conversation(call);
    if (!conversation) co_return;
    if (conversation->subject != call.caller.subject) {
        Error error{Code::PermissionDenied, "Only its owner goes on with a conversation; you may fork it."};
        co_return co_await answer_error(call, std::move(error));
    }
    auto body = co_await body_object(call);
    if (!body) co_return;
    auto ask = parse_turn(*body);
    if (!ask) co_return co_await refuse_body(call, ask.error());
    auto request = request_of(*ask);
    if (!request) co_return co_await refuse_body(call, request.error());
    const bool is_stream = ask->stream || wants_stream(call);
    const bool is_left = !is_stream && !find_bool(*body, "wait").value_or(true);
    auto turn = turn_request(std::move(*request), conversation->id, conversation->settings);
    auto made = co_await make_task(call, std::move(turn), std::move(ask->idempotency_key));
    if (!made) co_return;
    if (is_left) co_return co_await answer_at_once(call, *made, conversation->id);
    co_await answer_made(call, std::move(*made), is_stream);
}

/// Which turns a page holds, of all there are.
struct Slice {
    std::vector<TaskId> turns{};
    std::size_t first = 0;
    std::size_t end = 0;
};

Async<Result<Slice>> slice_of(Call& call, const task::Conversation& conversation) {
    const auto limit = query_number(call, "limit", kTurnsShown, 1, kTurnsShownMax);
    if (!limit) co_return limit.error();
    auto turns = co_await task::Conversations(call.house.tasks)
                     .turns(call.caller.tenant, conversation.subject, conversation.id, {},
                            task::kConversationTurnsMax);
    if (!turns) co_return turns.error();
    Slice slice{std::move(*turns), 0, 0};
    if (const auto after = call.query("after"); after && !after->empty()) {
        const auto behind = std::ranges::upper_bound(slice.turns, TaskId{*after});
        slice.first = static_cast<std::size_t>(behind - slice.turns.begin());
    }
    slice.end = std::min<std::size_t>(slice.turns.size(), slice.first + *limit);
    co_return slice;
}

Async<void> list_turns(Call& call) {
    auto conversation = co_await see_conversation(call);
    if (!conversation) co_return;
    auto slice = co_await slice_of(call, *conversation);
    if (!slice) co_return co_await answer_error(call, slice.error());
    json::array page;
    std::size_t bytes = 0;
    auto at = slice->first;
    for (; at < slice->end && bytes <= kPageBytesMax; ++at) {
        const auto& turn = slice->turns[at];
        const auto view = co_await call.house.tasks.view(call.caller.tenant, turn);
        const bool is_gone =
            !view && (view.error().code == Code::Gone || view.error().code == Code::NotFound);
        if (!view && !is_gone) co_return co_await answer_error(call, view.error());
        page.push_back(view ? turn_json(conversation->id, at + 1, turn, *view)
                            : gone_turn_json(at + 1, turn));
        bytes += to_text(page.back()).size();
    }
    json::object body{{"conversation_id", conversation->id}, {"turns", std::move(page)}, {"next", nullptr}};
    if (at > slice->first && at < slice->turns.size()) body["next"] = slice->turns[at - 1].value;
    co_await answer_json(call, 200, std::move(body));
}

Async<void> stream_newest(Call& call) {
    auto conversation = co_await see_conversation(call);
    if (!conversation) co_return;
    if (conversation->last.empty()) {
        Error error{Code::NotFound, "Nothing has been said in this conversation yet."};
        co_return co_await answer_error(call, std::move(error));
    }
    co_await attach(call, conversation->last);
}

}  // namespace

std::vector<Route> turn_routes() {
    return {
        {"POST",
         "/api/v1/conversations/{id}/turns",
         auth::kScopeExecute,
         say,
         {.name = "sayInConversation",
          .tag = "conversations",
          .summary = "Say something and wait for the answer; a stream with stream:true or by Accept, 201 at "
                     "once with "
                     "wait:false",
          .takes = "TurnRequest",
          .gives = "TaskStatus",
          .parameters = {{"Idempotency-Key", "header", "string", "Calls with the same key are one turn"}},
          .failures = {400, 404, 409, 413, 422, 503}}},
        {"GET",
         "/api/v1/conversations/{id}/turns",
         auth::kScopeRead,
         list_turns,
         {.name = "listTurns",
          .tag = "conversations",
          .summary = "What was said, oldest first",
          .gives = "TurnList",
          .parameters = {{"after", "query", "string", "The member next of the page before"},
                         {"limit", "query", "integer", "At most so many turns, 1 to 200"}},
          .failures = {400, 404}}},
        {"GET",
         "/api/v1/conversations/{id}/stream",
         auth::kScopeRead,
         stream_newest,
         {.name = "streamConversation",
          .tag = "conversations",
          .summary = "Stream the events of the newest turn",
          .media = kStreamMedia,
          .parameters = {{"Last-Event-ID", "header", "string", "Go on behind the event with this id"},
                         {"after", "query", "integer", "The same as Last-Event-ID"}},
          .failures = {400, 404, 410}}},
    };
}

}  // namespace meshai::doors
