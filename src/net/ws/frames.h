// net/ws/frames.h
//
// One WebSocket as a value, the server's side: bytes in, text messages out, and
// back (RFC 6455). The framing is Boost.Beast's, in frames.cc alone; around it
// stand the rules that a library leaves open: text only, bounded messages, no
// compression. It does no I/O and waits for nothing: whatever follows from a
// call has happened when the call returns. It answers pings and closing
// handshakes by itself. One executor.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/async.h"
#include "net/http/message.h"
#include "net/ws/upgrade.h"

namespace meshai::net::ws {

/// RFC 6455 7.4; 4000 to 4999 belong to the server.
using CloseCode = std::uint16_t;
inline constexpr CloseCode kNormal = 1000;
inline constexpr CloseCode kGoingAway = 1001;
inline constexpr CloseCode kProtocolError = 1002;
inline constexpr CloseCode kUnsupported = 1003;
inline constexpr CloseCode kNoStatus = 1005;  ///< never on the wire: the peer gave none
inline constexpr CloseCode kAbnormal = 1006;  ///< never on the wire: no closing handshake
inline constexpr CloseCode kBadText = 1007;
inline constexpr CloseCode kPolicy = 1008;
inline constexpr CloseCode kTooBig = 1009;
inline constexpr CloseCode kInternal = 1011;
inline constexpr CloseCode kTryAgainLater = 1013;
inline constexpr CloseCode kUnauthorized = 4401;
inline constexpr CloseCode kNoPong = 4408;

/// RFC 6455 5.5: a control frame has at most 125 bytes, two of which are the code.
inline constexpr std::size_t kReasonBytesMax = 123;

/// How a WebSocket ended.
struct Ending {
    CloseCode code = kAbnormal;
    std::string reason{};
    bool is_by_peer = false;  ///< the peer began it

    friend bool operator==(const Ending&, const Ending&) = default;
};

/// What the answer to the handshake says beside the handshake.
struct Acceptance {
    std::string protocol{};  ///< the subprotocol that was chosen; may be empty
    http::Headers headers{};
};

class Frames {
  public:
    /// Accepts: the 101 is the first output. `ex` outlives it.
    Frames(Executor ex, const Offer& offer, const Acceptance& acceptance, std::size_t message_bytes_max);
    ~Frames();
    Frames(const Frames&) = delete;
    Frames& operator=(const Frames&) = delete;

    /// Bytes of the peer, however they are cut. After the ending they are dropped.
    void feed(std::string_view bytes);

    /// The next whole text that the peer has sent.
    std::optional<std::string> next();
    std::size_t waiting() const;  ///< texts not yet taken

    /// The payload of the newest pong since the last call.
    std::optional<std::string> take_pong();

    /// Bytes for the peer, in order; what is taken is forgotten here.
    std::string take_output();

    // Each does nothing once the WebSocket closes.
    void send(std::string_view text);
    void ping(std::string_view payload);
    /// Begins the closing handshake; nothing is read after it but its answer.
    /// Reasons are cut to kReasonBytesMax.
    void close(CloseCode code, std::string_view reason);

    /// Neither side has begun to close, and nothing failed.
    bool is_open() const;

    /// Once it is over: both sides have said so, or the peer broke the protocol
    /// and was told. Nothing more is read or written but the output so far.
    const std::optional<Ending>& ending() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace meshai::net::ws
