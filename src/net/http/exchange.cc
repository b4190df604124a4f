#include "net/http/exchange.h"

#include <fmt/format.h>

#include <algorithm>

#include "net/http/writer.h"

namespace meshai::net::http {
namespace {

// A write has this much time per piece, so that a slow reader that still reads is not taken for a dead one.
constexpr std::size_t kWritePieceBytes = 64U << 10U;
// While an answer is streamed, so much of the next requests is kept; a client that sends more is not read.
constexpr std::size_t kPipelinedBytesMax = 64U << 10U;
// The whole body has this many times the silence it may keep.
constexpr int kBodyTimeFactor = 20;
constexpr int kSwitchingProtocols = 101;

Error gone() {
    return Error{Code::Unavailable, "The client is gone."};
}

Error misused(std::string_view what) {
    return Error{Code::Internal, fmt::format("The handler {}.", what)};
}

/// RFC 9110 6.4.1: answers that never have content.
bool has_no_content(int status) {
    return status / 100 == 1 || status == 204 || status == 304;
}

bool is_own_business(std::string_view name) {
    for (const auto* own : {"Content-Length", "Transfer-Encoding", "Date"})
        if (equals_ignoring_case(name, own)) return true;
    return false;
}

}  // namespace

SessionExchange::SessionExchange(Shared& shared, Connection& connection, Inbox& inbox, Parser& parser,
                                 Admitted request, bool is_last)
    : shared_(shared),
      connection_(connection),
      inbox_(inbox),
      parser_(parser),
      request_(std::move(request)),
      closes_(is_last || !parser.is_persistent()),
      is_head_request_(request_.head.method == "HEAD") {}

Async<Result<std::string>> SessionExchange::body() {
    if (body_ != BodyState::Unread) co_return misused("asked for the body twice");
    const bool was_watching = watching_.has_value();
    co_await stop_watching();
    body_ = BodyState::Reading;
    auto text = co_await read_body();
    body_ = text ? BodyState::Read : BodyState::Failed;
    if (!text) closes_ = true;
    if (!text && text.error().code == Code::Unavailable) is_peer_gone_ = true;
    if (was_watching) watch_peer(*signal_);
    co_return text;
}

Async<Result<std::string>> SessionExchange::read_body() {
    // RFC 9110 15.5.14: known to be too large before one byte of it is read.
    if (parser_.content_length().value_or(0) > shared_.limits.body_bytes)
        co_return Error{Code::TooLarge,
                        fmt::format("The body is larger than {} bytes.", shared_.limits.body_bytes)};
    if (request_.expects_continue && parser_.has_body() && inbox_.bytes() == 0) {
        auto sent = co_await send_continue();
        if (!sent) co_return sent.error();
    }
    const auto end = shared_.clock.in(shared_.limits.body_time * kBodyTimeFactor);
    std::string text;
    for (;;) {
        const auto step = inbox_.advance(parser_, text);
        if (step == Parser::Step::End) co_return text;
        if (step == Parser::Step::Failed)
            co_return Error{parser_.refusal().is_body_too_large ? Code::TooLarge : Code::InvalidArgument,
                            parser_.refusal().detail};
        auto more = co_await inbox_.fill(std::min(end, shared_.clock.in(shared_.limits.body_time)));
        if (!more && more.error().code == Code::Timeout)
            co_return Error{Code::Timeout, "The body of the request did not come in time."};
        if (!more) co_return more.error();
        if (!*more) co_return gone();
    }
}

Async<Status> SessionExchange::send_continue() {
    return send("HTTP/1.1 100 Continue\r\n\r\n");
}

bool SessionExchange::leaves_too_much_unread() const {
    if (body_ == BodyState::Read || !parser_.has_body()) return false;
    // A client that waits for 100 Continue may send the body or may not: what comes next is ambiguous.
    return body_ == BodyState::Failed || request_.expects_continue ||
           parser_.content_length().value_or(0) > kDroppedBodyBytesMax;
}

std::string SessionExchange::head_text(int status, const Headers& headers) const {
    std::string out;
    write_status_line(out, status);
    write_field(out, "Date", http_date(shared_.clock.wall()));
    for (const auto& [name, value] : headers.fields())
        if (!is_own_business(name)) write_field(out, name, value);
    return out;
}

Async<Status> SessionExchange::respond(Response response) {
    if (is_answered()) co_return misused("answered twice");
    status_ = response.status;
    const auto wished = response.headers.get("Connection");
    closes_ =
        closes_ || shared_.is_draining || leaves_too_much_unread() || (wished && has_token(*wished, "close"));
    response.headers.remove("Connection");
    auto out = head_text(response.status, response.headers);
    if (!has_no_content(response.status))
        write_field(out, "Content-Length", std::to_string(response.body.size()));
    // RFC 9110 7.8: "A sender of Upgrade MUST also send an 'Upgrade' connection
    // option in the Connection header field"; a 426 names what it wants so.
    const std::string_view upgrade = response.headers.count("Upgrade") > 0 ? "Upgrade" : "";
    if (closes_)
        write_field(out, "Connection", upgrade.empty() ? "close" : "close, Upgrade");
    else if (!upgrade.empty())
        write_field(out, "Connection", upgrade);
    else if (request_.head.version_minor == 0)
        write_field(out, "Connection", "keep-alive");
    out += "\r\n";
    if (!is_head_request_ && !has_no_content(response.status)) out += response.body;
    std::string().swap(response.body);
    auto sent = co_await send(out);
    is_finished_ = sent.has_value();
    co_return sent;
}

Async<Status> SessionExchange::start_stream(int status, Headers headers, bool close_after) {
    if (is_answered()) co_return misused("answered twice");
    status_ = status;
    is_streaming_ = true;
    // RFC 9112 6.1: "A server MUST NOT send a response containing Transfer-Encoding
    // unless the corresponding request indicates HTTP/1.1."
    is_chunked_ = request_.head.version_minor > 0;
    closes_ = closes_ || close_after || shared_.is_draining || leaves_too_much_unread() || !is_chunked_;
    // A stream may say "keep-alive" although it ends its connection: clients of
    // the streaming guide look for that field, and either side may close at any time.
    if (!is_chunked_) headers.remove("Connection");
    auto out = head_text(status, headers);
    if (is_chunked_) write_field(out, "Transfer-Encoding", "chunked");
    if (closes_ && headers.count("Connection") == 0) write_field(out, "Connection", "close");
    out += "\r\n";
    co_return co_await send(out);
}

Async<Status> SessionExchange::write(std::string_view bytes) {
    if (!is_streaming_ || is_finished_) co_return misused("wrote outside of a stream");
    if (is_peer_gone_) co_return gone();
    if (bytes.empty() || is_head_request_) co_return Status{};
    shared_.meter.streamed(bytes.size());
    if (!is_chunked_) co_return co_await send(bytes);
    std::string chunk;
    write_chunk(chunk, bytes);
    co_return co_await send(chunk);
}

Async<Status> SessionExchange::finish_stream() {
    if (!is_streaming_ || is_finished_) co_return misused("ended a stream that is not open");
    if (is_chunked_ && !is_head_request_) {
        auto sent = co_await send(kLastChunk);
        if (!sent) co_return sent;
    }
    is_finished_ = true;
    co_return Status{};
}

Async<Status> SessionExchange::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto piece = bytes.substr(0, kWritePieceBytes);
        auto sent = co_await connection_.write(piece, shared_.clock.in(shared_.limits.write_time));
        if (!sent) {
            is_peer_gone_ = true;
            closes_ = true;
            if (sent.error().code == Code::Cancelled) co_return sent;
            co_return gone();
        }
        bytes.remove_prefix(piece.size());
    }
    co_return Status{};
}

Upgraded SessionExchange::upgrade(Signal draining) {
    status_ = kSwitchingProtocols;
    closes_ = true;
    is_finished_ = true;
    signal_ = draining;
    if (shared_.is_draining) draining.notify();
    return Upgraded{connection_, inbox_.shared_buffer(), inbox_.take()};
}

void SessionExchange::watch_peer(Signal signal) {
    signal_ = signal;
    if (is_peer_gone_ || shared_.is_draining) signal.notify();
    if (is_peer_gone_ || watching_) return;
    watching_.emplace(shared_.ex, shared_.clock, shared_.log);
    watching_->spawn("watch a client", watch());
}

Async<void> SessionExchange::watch() {
    while (inbox_.bytes() < kPipelinedBytesMax) {
        auto more = co_await inbox_.fill(kNever);
        if (!more && more.error().code == Code::Cancelled) co_return;
        if (more && *more) continue;
        is_peer_gone_ = true;
        if (signal_) signal_->notify();
        co_return;
    }
}

Async<void> SessionExchange::stop_watching() {
    if (!watching_) co_return;
    co_await watching_->close();
    watching_.reset();
}

void SessionExchange::ring() {
    if (signal_) signal_->notify();
}

}  // namespace meshai::net::http
