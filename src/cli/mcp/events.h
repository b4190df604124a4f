// cli/mcp/events.h
//
// Reads one connection of an event stream to its end and remembers where it
// was, so that a next connection can go on there (H9). Used for the answer to a
// request and for what the server says by itself. One executor.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "net/client/client.h"

namespace meshai::cli::mcp {

/// A place in a stream that may go over many connections.
struct Cursor {
    std::string last_id{};            ///< for Last-Event-ID; empty: nothing to go on behind
    std::optional<Duration> retry{};  ///< the server's wish for the wait in between (H10)
    bool is_unreadable = false;       ///< a message was over the bound: going on would meet it again
};

/// What becomes of a message; false ends the reading.
using Take = std::function<Async<bool>(std::string data)>;

/// True when at least one event came.
Async<bool> read_events(net::client::Answer& answer, Cursor& cursor, const Take& take);

/// How long to wait before the next connection: longer with each try, never
/// shorter than the server asked for.
Duration wait_before(int tries, const Cursor& cursor);

inline constexpr Duration kRetryWishMax = std::chrono::minutes(1);

}  // namespace meshai::cli::mcp
