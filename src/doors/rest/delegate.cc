#include "doors/rest/delegate.h"

#include <fmt/format.h>

#include "auth/credentials.h"
#include "doors/mcp/desk.h"
#include "doors/rest/create.h"
#include "doors/rest/delegate_ask.h"
#include "doors/rest/delegate_key.h"
#include "doors/rest/follow.h"
#include "doors/submit/submit.h"

namespace meshai::doors {
namespace {

constexpr int kOk = 200;
constexpr int kStillRunning = 202;
constexpr std::string_view kAskAgainAfter = "1";

Async<void> refuse(Call& call, auth::Refusal refusal) {
    for (const auto& [name, value] : refusal.headers.fields()) call.extra.set(name, value);
    co_await answer_error(call, std::move(refusal.error));
}

auth::Refusal without_key(std::string message) {
    // RFC 6750 3: a refusal says how to ask.
    return {{Code::Unauthenticated, std::move(message)}, {{"WWW-Authenticate", "Bearer"}}};
}

// Whose work it is, by the key that the call shows. When nothing comes back, the answer is given.
Async<std::optional<DelegateKey>> admitted(Call& call) {
    const auto& head = call.http.head();
    auto shown = auth::shown_key(head.headers);
    if (!shown || !*shown) {
        co_await refuse(call, without_key("This needs the delegation key that the agent was given with "
                                          "its task: send \"Authorization: Bearer KEY\"."));
        co_return std::nullopt;
    }
    auto key = open_delegate_key(call.house.mcp.seal(), **shown);
    if (!key) {
        co_await refuse(call, call.house.gate.refuse_wrong(head, key.error()));
        co_return std::nullopt;
    }
    // A true key in the wrong place, or too late, is nobody's attempt to guess one.
    if (key->task.value != call.path_value("id")) {
        co_await answer_error(call,
                              Error{Code::PermissionDenied, "This delegation key is for another task."});
        co_return std::nullopt;
    }
    if (key->until <= call.house.clock.wall()) {
        co_await refuse(call, without_key("This delegation key was good until its task's deadline."));
        co_return std::nullopt;
    }
    call.caller = task::Caller{key->tenant, {}, true};
    co_return std::move(*key);
}

Async<void> refuse_errand(Call& call, Error error) {
    const bool is_over = error.code == Code::NotFound || error.code == Code::Cancelled;
    if (is_over && call.http.is_draining())
        co_return co_await answer_error(
            call, Error{Code::Unavailable, "The server is stopping; the work goes on at its next start."});
    if (is_over)
        co_return co_await answer_error(
            call, Error{Code::Gone, "The attempt that this key was made for is over, and the key with it."});
    co_await refuse_body(call, std::move(error));
}

Async<void> answer_running(Call& call, json::object body) {
    net::http::Response response{kStillRunning, {{"Content-Type", "application/json"}}, to_text(body)};
    response.headers.add("Retry-After", std::string(kAskAgainAfter));
    co_await answer(call, std::move(response));
}

Async<TaskId> child_of(const Call& call, const DelegateKey& key, std::string step) {
    const auto view = co_await call.house.tasks.view(key.tenant, key.task);
    if (!view) co_return TaskId{};
    const auto known = view->steps.find(step);
    co_return known == view->steps.end() ? TaskId{} : known->second.started.child;
}

Async<std::optional<std::optional<std::string>>> sent_key(Call& call, const json::object& body) {
    auto key = idempotency_key(call, find_string(body, "idempotency_key"));
    if (key) co_return std::move(*key);
    co_await answer_error(call, key.error());
    co_return std::nullopt;
}

Async<void> post_delegate(Call& call) {
    auto key = co_await admitted(call);
    if (!key) co_return;
    auto body = co_await body_object(call);
    if (!body) co_return;
    auto sent = co_await sent_key(call, *body);
    if (!sent) co_return;
    auto ask = read_delegate_ask(*body, *sent);
    if (!ask) co_return co_await refuse_body(call, ask.error());

    const auto step = ask->work.step;
    const auto until = call.house.clock.in(std::chrono::seconds(ask->wait_seconds));
    auto ending = co_await call.house.executor.delegate_for(key->tenant, key->task, key->attempt,
                                                            std::move(ask->work), until);
    if (!ending)
        co_return co_await answer_running(call, running_json(step, co_await child_of(call, *key, step)));
    if (!*ending) co_return co_await refuse_errand(call, ending->error());
    auto said = agents::told(**ending);
    said["step"] = step;
    co_await answer_json(call, kOk, std::move(said));
}

// How work stands that was handed on before; waits for its end as the POST does.
Async<void> get_delegate(Call& call) {
    auto key = co_await admitted(call);
    if (!key) co_return;
    const auto wait = query_number(call, "wait_seconds", kDelegateWaitSeconds, 0, kDelegateWaitSeconds);
    if (!wait) co_return co_await answer_error(call, wait.error());
    auto view = co_await call.house.tasks.view(key->tenant, key->task);
    if (!view) co_return co_await refuse_errand(call, view.error());
    if (task::is_final(view->state) || view->attempt != key->attempt)
        co_return co_await refuse_errand(call, Error{Code::NotFound, "The attempt is over."});
    const auto step = call.path_value("step");
    const auto known = view->steps.find(step);
    if (known == view->steps.end() || known->second.started.type != agents::kDelegationStep)
        co_return co_await answer_error(call, Error{Code::NotFound, "The task has handed on no such work."});

    const auto child = known->second.started.child;
    Followed what{child};
    auto seen =
        co_await wait_for_end(call, std::move(what), call.house.clock.in(std::chrono::seconds(*wait)));
    if (!seen && call.http.is_peer_gone()) co_return;
    // It is named in the task's log before it has one of its own.
    if (!seen && seen.error().code != Code::NotFound) co_return co_await answer_error(call, seen.error());
    if (!seen || !task::is_final(seen->state))
        co_return co_await answer_running(call, running_json(step, child));
    auto said = agents::told(ending_of(child, *seen));
    said["step"] = step;
    co_await answer_json(call, kOk, std::move(said));
}

Async<void> post_ask(Call& call) {
    auto key = co_await admitted(call);
    if (!key) co_return;
    auto body = co_await body_object(call);
    if (!body) co_return;
    auto sent = co_await sent_key(call, *body);
    if (!sent) co_return;
    auto ask = read_person_ask(*body, *sent);
    if (!ask) co_return co_await refuse_body(call, ask.error());

    json::object said;
    said["key"] = ask->question.key;
    const auto until = call.house.clock.in(std::chrono::seconds(ask->wait_seconds));
    auto given = co_await call.house.executor.ask_for(key->tenant, key->task, key->attempt,
                                                      std::move(ask->question), until);
    if (!given) {
        said["status"] = "waiting";
        co_return co_await answer_running(call, std::move(said));
    }
    if (!*given && given->error().code == Code::Timeout) {
        said["status"] = "expired";
        co_return co_await answer_json(call, kOk, std::move(said));
    }
    if (!*given) co_return co_await refuse_errand(call, given->error());
    said["status"] = "answered";
    for (const auto& [name, value] : **given) said[name] = value;
    co_await answer_json(call, kOk, std::move(said));
}

constexpr Parameter kKey = {"Idempotency-Key", "header", "string",
                            "Calls with the same key are the same work; without it, calls that say the same"};

}  // namespace

// The key is not one of the gate's, so the rows are open and the handlers look at it first.
std::vector<Route> delegate_routes() {
    return {{"POST",
             "/api/v1/tasks/{id}/delegate",
             kOpen,
             post_delegate,
             {.name = "delegate",
              .tag = "delegation",
              .summary = "An agent hands part of its task on and waits; 202 when that takes longer",
              .takes = "DelegateRequest",
              .gives = "Delegated",
              .parameters = {kKey},
              .failures = {400, 401, 403, 410, 413, 415, 422, 429, 503}}},
            {"GET",
             "/api/v1/tasks/{id}/delegate/{step}",
             kOpen,
             get_delegate,
             {.name = "getDelegated",
              .tag = "delegation",
              .summary = "How work stands that the agent has handed on; 202 while it runs",
              .gives = "Delegated",
              .parameters = {{"wait_seconds", "query", "integer", "Wait so long for its end, 0 to 50"}},
              .failures = {400, 401, 403, 404, 410, 429}}},
            {"POST",
             "/api/v1/tasks/{id}/ask",
             kOpen,
             post_ask,
             {.name = "askPerson",
              .tag = "delegation",
              .summary = "An agent asks the person whose task it is and waits; 202 when that takes longer",
              .takes = "AskRequest",
              .gives = "Asked",
              .parameters = {kKey},
              .failures = {400, 401, 403, 410, 413, 415, 422, 429, 503}}}};
}

}  // namespace meshai::doors
