// doors/ws/limits.h
//
// The bounds of one WebSocket that a client feels, and the name of what is
// spoken on it. The bounds below them, of frames and of patience, are
// net::ws::Limits.
#pragma once

#include <chrono>
#include <string_view>

#include "base/clock.h"

namespace meshai::doors::ws {

/// The subprotocol (Sec-WebSocket-Protocol): the messages of docs/websocket.md.
inline constexpr std::string_view kProtocol = "meshai.v1";

/// A larger task is posted over HTTP.
inline constexpr std::size_t kMessageBytesMax = 1U << 20U;

/// Tasks and streams that one connection follows at once.
inline constexpr std::size_t kSubscriptionsMax = 64;

/// Messages that are no JSON, or no operation: the last one closes the connection.
inline constexpr int kBadMessagesMax = 16;

/// A key that was revoked is noticed after so long at the latest. Each look counts as a request of the key.
inline constexpr Duration kKeyCheckPeriod = std::chrono::minutes(5);

/// Events that one turn of a task takes from its log; their frames are all that waits in memory for a turn.
inline constexpr std::size_t kEventsPerTurnMax = 16;

}  // namespace meshai::doors::ws
