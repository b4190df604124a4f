#include "doors/rest/conversations.h"

#include <algorithm>
#include <iterator>

#include "doors/rest/conversation_json.h"
#include "doors/rest/create.h"
#include "doors/submit/turn.h"

namespace meshai::doors {
namespace {

constexpr int kRemovalsMax = 8;  // a turn that comes meanwhile makes another try

task::Conversations conversations_of(const Call& call) {
    return task::Conversations(call.house.tasks);
}

std::string place_of(const std::string& id) {
    return "/api/v1/conversations/" + id;
}

/// Where a fork begins, if the body wants one.
struct ForkWish {
    task::Conversation from{};
    TaskId at{};
};

Async<Result<std::optional<ForkWish>>> fork_wish(Call& call, const json::object& body) {
    const auto* value = find(body, "fork");
    if (!value || value->is_null()) co_return std::optional<ForkWish>{};
    const auto* fork = value->if_object();
    const auto id = fork ? find_string(*fork, "conversation_id") : std::nullopt;
    if (!id)
        co_return Error{Code::InvalidArgument,
                        "\"fork\" must be an object with conversation_id and, if it is not to begin at the "
                        "newest turn, turn."};
    auto from = co_await conversations_of(call).find(call.caller, *id);
    if (!from) co_return from.error();
    const auto* turn = find(*fork, "turn");
    auto at =
        co_await fork_place(call.house.tasks, call.caller.tenant, *from, turn ? *turn : json::value(nullptr));
    if (!at) co_return at.error();
    co_return std::optional<ForkWish>({std::move(*from), std::move(*at)});
}

Result<std::string> id_of(const Call& call, const json::object& body, const std::optional<std::string>& key) {
    const auto* own = find(body, "conversation_id");
    if (!own || own->is_null()) return new_conversation_id(key, call.house.clock, call.house.random);
    if (!own->is_string()) return Error{Code::InvalidArgument, "\"conversation_id\" must be a string."};
    return std::string(own->get_string());
}

Async<Result<task::MadeConversation>> make(Call& call, json::object body) {
    auto key = idempotency_key(call, find_string(body, "idempotency_key"));
    if (!key) co_return key.error();
    auto id = id_of(call, body, *key);
    if (!id) co_return id.error();
    auto fork = co_await fork_wish(call, body);
    if (!fork) co_return fork.error();
    auto settings = parse_settings(body, *fork ? (*fork)->from.settings : task::TalkSettings{});
    if (!settings) co_return settings.error();
    auto conversations = conversations_of(call);
    if (!*fork) co_return co_await conversations.create(call.caller, std::move(*id), std::move(*settings));
    co_return co_await conversations.fork(call.caller, std::move(*id), std::move(*settings),
                                          std::move((*fork)->from), std::move((*fork)->at));
}

Async<void> create_conversation(Call& call) {
    auto body = co_await body_object(call);
    if (!body) co_return;
    auto made = co_await make(call, std::move(*body));
    if (!made) co_return co_await refuse_body(call, made.error());
    if (!made->is_new) call.extra.set("Idempotency-Replayed", "true");
    net::http::Response response{
        201, {{"Content-Type", "application/json"}}, to_text(conversation_json(made->conversation))};
    response.headers.add("Location", place_of(made->conversation.id));
    co_await answer(call, std::move(response));
}

Async<void> list_conversations(Call& call) {
    const auto limit = query_number(call, "limit", kConversationsShown, 1, kConversationsShownMax);
    if (!limit) co_return co_await answer_error(call, limit.error());
    auto page = co_await conversations_of(call).list(call.caller, call.query("before").value_or(""), *limit);
    if (!page) co_return co_await answer_error(call, page.error());
    json::array list;
    for (const auto& conversation : page->conversations) list.push_back(conversation_json(conversation));
    json::object body{{"conversations", std::move(list)}, {"next", nullptr}};
    if (!page->next.empty()) body["next"] = page->next;
    co_await answer_json(call, 200, std::move(body));
}

/// The newest turns, each in a line.
Async<Result<json::array>> turn_lines(Call& call, const task::Conversation& conversation) {
    auto turns = co_await conversations_of(call).turns(call.caller.tenant, conversation.subject,
                                                       conversation.id, {}, task::kConversationTurnsMax);
    if (!turns) co_return turns.error();
    json::array lines;
    const task::Caller owner{call.caller.tenant, {}, true};
    for (auto i = turns->size() - std::min(turns->size(), kTurnLines); i < turns->size(); ++i) {
        const auto& turn = (*turns)[i];
        const auto seen = co_await call.house.tasks.summary(owner, turn);
        const bool is_gone =
            !seen && (seen.error().code == Code::Gone || seen.error().code == Code::NotFound);
        if (!seen && !is_gone) co_return seen.error();
        lines.push_back(seen ? turn_line(i + 1, *seen) : gone_turn_json(i + 1, turn));
    }
    co_return lines;
}

Async<void> get_conversation(Call& call) {
    auto conversation = co_await see_conversation(call);
    if (!conversation) co_return;
    auto lines = co_await turn_lines(call, *conversation);
    if (!lines) co_return co_await answer_error(call, lines.error());
    auto body = conversation_json(*conversation);
    body["turns"] = std::move(*lines);
    co_await answer_json(call, 200, std::move(body));
}

/// Ends the turn that runs, so that the conversation can go.
Async<Status> end_turn(Call& call, const task::Conversation& conversation) {
    if (conversation.last.empty()) co_return Status{};
    auto cancelled =
        co_await call.house.executor.cancel(call.caller, conversation.last, "its conversation is removed");
    if (cancelled) co_return Status{};
    const auto code = cancelled.error().code;
    if (code == Code::AlreadyFinished || code == Code::NotFound || code == Code::Gone) co_return Status{};
    co_return cancelled.error();
}

Async<Status> remove(Call& call, task::Conversation conversation) {
    Status removed;
    for (int tries = 0; tries < kRemovalsMax; ++tries) {
        if (auto ended = co_await end_turn(call, conversation); !ended) co_return ended;
        removed = co_await conversations_of(call).remove(call.caller.tenant, conversation);
        if (removed || removed.error().code != Code::Conflict) co_return removed;
        auto again = co_await conversations_of(call).find(call.caller, conversation.id);
        if (!again) co_return again.error();
        conversation = std::move(*again);
    }
    co_return removed;
}

Async<void> remove_conversation(Call& call) {
    auto conversation = co_await see_conversation(call);
    if (!conversation) co_return;
    auto removed = co_await remove(call, std::move(*conversation));
    if (!removed) co_return co_await answer_error(call, removed.error());
    co_await answer_json(
        call, 200,
        json::object{{"status", "success"},
                     {"message", "The conversation is forgotten; its tasks are kept as tasks are."}});
}

}  // namespace

Async<std::optional<task::Conversation>> see_conversation(Call& call) {
    auto found = co_await conversations_of(call).find(call.caller, call.path_value("id"));
    if (found) co_return std::move(*found);
    co_await answer_error(call, found.error());
    co_return std::nullopt;
}

std::vector<Route> conversation_routes() {
    std::vector<Route> routes{
        {"POST",
         "/api/v1/conversations",
         auth::kScopeExecute,
         create_conversation,
         {.name = "createConversation",
          .tag = "conversations",
          .summary = "Begin a conversation, or fork one from a turn",
          .takes = "ConversationRequest",
          .status = 201,
          .gives = "Conversation",
          .parameters = {{"Idempotency-Key", "header", "string",
                          "Calls with the same key are one conversation"}},
          .failures = {400, 404, 409, 413, 422}}},
        {"GET",
         "/api/v1/conversations",
         auth::kScopeRead,
         list_conversations,
         {.name = "listConversations",
          .tag = "conversations",
          .summary = "Conversations, newest first",
          .gives = "ConversationList",
          .parameters = {{"before", "query", "string", "The member next of the page before"},
                         {"limit", "query", "integer", "At most so many, 1 to 200"}},
          .failures = {400}}},
        {"GET",
         "/api/v1/conversations/{id}",
         auth::kScopeRead,
         get_conversation,
         {.name = "getConversation",
          .tag = "conversations",
          .summary = "A conversation with its newest turns",
          .gives = "Conversation",
          .failures = {404}}},
        {"DELETE",
         "/api/v1/conversations/{id}",
         auth::kScopeExecute,
         remove_conversation,
         {.name = "removeConversation",
          .tag = "conversations",
          .summary = "Forget a conversation; a turn that runs is cancelled",
          .gives = "Removed",
          .failures = {404, 409}}},
    };
    auto turns = turn_routes();
    std::ranges::move(turns, std::back_inserter(routes));
    return routes;
}

}  // namespace meshai::doors
