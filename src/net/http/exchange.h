// net/http/exchange.h
//
// The Exchange that a session gives to the handler: body in, answer out, and an
// eye on the peer meanwhile. Lives for one request. One executor.
#pragma once

#include <optional>
#include <string>

#include "base/scope.h"
#include "net/http/session.h"

namespace meshai::net::http {

class SessionExchange final : public Exchange {
  public:
    SessionExchange(Shared& shared, Connection& connection, Inbox& inbox, Parser& parser, Admitted request,
                    bool is_last);

    const RequestHead& head() const override { return request_.head; }
    Async<Result<std::string>> body() override;
    Async<Status> respond(Response response) override;
    Async<Status> start_stream(int status, Headers headers, bool close_after) override;
    Async<Status> write(std::string_view bytes) override;
    Async<Status> finish_stream() override;
    void watch_peer(Signal signal) override;
    bool is_peer_gone() const override { return is_peer_gone_; }
    bool is_draining() const override { return shared_.is_draining; }
    Upgraded upgrade(Signal draining) override;

    /// Must have ended before the exchange does.
    Async<void> stop_watching();
    void ring();

    int status() const { return status_; }
    bool is_answered() const { return status_ != 0; }
    /// Every byte of the answer is written.
    bool is_finished() const { return is_finished_; }
    bool is_body_read() const { return body_ == BodyState::Read; }
    bool closes() const { return closes_; }

  private:
    enum class BodyState { Unread, Reading, Read, Failed };

    Async<Result<std::string>> read_body();
    Async<Status> send_continue();
    Async<Status> send(std::string_view bytes);
    Async<void> watch();
    std::string head_text(int status, const Headers& headers) const;
    bool leaves_too_much_unread() const;

    Shared& shared_;
    Connection& connection_;
    Inbox& inbox_;
    Parser& parser_;
    Admitted request_;
    std::optional<Signal> signal_{};
    std::optional<Scope> watching_{};
    BodyState body_ = BodyState::Unread;
    int status_ = 0;
    bool closes_;
    bool is_head_request_;
    bool is_chunked_ = false;
    bool is_streaming_ = false;
    bool is_finished_ = false;
    bool is_peer_gone_ = false;
};

/// An unread body of at most so many bytes is read and dropped to keep the
/// connection; above that the connection is closed.
inline constexpr std::size_t kDroppedBodyBytesMax = 256U << 10U;

}  // namespace meshai::net::http
