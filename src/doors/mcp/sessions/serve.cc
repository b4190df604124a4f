#include "doors/mcp/sessions/serve.h"

#include "doors/mcp/sessions/methods.h"
#include "doors/submit/submit.h"

namespace meshai::doors::mcp {
namespace {

namespace rpc = wire::jsonrpc;

std::string text_of(const rpc::RequestId& id, MethodAnswer answer) {
    if (answer) return to_text(rpc::result_message(id, std::move(*answer)));
    return to_text(rpc::error_message(answer.error()));
}

// The id is free before its answer can be read: a client that is quick must not find it in use.
void answer_and_forget(const Origin& origin, Running& running, std::string text) {
    origin.session->requests().remove(running);
    running.answer(std::move(text));
}

// The handler, in the scope that `Running::stop` ends.
Async<void> answer_request(const Origin& origin, std::shared_ptr<Running> running) {
    const auto& request = running->request();
    const auto agreement = origin.session->agreement();
    if (!agreement)
        co_return answer_and_forget(origin, *running,
                                    text_of(request.id, answer_before_agreement(origin, request)));
    SessionContext context(origin, running, agreement, co_await this_executor());
    auto answer = co_await answer_in_session(origin, *agreement, context, request);
    if (running->stopped() == Stopped::No)
        answer_and_forget(origin, *running, text_of(request.id, std::move(answer)));
}

}  // namespace

Origin origin_of(const Call& call, std::shared_ptr<Session> session, Hears hears) {
    Origin origin{call.house, std::move(session), call.principal, call.caller, hears};
    // A key that is too long is no key; whoever creates a task by it is told by the tool's own argument.
    if (auto key = idempotency_key(call, std::nullopt)) origin.idempotency_key = std::move(*key);
    for (const auto* name : {"traceparent", "tracestate", "baggage"})
        if (const auto value = call.header(name)) origin.trace_fields.add(name, std::string(*value));
    return origin;
}

std::shared_ptr<Running> start_request(const Origin& origin, rpc::Request request,
                                       std::shared_ptr<Outbox> outbox, Executor ex) {
    auto running = std::make_shared<Running>(std::move(request), std::move(outbox), ex);
    auto& requests = origin.session->requests();
    if (auto fault = requests.add(running)) {
        running->answer(to_text(rpc::error_message(*fault)));
        return running;
    }
    auto& scope = origin.house.sessions->scope_on(ex);
    if (!scope.spawn("a request of a session", run_request(origin, running))) {
        requests.remove(*running);
        const Error draining{Code::Unavailable, "The server is draining; try again soon."};
        running->answer(
            to_text(rpc::error_message(rpc::fault_of(draining, running->request().id.as_json()))));
    }
    return running;
}

Async<void> run_request(Origin origin, std::shared_ptr<Running> running) {
    Scope scope(co_await this_executor(), origin.house.clock, origin.house.log);
    running->run_in(&scope);
    scope.spawn("a handler", answer_request(origin, running));
    co_await scope.drained();
    running->run_in(nullptr);
    // A handler that threw has said so in our log; the client still gets an answer.
    if (running->stopped() == Stopped::No) {
        const Error broken{Code::Internal, "The server failed to serve this request."};
        running->answer(to_text(rpc::error_message(rpc::fault_of(broken, running->request().id.as_json()))));
    }
    running->leave_unanswered();
    origin.session->requests().remove(*running);
    origin.session->touch(origin.house.clock.now());
    origin.session->streams().trim(origin.house.clock.now());
}

Async<void> take_notification(Origin origin, rpc::Notification notification) {
    if (notification.method != "notifications/cancelled") co_return;
    const auto* id = find(notification.params, "requestId");
    const auto running = id ? origin.session->requests().find(*id) : nullptr;
    if (!running) co_return;  // it has its answer already
    running->stop(Stopped::TakenBack);
    if (auto task = running->followed())
        co_await cancel_followed(origin.house, origin.caller, std::move(*task));
}

void take_response(Session& session, const rpc::Response& response) {
    (void)session.questions().answer(response);
}

}  // namespace meshai::doors::mcp
