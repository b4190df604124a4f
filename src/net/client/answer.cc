#include "net/client/answer.h"

#include <fmt/format.h>

#include <algorithm>

namespace meshai::net::client {
namespace {

constexpr int kInterimAnswersMax = 16;
constexpr std::size_t kHeaderFieldsMax = 256;
// A peer that stopped taking the request may have answered before; nothing new is waited for.
constexpr Duration kAfterBrokenSend = 1s;

http::ParserLimits parser_limits(const Limits& limits) {
    return http::ParserLimits{limits.header_bytes, kHeaderFieldsMax, /*target_bytes=*/0, limits.body_bytes};
}

}  // namespace

LinkAnswer::LinkAnswer(std::shared_ptr<Link> link, Clock& clock, const Limits& limits, bool is_head_request,
                       GiveBack give_back)
    : link_(std::move(link)),
      clock_(clock),
      limits_(limits),
      is_head_request_(is_head_request),
      give_back_(std::move(give_back)),
      parser_(http::Parser::Kind::Responses, parser_limits(limits)) {
    parser_.begin(is_head_request_);
}

LinkAnswer::~LinkAnswer() {
    if (link_) link_->close();
}

Async<Status> LinkAnswer::read_head() {
    for (int interim = 0; interim <= kInterimAnswersMax; ++interim) {
        auto status = co_await next_head();
        if (!status) co_return status;
        status_ = parser_.status();
        // RFC 9110 15.2.2: nobody asked to switch protocols.
        if (status_ == 101)
            co_return fail(Error{Code::AgentProtocol, "The peer switched protocols unasked."});
        if (status_ < 100) co_return fail(Error{Code::AgentProtocol, "The answer has no valid status."});
        if (status_ >= 200) {
            headers_ = std::move(parser_.headers());
            state_ = State::Body;
            co_return Status{};
        }
        // RFC 9110 15.2: "A client MUST be able to parse one or more 1xx responses."
        std::string no_body;
        if (link_->inbox().advance(parser_, no_body) != http::Parser::Step::End)
            co_return fail(broken_answer());
        parser_.begin(is_head_request_);
    }
    co_return fail(Error{Code::AgentProtocol, "The peer sent interim answers without end."});
}

MonoTime LinkAnswer::head_deadline() const {
    const auto from = link_->is_sending() ? clock_.now() : link_->sent_at();
    const auto patience =
        link_->send_status() ? limits_.first_byte : std::min(limits_.first_byte, kAfterBrokenSend);
    return std::min(limits_.whole, from + patience);
}

Async<Status> LinkAnswer::next_head() {
    std::string no_body;
    for (;;) {
        const auto step =
            link_->inbox().bytes() > 0 ? link_->inbox().advance(parser_, no_body) : http::Parser::Step::More;
        has_begun_ = has_begun_ || parser_.has_begun();
        if (step == http::Parser::Step::Head) co_return Status{};
        if (step == http::Parser::Step::Failed) co_return fail(broken_answer());
        auto got = co_await more(head_deadline(), "the head of the answer");
        // A long request may have been on its way out until just now: its time starts then.
        if (!got && got.error().code == Code::Timeout && clock_.now() < head_deadline()) continue;
        if (!got) co_return fail(got.error());
        if (peer_ended_)
            co_return fail(
                Error{Code::AgentProtocol, has_begun_ ? "The peer ended inside the head of its answer."
                                                      : "The peer closed the connection without an answer."});
    }
}

Async<Status> LinkAnswer::more(MonoTime deadline, std::string_view what) {
    auto got = co_await link_->inbox().fill(deadline);
    if (got) {
        peer_ended_ = !*got;
        co_return Status{};
    }
    const auto& error = got.error();
    if (error.code == Code::Cancelled) co_return Error{Code::Cancelled, "The call was cancelled."};
    if (error.code == Code::Timeout)
        co_return Error{Code::Timeout, fmt::format("The peer did not send {} in time.", what)};
    co_return Error{Code::AgentProtocol, fmt::format("The connection broke before {} was complete.", what),
                    error.cause};
}

Async<Result<std::optional<std::string>>> LinkAnswer::next() {
    if (state_ == State::Ended) co_return std::nullopt;
    if (state_ == State::Failed) co_return error_;
    if (!is_head_request_ && parser_.content_length().value_or(0) > limits_.body_bytes)
        co_return fail(
            Error{Code::TooLarge, fmt::format("The answer is larger than {} bytes.", limits_.body_bytes)});
    for (;;) {
        if (clock_.now() >= limits_.whole)
            co_return fail(Error{Code::Timeout, "The peer did not send the rest of the answer in time."});
        std::string piece;
        auto step = link_->inbox().advance(parser_, piece);
        if (step == http::Parser::Step::More && piece.empty()) {
            auto got =
                co_await more(std::min(limits_.whole, clock_.in(limits_.silence)), "the rest of the answer");
            if (!got) co_return fail(got.error());
            if (!peer_ended_) continue;
            step = parser_.finish(piece);
        }
        if (step == http::Parser::Step::Failed) co_return fail(broken_answer());
        if (step == http::Parser::Step::End) end();
        if (!piece.empty()) co_return std::optional(std::move(piece));
        if (step == http::Parser::Step::End) co_return std::nullopt;
    }
}

Async<Result<std::string>> LinkAnswer::rest() {
    std::string all;
    for (;;) {
        auto piece = co_await next();
        if (!piece) co_return piece.error();
        if (!*piece) co_return all;
        all += **piece;
    }
}

Error LinkAnswer::broken_answer() {
    const auto& refusal = parser_.refusal();
    if (refusal.is_body_too_large)
        return Error{Code::TooLarge, fmt::format("The answer is larger than {} bytes.", limits_.body_bytes)};
    return Error{Code::AgentProtocol, fmt::format("The answer breaks HTTP: {}", refusal.detail)};
}

Error LinkAnswer::fail(Error error) {
    state_ = State::Failed;
    error_ = error;
    link_->close();
    link_.reset();
    return error;
}

void LinkAnswer::end() {
    state_ = State::Ended;
    auto link = std::exchange(link_, nullptr);
    // Bytes after the answer belong to no request; whoever sends them is not to be trusted with another.
    const bool is_clean = parser_.is_persistent() && !peer_ended_ && !link->is_sending() &&
                          link->send_status() && link->inbox().bytes() == 0;
    if (is_clean)
        give_back_(std::move(link));
    else
        link->close();
}

}  // namespace meshai::net::client
