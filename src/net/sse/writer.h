// net/sse/writer.h
//
// Server-sent events written as the guide's clients need them: "data: " with
// the space, LF only, a blank line after each event. Pure: makes bytes; the
// caller joins all that is ready and writes once.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "net/http/message.h"

namespace meshai::net::sse {

struct Frame {
    std::string_view event{};         ///< no event line when empty
    std::optional<std::string> id{};  ///< no id line when absent
    std::optional<unsigned> retry_ms{};
    std::string_view data;  ///< must hold no CR or LF (JSON on one line holds none)
};

/// Appends the frame's bytes to `out`.
void write_frame(std::string& out, const Frame& frame);

/// The four header fields of a stream: Content-Type, Cache-Control, Connection, X-Accel-Buffering.
http::Headers stream_headers();

}  // namespace meshai::net::sse
