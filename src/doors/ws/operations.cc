#include <fmt/format.h>

#include "doors/rest/follow.h"
#include "doors/rest/input_answer.h"
#include "doors/submit/submit.h"
#include "doors/toolbox/trace.h"
#include "doors/ws/conversation.h"
#include "doors/ws/limits.h"
#include "doors/ws/streams.h"
#include "doors/ws/task_channel.h"

namespace meshai::doors::ws {
namespace {

json::object about_task(const std::string& id) {
    json::object more;
    more["task_id"] = id;
    return more;
}

}  // namespace

Async<void> Conversation::hear(std::string text) {
    const auto heard = read_message(text);
    if (!heard.ask) {
        refuse(&heard, heard.ask.error());
        if (++bad_messages_ >= kBadMessagesMax)
            leave(net::ws::kPolicy, "Too many messages that mean nothing");
        co_return;
    }
    // Each is what its call over HTTP would be, and counts as one. What asks nothing of the server does not.
    const bool is_free =
        std::holds_alternative<PingAsk>(*heard.ask) || std::holds_alternative<UnsubscribeAsk>(*heard.ask);
    if (!is_free && !co_await admit(&heard)) co_return;
    auto acting = std::visit([&](const auto& ask) { return act(heard, ask); }, *heard.ask);
    co_await std::move(acting);
}

/// The key of the handshake, asked again: it may have been revoked, and it has a rate.
Async<bool> Conversation::admit(const Heard* heard) {
    auto admission = co_await call_.house.gate.admit(call_.http.head());
    if (admission) {
        call_.principal = std::move(admission->principal);
        call_.caller = task::Caller{call_.principal.tenant, call_.principal.subject,
                                    call_.principal.may(auth::kScopeManage)};
        co_return true;
    }
    const auto& refusal = admission.error();
    if (refusal.error.code == Code::Unauthenticated) {
        leave(net::ws::kUnauthorized, "The key is not valid any more");
        co_return false;
    }
    // A look at the key that found no answer is nothing the client asked for.
    if (!heard) co_return false;
    json::object more;
    if (const auto wait = refusal.headers.get("Retry-After"))
        more["retry_after"] = std::strtoll(std::string(*wait).c_str(), nullptr, 10);
    refuse(heard, refusal.error, std::move(more));
    co_return false;
}

bool Conversation::may(const Heard& heard, std::string_view scope) {
    if (call_.principal.may(scope)) return true;
    refuse(&heard, Error{Code::PermissionDenied, fmt::format("This key lacks the scope {}.", scope)});
    return false;
}

void Conversation::refuse(const Heard* heard, const Error& error, json::object more) {
    if (error.code == Code::Internal || error.code == Code::Corrupt)
        call_.house.log.warn("an operation over a websocket failed", {{"op", heard ? heard->op : ""},
                                                                      {"code", code_name(error.code)},
                                                                      {"message", error.message},
                                                                      {"cause", error.cause}});
    auto line = error_of(heard, error);
    for (auto& [key, value] : more) line[key] = std::move(value);
    say(to_text(line));
}

/// Whether one more can be followed. The error is told.
bool Conversation::has_place(const Heard& heard, const Topic& topic) {
    json::object more;
    if (!topic.name.empty()) more[topic.member()] = topic.name;
    if (subscriptions_.contains(topic)) {
        refuse(&heard, Error{Code::Conflict, "This connection follows it already."}, std::move(more));
        return false;
    }
    if (subscriptions_.size() < kSubscriptionsMax) return true;
    refuse(&heard,
           Error{Code::ResourceExhausted,
                 fmt::format("One connection follows at most {} tasks and streams; unsubscribe from some, or "
                             "open another.",
                             kSubscriptionsMax)},
           std::move(more));
    return false;
}

Async<Result<std::unique_ptr<Channel>>> Conversation::open(Topic topic, std::string after,
                                                           json::object filter) {
    if (!topic.is_task)
        co_return co_await open_stream(call_, std::move(topic), std::move(after), std::move(filter));
    auto id = task_id_of(topic.name);
    if (!id) co_return id.error();
    auto what = co_await followed(call_, *id);
    if (!what) co_return what.error();
    std::uint64_t place = 0;
    if (!after.empty()) {
        const auto found = co_await place_in_stream(call_, *id, std::move(after));
        if (!found) co_return found.error();
        place = *found;
    }
    co_return std::make_unique<TaskChannel>(call_, ex_, std::move(*what), place);
}

Async<void> Conversation::act(const Heard& heard, SubmitAsk ask) {
    if (!may(heard, auth::kScopeExecute)) co_return;
    // The place is looked for before there is a task that nobody would follow.
    if (ask.subscribe && !has_place(heard, Topic{true, ""})) co_return;
    auto body = wire::guide::parse_task_body(ask.task);
    if (!body) co_return refuse(&heard, body.error());
    auto request = request_of(*body);
    if (!request) co_return refuse(&heard, request.error());
    request->trace = traceparent_in(trace_of(heard.message, call_.http.head().headers));
    auto made = co_await submit_task(call_, std::move(*request), std::move(body->idempotency_key));
    if (!made) co_return refuse(&heard, made.error());

    auto line = answer_to(heard, "submitted");
    line["task_id"] = made->id.value;
    if (!made->is_new) line["replayed"] = true;
    say(to_text(line));
    Topic topic{true, made->id.value};
    if (!ask.subscribe || subscriptions_.contains(topic)) co_return;
    auto channel = co_await open(topic, ask.after, {});
    if (!channel) co_return refuse(&heard, channel.error(), about_task(topic.name));
    follow(std::move(topic), std::move(*channel), std::move(ask.after));
}

Async<void> Conversation::act(const Heard& heard, SubscribeAsk ask) {
    if (!may(heard, auth::kScopeRead) || !has_place(heard, ask.topic)) co_return;
    auto channel = co_await open(ask.topic, ask.after, std::move(ask.filter));
    if (!channel) {
        json::object more;
        more[ask.topic.member()] = ask.topic.name;
        co_return refuse(&heard, channel.error(), std::move(more));
    }
    auto line = answer_to(heard, "subscribed");
    line[ask.topic.member()] = ask.topic.name;
    say(to_text(line));
    follow(std::move(ask.topic), std::move(*channel), std::move(ask.after));
}

Async<void> Conversation::act(const Heard& heard, UnsubscribeAsk ask) {
    json::object more;
    more[ask.topic.member()] = ask.topic.name;
    if (!subscriptions_.contains(ask.topic))
        co_return refuse(&heard, Error{Code::NotFound, "This connection does not follow it."},
                         std::move(more));
    drop(ask.topic);
    auto line = answer_to(heard, "unsubscribed");
    line[ask.topic.member()] = ask.topic.name;
    say(to_text(line));
}

Async<void> Conversation::act(const Heard& heard, CancelAsk ask) {
    if (!may(heard, auth::kScopeExecute)) co_return;
    auto id = task_id_of(ask.task_id);
    if (!id) co_return refuse(&heard, id.error(), about_task(ask.task_id));
    auto cancelled = co_await call_.house.executor.cancel(call_.caller, *id, "by request of the client");
    if (!cancelled) co_return refuse(&heard, cancelled.error(), about_task(ask.task_id));
    auto line = answer_to(heard, "cancelled");
    line["task_id"] = id->value;
    say(to_text(line));
}

Async<void> Conversation::act(const Heard& heard, AnswerAsk ask) {
    if (!may(heard, auth::kScopeExecute)) co_return;
    auto id = task_id_of(ask.task_id);
    if (!id) co_return refuse(&heard, id.error(), about_task(ask.task_id));
    Said said;
    for (auto& [key, answer] : ask.answers) said.emplace(key, std::move(answer));
    auto taken = co_await give_answers(call_.house, call_.caller, *id, std::move(said));
    if (!taken) {
        auto more = about_task(ask.task_id);
        if (!taken.error().outcome.empty()) {
            more["key"] = taken.error().key;
            more["outcome"] = taken.error().outcome;
        }
        co_return refuse(&heard, taken.error().error, std::move(more));
    }
    auto line = answer_to(heard, "answered");
    line["task_id"] = id->value;
    say(to_text(line));
}

Async<void> Conversation::act(const Heard& heard, PingAsk) {
    say(to_text(answer_to(heard, "pong")));
    co_return;
}

}  // namespace meshai::doors::ws
