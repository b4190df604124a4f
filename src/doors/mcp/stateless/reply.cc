#include "doors/mcp/stateless/reply.h"

#include <utility>

#include "base/scope.h"
#include "doors/stream/stream.h"
#include "net/sse/writer.h"

namespace meshai::doors::mcp {

std::string event_of(const json::object& message) {
    std::string bytes;
    const auto data = to_text(message);
    net::sse::write_frame(bytes, net::sse::Frame{.data = data});
    return bytes;
}

namespace {

// What is said when the handler has ended without a word, which is a bug.
Ending broken_ending(const wire::jsonrpc::RequestId& id) {
    const wire::jsonrpc::Fault fault{wire::jsonrpc::kInternalError,
                                     "The server failed in the middle of this request; its log says how.",
                                     id.as_json(), Code::Internal};
    return {500, wire::jsonrpc::error_message(fault)};
}

}  // namespace

Async<Status> Reply::say(json::object message) {
    if (!may_stream()) co_return Status{};
    while (unsent_.size() >= kUnsentBytesMax && !is_gone_)
        if (co_await room_.wait_until(kNever) == Wake::Cancelled) break;
    if (is_gone_ || co_await is_cancelled()) co_return Error{Code::Cancelled, "The request is over."};
    unsent_ += event_of(message);
    news_.notify();
    co_return Status{};
}

Async<void> Reply::carry(wire::jsonrpc::RequestId id, Async<Ending> work) {
    const auto& house = call_.house;
    ending_ = broken_ending(id);
    Scope scope(co_await this_executor(), house.clock, house.log);
    call_.http.watch_peer(news_);
    scope.spawn("serve a request of MCP", finish(std::move(work)));
    co_await pump();
    // MCP 2026-07-28, Streamable HTTP: "Closing the SSE response stream is the
    // cancellation signal"; what the handler began ends with it (H13).
    is_gone_ = true;
    co_await scope.close();
}

Async<void> Reply::finish(Async<Ending> work) {
    // Also an exception ends the wait for the answer.
    struct Bell {
        Reply& reply;
        ~Bell() {
            reply.is_over_ = true;
            reply.news_.notify();
        }
    };
    const Bell bell{*this};
    ending_ = co_await std::move(work);
}

Async<void> Reply::pump() {
    const auto& clock = call_.house.clock;
    auto keepalive_at = clock.in(kKeepalivePeriod);
    for (;;) {
        const auto woken = co_await news_.wait_until(may_stream() ? keepalive_at : kNever);
        if (woken == Wake::Cancelled || call_.http.is_peer_gone()) co_return;
        const bool is_over = is_over_;
        if (!co_await flush()) co_return;
        if (is_over) co_return co_await end();
        if (!may_stream() || clock.now() < keepalive_at) continue;
        keepalive_at = clock.in(kKeepalivePeriod);
        if (!co_await begin()) co_return;
        if (!co_await call_.http.write(kKeepaliveComment)) co_return;
    }
}

Async<Status> Reply::begin() {
    if (std::exchange(is_begun_, true)) co_return Status{};
    co_return co_await start_event_stream(call_);
}

Async<Status> Reply::flush() {
    if (unsent_.empty()) co_return Status{};
    if (auto begun = co_await begin(); !begun) co_return begun;
    const auto bytes = std::exchange(unsent_, {});
    room_.notify();
    co_return co_await call_.http.write(bytes);
}

Async<void> Reply::end() {
    // A refusal keeps the status that says what it is.
    const bool may_be_stream = ending_.status == 200 && may_stream();
    const bool is_stream = kinds_ == AnswerKinds::StreamFirst || call_.house.streams_answers;
    if (!is_begun_ && !(may_be_stream && is_stream))
        co_return co_await answer_json(call_, ending_.status, std::move(ending_.message));
    if (!is_begun_) co_return co_await answer_event_stream(call_, event_of(ending_.message));
    auto sent = co_await call_.http.write(event_of(ending_.message));
    if (sent) (void)co_await call_.http.finish_stream();
}

}  // namespace meshai::doors::mcp
