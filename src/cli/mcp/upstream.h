// cli/mcp/upstream.h
//
// The server as the bridge sees it: one endpoint, three methods (POST a
// message, GET what the server says by itself, DELETE the session), and why a
// call to it failed in words for the person at the client. One executor.
#pragma once

#include "cli/api.h"
#include "cli/mcp/session.h"
#include "net/client/client.h"

namespace meshai::cli::mcp {

/// An answer whose body is still coming, or why there is none.
using Answered = std::expected<std::unique_ptr<net::client::Answer>, Error>;

class Upstream {
  public:
    /// `server` without a key is asked without one; it then says what it thinks of that.
    Upstream(net::client::Client& http, Target server);

    /// Sends one message. The head of the answer has `patience` of time.
    Async<Answered> post(std::string body, net::http::Headers headers, Duration patience);

    /// What the server says by itself, or the rest of a stream behind `last_id`.
    Async<Answered> listen(Session session, std::string last_id);

    /// Tells the server that the session is over.
    Async<Answered> end(Session session);

    /// Why the server refused: its own words, or for a missing or wrong key where to set it.
    Error refusal(int status, const net::http::Headers& headers, const std::string& body) const;

  private:
    net::client::Request request(std::string method) const;
    Async<Answered> open(net::client::Request request);

    net::client::Client& http_;
    Target server_;
};

bool is_event_stream(const net::client::Answer& answer);

/// A message that wants no answer is taken or refused soon.
inline constexpr Duration kShortPatience = std::chrono::seconds(10);

/// For each half of saying goodbye: to connect, and to be answered.
inline constexpr Duration kFarewellPatience = std::chrono::seconds(1);

/// The server sends a keepalive every 15 s; four missing ones mean that nobody is there.
inline constexpr Duration kStreamSilence = std::chrono::seconds(60);

}  // namespace meshai::cli::mcp
