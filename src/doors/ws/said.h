// doors/ws/said.h
//
// What the server says over a WebSocket: one JSON object a message, whose
// "type" says what it is. An event of a task is, byte for byte, the `data:` of
// the same event on a stream of the guide, in an envelope that names the task
// and the id. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "doors/ws/ask.h"

namespace meshai::doors::ws {

/// What a client may rely on, told at the beginning.
struct Greeting {
    std::string service{};
    std::string version{};
    std::size_t agents = 0;
    std::int64_t uptime_s = 0;
    WallTime now{};
};
std::string connected_line(const Greeting& greeting);

/// `event` is JSON text and stands in the line as it is. Empty `id`: the event has none.
std::string event_line(const Topic& topic, std::string_view id, std::string_view event);

/// Nothing was said of this topic, and yet time went on: go on behind this id.
std::string cursor_line(const Topic& topic, std::string_view id);

/// Nothing follows of this topic.
std::string done_line(const Topic& topic);

std::string keepalive_line(WallTime now);

/// The answer to a message that was done: {"type", "ref"?, "op", …}.
json::object answer_to(const Heard& heard, std::string_view type);

/// The answer to one that was not. `heard` may be null: an error nobody asked for.
json::object error_of(const Heard* heard, const Error& error);

/// Where the client stands in one topic.
struct Cursor {
    Topic topic{};
    std::string after{};  ///< the id of the last event it was sent; empty: none
};

/// The last message of a server that closes a connection on which much was followed.
std::string closing_line(std::uint16_t code, std::string_view message, const std::vector<Cursor>& cursors);

/// The same for the reason of a close frame: as many ids as fit.
std::string closing_reason(std::string_view message, const std::vector<Cursor>& cursors);

}  // namespace meshai::doors::ws
