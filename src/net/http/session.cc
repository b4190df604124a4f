#include "net/http/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>

#include "net/http/exchange.h"

namespace meshai::net::http {
namespace {

constexpr std::size_t kReadBufferBytes = 16U << 10U;

// After the last answer the rest of what the client sends is read and dropped,
// so that the answer reaches it: closing over unread bytes makes TCP reset the
// connection, and the client would see the reset instead.
constexpr std::size_t kLingerBytesMax = 16U << 20U;
constexpr Duration kLingerSilenceMax = 2s;
constexpr Duration kLingerMax = 10s;

ParserLimits parser_limits(const Limits& limits) {
    return ParserLimits{limits.header_bytes, limits.header_fields, limits.target_bytes, limits.body_bytes};
}

Code code_for(int status) {
    switch (status) {
        case 403:
        case 421:
            return Code::PermissionDenied;
        case 408:
            return Code::Timeout;
        case 413:
        case 414:
        case 431:
            return Code::TooLarge;
        case 500:
            return Code::Internal;
        default:
            return Code::InvalidArgument;
    }
}

Response refusal_response(const Refusal& refusal) {
    auto response = problem(refusal.status, code_name(code_for(refusal.status)), refusal.detail);
    // RFC 9110 15.5.6: a 405 names the methods that are allowed.
    if (refusal.status == 405) response.headers.add("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    return response;
}

}  // namespace

Shared::Shared(Executor the_ex, Clock& the_clock, Log& the_log, Metrics& metrics, Limits the_limits,
               AllowList the_allow, Handler the_handler)
    : ex(the_ex),
      clock(the_clock),
      log(the_log),
      meter(metrics),
      limits(the_limits),
      allow(std::move(the_allow)),
      handler(std::move(the_handler)),
      read_buffer(kReadBufferBytes) {}

Session::Session(Shared& shared, std::unique_ptr<Connection> connection)
    : shared_(shared),
      connection_(std::move(connection)),
      inbox_(*connection_, shared.read_buffer),
      parser_(Parser::Kind::Requests, parser_limits(shared.limits)) {}

Session::~Session() = default;

Async<void> Session::run() {
    auto after = After::KeepOpen;
    for (std::size_t served = 1; after == After::KeepOpen && !shared_.is_draining; ++served) {
        auto request = co_await read_request();
        if (request)
            after = co_await serve(std::move(*request), served == shared_.limits.requests_per_connection);
        else if (request.error())
            after = co_await refuse(std::move(*request.error()));
        else
            after = After::Abort;
    }
    if (after != After::Abort) co_await linger();
    connection_->close();
}

void Session::drain() {
    if (is_idle_)
        connection_->close();
    else if (exchange_ != nullptr)
        exchange_->ring();
}

Async<std::expected<Admitted, std::optional<Refusal>>> Session::read_request() {
    parser_.begin();
    auto deadline = shared_.clock.in(shared_.limits.idle_time);
    is_idle_ = true;
    std::string no_body;
    for (;;) {
        const auto step = inbox_.bytes() > 0 ? inbox_.advance(parser_, no_body) : Parser::Step::More;
        if (step == Parser::Step::Failed) co_return std::unexpected(parser_.refusal());
        if (step == Parser::Step::Head) break;
        if (is_idle_ && parser_.has_begun()) {
            is_idle_ = false;
            deadline = shared_.clock.in(shared_.limits.header_time);
        }
        auto more = co_await inbox_.fill(deadline);
        if (more && *more) continue;
        if (is_idle_) co_return std::unexpected(std::nullopt);
        if (more) co_return std::unexpected(Refusal{400, "The connection ended inside a request."});
        if (more.error().code != Code::Timeout) co_return std::unexpected(std::nullopt);
        co_return std::unexpected(Refusal{408, "The request did not come in time."});
    }
    is_idle_ = false;
    auto admitted = admit(parser_, shared_.allow);
    if (!admitted) co_return std::unexpected(std::move(admitted.error()));
    admitted->head.peer = connection_->peer();
    admitted->head.is_encrypted = connection_->is_encrypted();
    co_return std::move(*admitted);
}

Async<Session::After> Session::refuse(Refusal refusal) {
    Admitted refused;
    refused.head.method = parser_.method();
    SessionExchange exchange(shared_, *connection_, inbox_, parser_, std::move(refused), /*is_last=*/true);
    auto sent = co_await exchange.respond(refusal_response(refusal));
    shared_.meter.answered(parser_.method(), refusal.status, Duration{});
    co_return sent ? After::Close : After::Abort;
}

Async<Session::After> Session::serve(Admitted request, bool is_last) {
    const auto start = shared_.clock.now();
    SessionExchange exchange(shared_, *connection_, inbox_, parser_, std::move(request), is_last);
    exchange_ = &exchange;
    const bool is_sound = co_await call_handler(exchange);
    exchange_ = nullptr;
    co_await exchange.stop_watching();
    const bool can_answer = !exchange.is_answered() && !exchange.is_peer_gone() && !co_await is_cancelled();
    if (can_answer) {
        auto response =
            problem(500, code_name(Code::Internal), "The server failed to answer. Its log says why.");
        response.headers.add("Connection", "close");
        // Whether it arrives changes nothing for this connection: it ends here.
        (void)co_await exchange.respond(std::move(response));
    }
    if (exchange.is_answered())
        shared_.meter.answered(exchange.head().method, exchange.status(), shared_.clock.now() - start);
    // A stream that was begun and not ended is cut, so that the client sees that it is not whole.
    if (!exchange.is_finished()) co_return After::Abort;
    if (!is_sound || exchange.closes()) co_return After::Close;
    if (!exchange.is_body_read() && !co_await drop_body()) co_return After::Close;
    co_return After::KeepOpen;
}

/// Calls it and catches what it throws: this is the edge of a connection.
Async<bool> Session::call_handler(SessionExchange& exchange) {
    if (exchange.head().path == "*") {
        Response nothing{204};
        auto sent = co_await exchange.respond(std::move(nothing));
        co_return sent.has_value();
    }
    std::string failure;
    try {
        co_await shared_.handler(exchange);
    } catch (const std::exception& error) {
        failure = error.what();
    } catch (...) {
        failure = "an exception that is no std::exception";
    }
    if (failure.empty() && (exchange.is_answered() || exchange.is_peer_gone() || co_await is_cancelled()))
        co_return true;
    shared_.log.error("a handler failed, which is a bug",
                      {{"method", exchange.head().method},
                       {"path", exchange.head().path},
                       {"what", failure.empty() ? "it gave no answer" : failure}});
    co_return false;
}

/// Reads what the handler left of the body, if it is little and comes soon.
Async<bool> Session::drop_body() {
    const auto deadline = shared_.clock.in(shared_.limits.header_time);
    std::string dropped;
    for (std::size_t bytes = 0; bytes <= kDroppedBodyBytesMax; bytes += dropped.size()) {
        dropped.clear();
        const auto step = inbox_.advance(parser_, dropped);
        if (step == Parser::Step::End) co_return true;
        if (step == Parser::Step::Failed) co_return false;
        auto more = co_await inbox_.fill(deadline);
        if (!more || !*more) co_return false;
    }
    co_return false;
}

Async<void> Session::linger() {
    connection_->finish_writing();
    co_await inbox_.drop_all(shared_.clock, kLingerSilenceMax, kLingerMax, kLingerBytesMax);
}

}  // namespace meshai::net::http
