#include "cli/mcp/bridge.h"

#include <fmt/format.h>

#include <algorithm>

namespace meshai::cli::mcp {
namespace {

namespace rpc = wire::jsonrpc;

constexpr std::string_view kInitialize = "initialize";
constexpr std::string_view kInitialized = "notifications/initialized";
constexpr std::string_view kCancelled = "notifications/cancelled";
constexpr std::string_view kListen = "subscriptions/listen";

bool is_blank(std::string_view line) {
    return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

std::string too_long_line() {
    rpc::Fault fault{rpc::kParseError,
                     fmt::format("The line has more than {} bytes and was not read.", kLineBytesMax), nullptr,
                     Code::TooLarge};
    return to_text(rpc::error_message(fault));
}

}  // namespace

Bridge::Bridge(BridgeParts parts)
    : parts_(std::move(parts)),
      upstream_(parts_.http, parts_.server),
      started_(parts_.ex, parts_.clock),
      changed_(parts_.ex, parts_.clock),
      scope_(parts_.ex, parts_.clock, parts_.log) {}

Async<void> Bridge::run() {
    scope_.spawn("read lines", read_lines());
    auto woken = Wake::Notified;
    while (!has_input_ended_ && !is_output_broken_ && woken != Wake::Cancelled)
        woken = co_await changed_.wait_until(kNever);
    const auto until = parts_.clock.in(kEndGrace);
    while (has_open_requests() && !is_output_broken_ && woken == Wake::Notified)
        woken = co_await changed_.wait_until(until);

    co_await scope_.close();
    // What is left is short and bounded, and is done for a cancelled caller, too.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    Scope farewell(parts_.ex, parts_.clock, parts_.log);
    farewell.spawn("end the session", end_session(session_));
    co_await parts_.output.flush(parts_.clock.in(kFlushTime));
    co_await farewell.drained();
}

Async<void> Bridge::read_lines() {
    LineReader lines;
    for (;;) {
        auto bytes = co_await parts_.input.next();
        if (!bytes) break;
        for (auto& line : lines.feed(*bytes)) co_await take(std::move(line));
    }
    if (co_await is_cancelled()) co_return;
    if (auto line = lines.finish()) co_await take(std::move(*line));
    has_input_ended_ = true;
    changed_.notify();
}

Async<void> Bridge::take(Line line) {
    if (line.is_too_long) {
        co_await say(too_long_line());
        co_return;
    }
    if (is_blank(line.text)) co_return;
    auto message = read_inbound(std::move(line.text));
    if (message) co_return co_await take_message(std::move(*message));
    if (!message.error().empty()) co_await say(std::move(message.error()));
}

Async<void> Bridge::take_message(Inbound message) {
    const bool is_initialize = message.method == kInitialize && message.era == Era::Sessions;
    if (message.era == Era::Sessions && !is_initialize) co_await wait_for_session();
    if (message.kind == Inbound::Kind::Notification) co_return co_await take_notification(std::move(message));
    if (message.ids.empty()) co_return co_await send(std::move(message));
    co_await begin_call(std::move(message));
}

Async<void> Bridge::take_notification(Inbound message) {
    if (message.method == kCancelled) co_return co_await cancel(std::move(message));
    const bool is_initialized = message.method == kInitialized && message.era == Era::Sessions;
    co_await send(std::move(message));
    if (is_initialized) scope_.spawn("listen to the server", listen(session_));
}

Async<void> Bridge::cancel(Inbound message) {
    const auto id = cancelled_id(message.params);
    const auto call = id ? find_call(*id) : nullptr;
    if (call) call->is_cancelled = true;
    // MCP 2026-07-28: over HTTP "closing the response stream is the cancellation signal" (H13). In the
    // sessions era it is not (H12), and the server is told in words.
    const bool is_told = call ? call->message.era == Era::Sessions : start_.has_begun;
    if (is_told) co_await send(std::move(message));
    if (call) call->changed.notify();
    changed_.notify();
}

Async<void> Bridge::begin_call(Inbound message) {
    if (calls_.size() >= kCallsMax) {
        const Error error{Code::ResourceExhausted,
                          fmt::format("{} requests are under way; wait for one to end.", kCallsMax)};
        for (const auto& id : message.ids) co_await say(error_line(error, id));
        co_return;
    }
    auto session = session_;
    if (message.method == kInitialize && message.era == Era::Sessions) {
        start_.has_begun = start_.is_running = true;
        start_.is_lost = false;
        // A client that initializes again begins anew; what was before is over.
        scope_.spawn("end the session before", end_session(std::exchange(session_, {})));
        session = {};
    }
    auto call = std::make_shared<Call>(parts_.ex, parts_.clock, std::move(message), std::move(session));
    calls_.push_back(call);
    scope_.spawn("serve a call", serve_call(std::move(call)));
}

/// Carries the call in a scope of its own, so that it can be ended alone.
Async<void> Bridge::serve_call(std::shared_ptr<Call> call) {
    Scope own(parts_.ex, parts_.clock, parts_.log);
    own.spawn("carry a call", carry_call(call, headers_of(call->message)));
    while (!call->is_over && !call->is_cancelled)
        if (co_await call->changed.wait_until(kNever) == Wake::Cancelled) break;
    co_await own.close();
    std::erase(calls_, call);
    if (call->message.method == kInitialize && call->message.era == Era::Sessions) {
        start_.is_running = false;
        started_.notify();
    }
    changed_.notify();
}

Async<void> Bridge::carry_call(std::shared_ptr<Call> call, net::http::Headers headers) {
    const auto with = carrier();
    co_await carry(with, *call, std::move(headers));
    call->is_over = true;
    call->changed.notify();
}

/// For what wants no answer. One after the other, so that the server hears them as the client said them.
Async<void> Bridge::send(Inbound message) {
    const auto session = session_;
    auto answer = co_await upstream_.post(message.text, headers_of(message), kShortPatience);
    if (!answer) {
        parts_.log.warn("a message did not reach the server",
                        {{"method", message.method}, {"why", answer.error().message}});
        co_return;
    }
    const int status = (*answer)->status();
    auto body = co_await (*answer)->rest();
    if (status == 404 && !session.id.empty() && session == session_) start_.is_lost = true;
    if (status < 300) co_return;
    const auto why = upstream_.refusal(status, (*answer)->headers(), body.value_or(""));
    parts_.log.warn("the server did not take a message",
                    {{"method", message.method}, {"status", status}, {"why", why.message}});
}

net::http::Headers Bridge::headers_of(const Inbound& message) const {
    if (message.era == Era::Stateless) return tools_.headers_of(message);
    net::http::Headers headers;
    if (message.method != kInitialize) session_.add_to(headers);
    return headers;
}

Async<bool> Bridge::say(std::string line) {
    const bool is_heard = co_await parts_.output.write(std::move(line));
    if (!is_heard && !is_output_broken_) {
        is_output_broken_ = true;
        changed_.notify();
    }
    co_return is_heard;
}

std::shared_ptr<Call> Bridge::find_call(const rpc::RequestId& id) const {
    const auto found =
        std::ranges::find_if(calls_, [&](const auto& call) { return !call->is_cancelled && call->has(id); });
    return found == calls_.end() ? nullptr : *found;
}

bool Bridge::has_open_requests() const {
    return std::ranges::any_of(
        calls_, [](const auto& call) { return call->is_open() && call->message.method != kListen; });
}

Carrier Bridge::carrier() {
    return {.upstream = upstream_,
            .clock = parts_.clock,
            .log = parts_.log,
            .say = [this](std::string line) { return say(std::move(line)); },
            .heard = [this](const Call& call, const json::object& answer,
                            const net::http::Headers& headers) { heard(call, answer, headers); },
            .lost =
                [this](const Session& session) {
                    if (session == session_) start_.is_lost = true;
                }};
}

}  // namespace meshai::cli::mcp
