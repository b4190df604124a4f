// net/ws/socket.h
//
// A WebSocket on a connection: Frames with the reading, the writing and the
// patience around it. Whoever talks through it never waits for the network:
// messages are taken when there are some, given when there is room, and bells
// ring when either changes. A peer is pinged and must answer; one that takes
// nothing is called slow, may be told so, and is cut in the end. One executor.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "base/signal.h"
#include "net/http/server.h"
#include "net/ws/frames.h"

namespace meshai::net::ws {

/// Every bound of one WebSocket, with its default.
struct Limits {
    std::size_t message_bytes = 1U << 20U;  ///< of one message of the peer: 1009
    std::size_t messages_waiting = 16;      ///< not yet taken; the peer is not read meanwhile
    std::size_t unsent_bytes = 64U << 10U;  ///< there is no room above it; one message may pass it
    Duration ping_period = std::chrono::seconds(30);
    Duration pong_wait = std::chrono::seconds(30);   ///< from a ping on its way to its pong: 4408
    Duration slow_after = std::chrono::seconds(20);  ///< a peer that takes nothing for so long is slow
    Duration close_wait = std::chrono::seconds(5);   ///< from our close to the peer's; then the line is cut
};

class Socket {
  public:
    /// Begins at once: accepts, reads, pings. `news` is rung when there is a
    /// message, when there is room again, when the peer is slow, and at the end.
    Socket(Executor ex, Clock& clock, Log& log, http::Upgraded line, const Offer& offer,
           const Acceptance& acceptance, Limits limits, Signal news);
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    ~Socket();

    /// The next message of the peer.
    std::optional<std::string> take();

    /// Whether a message would be on its way soon. Whoever sends much asks before each.
    bool has_room() const;
    void send(std::string_view text);

    /// The peer has taken nothing for Limits::slow_after. It stays so: close it.
    bool is_slow() const;

    /// Begins to close, after what was sent. The peer has Limits::close_wait to answer.
    void close(CloseCode code, std::string_view reason);

    /// Messages can come and go.
    bool is_open() const;

    /// How it ended, once it has.
    const std::optional<Ending>& ending() const;

    /// Closes if that was not begun (1011: whoever talked has failed), waits for
    /// the ending, and lets go of the connection. Awaited before the socket goes.
    Async<Ending> end();

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace meshai::net::ws
