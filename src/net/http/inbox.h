// net/http/inbox.h
//
// The reading half of a connection that speaks HTTP: bytes that came and were
// not yet parsed. While it waits it owns no buffer: it waits for readability,
// then reads through a buffer that all connections of its thread share.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "net/http/parser.h"
#include "net/network.h"

namespace meshai::net::http {

class Inbox {
  public:
    /// `shared_buffer` is used between a wake-up and the next wait only.
    Inbox(Connection& connection, std::span<char> shared_buffer)
        : connection_(connection), shared_buffer_(shared_buffer) {}

    /// Waits for bytes and keeps them. False at the peer's orderly end.
    Async<Result<bool>> fill(MonoTime deadline);

    /// Gives what is kept to `parser`, up to its next step.
    Parser::Step advance(Parser& parser, std::string& body);

    /// Reads and forgets until the peer ends, is silent for `silence`, or a bound is reached.
    Async<void> drop_all(Clock& clock, Duration silence, Duration whole, std::size_t bytes_max);

    /// What is kept and not parsed. From now on somebody else reads the connection.
    std::string take();

    std::span<char> shared_buffer() const { return shared_buffer_; }
    std::size_t bytes() const { return kept_.size() - parsed_; }
    bool has_ended() const { return has_ended_; }

  private:
    Connection& connection_;
    std::span<char> shared_buffer_;
    std::string kept_{};
    std::size_t parsed_ = 0;  // of kept_
    bool has_ended_ = false;
};

}  // namespace meshai::net::http
