#include "net/sse/writer.h"

#include <cassert>

namespace meshai::net::sse {
namespace {

bool is_one_line(std::string_view text) {
    return text.find_first_of("\r\n") == std::string_view::npos;
}

}  // namespace

void write_frame(std::string& out, const Frame& frame) {
    assert(is_one_line(frame.data) && is_one_line(frame.event) && (!frame.id || is_one_line(*frame.id)));
    // Room for the words around the values, so that a frame costs one allocation.
    constexpr std::size_t kAround = 64;
    out.reserve(out.size() + frame.data.size() + frame.event.size() + kAround);
    if (!frame.event.empty()) out.append("event: ").append(frame.event).append("\n");
    if (frame.id) out.append("id: ").append(*frame.id).append("\n");
    if (frame.retry_ms) out.append("retry: ").append(std::to_string(*frame.retry_ms)).append("\n");
    out.append("data: ").append(frame.data).append("\n\n");
}

http::Headers stream_headers() {
    return http::Headers{{"Content-Type", "text/event-stream"},
                         {"Cache-Control", "no-cache"},
                         {"Connection", "keep-alive"},
                         {"X-Accel-Buffering", "no"}};
}

}  // namespace meshai::net::sse
