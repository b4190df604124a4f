// net/client/answer.h
//
// Reads one answer from a link: skips interim answers, gives the body piece by
// piece, and hands the connection back when nothing of the answer is left on
// it. Destroyed or cancelled before, it closes the connection, which is how an
// agent learns that nobody wants its work any more. One executor.
#pragma once

#include <functional>

#include "net/client/link.h"
#include "net/http/parser.h"

namespace meshai::net::client {

class LinkAnswer final : public Answer {
  public:
    using GiveBack = std::function<void(std::shared_ptr<Link>)>;

    LinkAnswer(std::shared_ptr<Link> link, Clock& clock, const Limits& limits, bool is_head_request,
               GiveBack give_back);
    ~LinkAnswer() override;

    /// Reads up to the end of the head.
    Async<Status> read_head();

    /// A byte of the answer has come.
    bool has_begun() const { return has_begun_; }

    int status() const override { return status_; }
    const http::Headers& headers() const override { return headers_; }
    Async<Result<std::optional<std::string>>> next() override;
    Async<Result<std::string>> rest() override;

  private:
    enum class State { Head, Body, Ended, Failed };

    Async<Status> more(MonoTime deadline, std::string_view what);
    Async<Status> next_head();
    MonoTime head_deadline() const;
    Error fail(Error error);
    Error broken_answer();
    void end();

    std::shared_ptr<Link> link_;
    Clock& clock_;
    Limits limits_;
    bool is_head_request_;
    GiveBack give_back_;
    http::Parser parser_;
    http::Headers headers_{};
    State state_ = State::Head;
    Error error_{};
    int status_ = 0;
    bool has_begun_ = false;
    bool peer_ended_ = false;
};

}  // namespace meshai::net::client
