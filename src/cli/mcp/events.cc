#include "cli/mcp/events.h"

#include <algorithm>

#include "cli/api.h"
#include "net/sse/reader.h"

namespace meshai::cli::mcp {

Async<bool> read_events(net::client::Answer& answer, Cursor& cursor, const Take& take) {
    net::sse::Reader reader;
    bool has_come = false;
    for (;;) {
        auto bytes = co_await answer.next();
        if (!bytes || !*bytes) co_return has_come;
        for (auto& message : reader.feed(**bytes)) {
            has_come = true;
            // An event that was not passed on is asked for again.
            if (!co_await take(std::move(message.data))) co_return has_come;
            if (!message.id.empty()) cursor.last_id = std::move(message.id);
        }
        if (!reader.last_id().empty()) cursor.last_id = reader.last_id();
        if (const auto wish = reader.retry()) cursor.retry = std::min<Duration>(*wish, kRetryWishMax);
        if (reader.has_failed()) {
            cursor.is_unreadable = true;
            co_return has_come;
        }
    }
}

Duration wait_before(int tries, const Cursor& cursor) {
    // WHATWG, 9.2.3: "Wait a delay equal to the reconnection time of the event source. Optionally, wait some
    // more."
    if (tries == 0) return cursor.retry.value_or(kRetryFirst);
    return std::max(retry_wait(tries), cursor.retry.value_or(Duration::zero()));
}

}  // namespace meshai::cli::mcp
