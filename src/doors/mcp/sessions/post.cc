// POST of the sessions era: `initialize` begins a session, everything else belongs to one.

#include "doors/mcp/core/dispatch.h"
#include "doors/mcp/sessions/answer.h"
#include "doors/mcp/sessions/batch.h"
#include "doors/mcp/sessions/handshake.h"
#include "doors/mcp/sessions/serve.h"
#include "doors/mcp/sessions/writer.h"
#include "doors/submit/submit.h"
#include "net/sse/writer.h"
#include "wire/mcp/headers.h"

namespace meshai::doors::mcp {
namespace {

namespace rpc = wire::jsonrpc;

const rpc::Request* as_initialize(const rpc::Body& body) {
    if (body.is_batch || body.messages.empty() || !body.messages.front()) return nullptr;
    const auto* request = std::get_if<rpc::Request>(&*body.messages.front());
    return request && request->method == "initialize" ? request : nullptr;
}

// The id that a refusal of the whole body can name (B2).
json::value id_in(const rpc::Body& body) {
    if (body.is_batch || body.messages.empty()) return nullptr;
    const auto& message = body.messages.front();
    if (!message) return message.error().id;
    const auto* request = std::get_if<rpc::Request>(&*message);
    return request ? request->id.as_json() : json::value(nullptr);
}

// N1, H7. Whatever session the header names: a client that initializes begins a new one.
Async<void> begin_session(Call& call, rpc::Request request) {
    auto hands = shake_hands(call.house.toolbox, request);
    if (!hands) co_return co_await answer_fault(call, std::move(hands.error()), 200);
    auto session = sessions_of(call).open(co_await this_executor(), call.caller, Transport::Streamable);
    if (!session) co_return co_await answer_refusal(call, session.error(), request.id.as_json());
    (*session)->agree(std::move(hands->agreement));
    call.extra.set(wire::mcp::kHeaderSession, (*session)->id());

    auto message = rpc::result_message(request.id, std::move(hands->result));
    if (takes_of(call).json) co_return co_await answer_json(call, 200, std::move(message));
    auto started = co_await start_event_stream(call);
    if (!started) co_return;
    std::string frame;
    net::sse::write_frame(frame, {.event = "message", .data = to_text(message)});
    auto sent = co_await call.http.write(frame);
    if (sent) (void)co_await call.http.finish_stream();
}

Async<void> serve_batch(Call& call, std::shared_ptr<Session> session, Takes takes, rpc::Body body) {
    const auto agreement = session->agreement();
    if (!agreement->codec.features().batches) {
        rpc::Fault fault{rpc::kInvalidRequest,
                         "Batches are of 2025-03-26 alone; in this session send one message at a time."};
        co_return co_await answer_fault(call, std::move(fault), 400);
    }
    const auto ex = co_await this_executor();
    const auto due = answers_due(body.messages);
    auto outbox = session->streams().open(due);
    auto origin = origin_of(call, session, hears_of(takes));
    if (!sessions_of(call).scope_on(ex).spawn("a batch",
                                              run_batch(std::move(origin), std::move(body.messages), outbox)))
        co_return co_await answer_error(call,
                                        Error{Code::Unavailable, "The server is draining; try again soon."});
    if (due > 0)
        co_return co_await answer_post(call, std::move(session), std::move(outbox), takes, Form::Batch);
    session->streams().forget(outbox->number());
    co_await answer_accepted(call);
}

Async<void> serve_one(Call& call, std::shared_ptr<Session> session, Takes takes, rpc::Message message) {
    if (auto* response = std::get_if<rpc::Response>(&message)) {
        take_response(*session, *response);
        co_return co_await answer_accepted(call);
    }
    const auto origin = origin_of(call, session, hears_of(takes));
    if (auto* notification = std::get_if<rpc::Notification>(&message)) {
        co_await take_notification(origin, std::move(*notification));
        co_return co_await answer_accepted(call);
    }
    auto& request = std::get<rpc::Request>(message);
    // O4: what the key may not do is said with the challenge while HTTP can still say it.
    if (const auto scope = lacking_scope(call.house.toolbox, call.principal, request))
        co_return co_await refuse_scope(call, *scope);
    auto outbox = session->streams().open(1);
    start_request(origin, std::move(request), outbox, co_await this_executor());
    co_await answer_post(call, std::move(session), std::move(outbox), takes, Form::Single);
}

}  // namespace

Async<void> serve_session_post(Call& call, rpc::Body body) {
    const auto takes = takes_of(call);
    if (!takes.json && !takes.stream) {
        auto response = net::http::problem(
            406, code_name(Code::InvalidArgument),
            "The answer is JSON or an event stream: send \"Accept: application/json, text/event-stream\".");
        co_return co_await answer(call, std::move(response));
    }
    if (const auto* request = as_initialize(body)) co_return co_await begin_session(call, *request);
    auto session = session_of(call);
    if (!session) co_return co_await answer_refusal(call, session.error(), id_in(body));
    if (auto key = idempotency_key(call, std::nullopt); !key)
        co_return co_await answer_refusal(call, key.error(), id_in(body));
    if (body.is_batch) co_return co_await serve_batch(call, *session, takes, std::move(body));
    auto& message = body.messages.front();
    if (!message) co_return co_await answer_fault(call, std::move(message.error()), 400);
    co_await serve_one(call, *session, takes, std::move(*message));
}

}  // namespace meshai::doors::mcp
