#include "doors/mcp/sessions/writer.h"

#include "net/sse/writer.h"

namespace meshai::doors::mcp {
namespace {

constexpr std::string_view kComment = ": keep-alive\n\n";

std::string frames_of(std::uint64_t stream, const Outbox::Portion& portion, EventStyle style) {
    std::string bytes;
    for (const auto& message : portion.messages) {
        net::sse::Frame frame{.event = "message", .data = *message.text};
        if (style.has_ids) frame.id = event_id(stream, message.place);
        net::sse::write_frame(bytes, frame);
    }
    return bytes;
}

// MCP 2025-11-25, transports: "the server SHOULD immediately send an SSE event
// consisting of an event ID and an empty data field in order to prime the client
// to reconnect", and before it closes a connection "an SSE event with a standard
// retry field" (H10).
std::string priming_event(std::uint64_t stream, std::uint64_t place) {
    std::string bytes;
    net::sse::write_frame(bytes, {.id = event_id(stream, place), .retry_ms = kRetryMs, .data = ""});
    return bytes;
}

}  // namespace

Async<void> write_stream(Call& call, Outbox::Reader& reader, EventStyle style, Outbox::Portion first,
                         std::string begin) {
    const auto number = reader.outbox().number();
    auto bytes = std::move(begin);
    if (style.is_primed) bytes += priming_event(number, reader.begin());
    auto portion = std::move(first);
    if (portion.is_ended && !portion.is_parted) {
        bytes += frames_of(number, portion, style);
        co_return co_await answer_event_stream(call, std::move(bytes));
    }
    auto started = co_await start_event_stream(call);
    if (!started) co_return;
    call.http.watch_peer(reader.signal());

    auto silent_until = call.house.clock.in(kSilenceMax);
    for (;;) {
        bytes += frames_of(number, portion, style);
        if (!bytes.empty()) {
            auto sent = co_await call.http.write(bytes);
            if (!sent) co_return;
            silent_until = call.house.clock.in(kSilenceMax);
        }
        bytes.clear();
        if (portion.is_ended || portion.is_parted) break;
        if (portion.messages.empty()) {
            // Whatever was there has been written: whoever is cut by a drain resumes behind it.
            if (call.http.is_draining()) break;
            const auto woken = co_await reader.signal().wait_until(silent_until);
            if (woken == Wake::Cancelled || call.http.is_peer_gone()) co_return;
            if (woken == Wake::Deadline) bytes = kComment;
        }
        portion = reader.take(kPortionBytesMax);
    }
    (void)co_await call.http.finish_stream();
}

}  // namespace meshai::doors::mcp
