// doors/mcp/sessions/writer.h
//
// From a stream of a session to a connection of its client: the one place where
// the sessions era writes server-sent events. Ends with the stream, with the
// client, with a newer connection for the same stream, or when the server drains.
#pragma once

#include "doors/front/call.h"
#include "doors/mcp/sessions/outbox.h"

namespace meshai::doors::mcp {

/// How the events of a stream look.
struct EventStyle {
    bool has_ids = true;     ///< the stream can be resumed
    bool is_primed = false;  ///< it begins with an id and no data, and a time to come back (H10)
};

/// A comment is sent after so long without a message.
inline constexpr Duration kSilenceMax = std::chrono::seconds(15);
/// What a client that was hung up on waits before it comes back.
inline constexpr unsigned kRetryMs = 500;
/// One write holds about so much.
inline constexpr std::size_t kPortionBytesMax = 60U << 10U;

/// Answers the call with the stream: `first`, which has been taken already, and all
/// that follows. `begin` stands before the first message.
Async<void> write_stream(Call& call, Outbox::Reader& reader, EventStyle style, Outbox::Portion first,
                         std::string begin);

}  // namespace meshai::doors::mcp
