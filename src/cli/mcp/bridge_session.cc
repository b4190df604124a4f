// The part of the bridge that is about sessions: how one begins, is listened
// to, is lost and begun again, and ends.
#include <fmt/format.h>

#include "cli/mcp/bridge.h"

namespace meshai::cli::mcp {
namespace {

constexpr int kBadRequest = 400;
constexpr int kTooManyRequests = 429;
constexpr std::string_view kInitializedText = R"({"jsonrpc":"2.0","method":"notifications/initialized"})";

}  // namespace

/// What the bridge itself has to know of an answer, before the client hears it.
void Bridge::heard(const Call& call, const json::object& answer, const net::http::Headers& headers) {
    const auto* result = find_object(answer, "result");
    if (!result) return;
    if (call.message.method == "initialize" && call.message.era == Era::Sessions)
        begin_session(*result, headers, call.message.text);
    if (call.message.method == "tools/list") tools_.learn(*result);
}

void Bridge::begin_session(const json::object& result, const net::http::Headers& headers, std::string text) {
    session_.id = headers.get(wire::mcp::kHeaderSession).value_or("");
    session_.version = find_string(result, "protocolVersion").value_or("");
    start_.text = std::move(text);
}

/// Messages of the sessions era wait for the answer to `initialize`, which says what goes with them.
Async<void> Bridge::wait_for_session() {
    while (start_.is_running)
        if (co_await started_.wait_until(kNever) == Wake::Cancelled) co_return;
    if (start_.is_lost) co_await begin_again();
}

/// The server forgot the session: the same `initialize` begins another. The
/// client, which has no word for that, only sees that things work again.
Async<void> Bridge::begin_again() {
    auto again = read_inbound(start_.text);
    if (!again) co_return;
    const auto before = std::exchange(session_, {});
    Call call(parts_.ex, parts_.clock, std::move(*again), {});
    auto with = carrier();
    with.say = [](std::string) -> Async<bool> { co_return true; };
    co_await carry(with, call, {});
    const bool has_begun = !session_.version.empty();
    if (!has_begun || session_.version != before.version) {
        parts_.log.warn("the session is lost and could not be begun again",
                        {{"version_before", before.version}, {"version_now", session_.version}});
        session_ = before;
        co_return;
    }
    start_.is_lost = false;
    parts_.log.info("the server did not know the session any more; a new one has begun");
    auto initialized = read_inbound(std::string(kInitializedText));
    if (initialized) co_await take_notification(std::move(*initialized));
}

/// What the server says by itself, for as long as this session lasts. A server
/// that has nothing to say answers 405, and that is the end of it (H4).
Async<void> Bridge::listen(Session session) {
    Cursor cursor;
    const Take take = [this](std::string data) -> Async<bool> {
        if (data.empty()) co_return true;
        auto spoken = read_outbound(std::move(data));
        if (spoken) co_return co_await say(std::move(spoken->line));
        parts_.log.warn("the server sent something that is no JSON-RPC message; it is left out");
        co_return true;
    };
    for (int tries = 0; session == session_; ++tries) {
        auto answer = co_await upstream_.listen(session, cursor.last_id);
        const int status = answer ? (*answer)->status() : 0;
        if (status == 200 && is_event_stream(**answer)) {
            if (co_await read_events(**answer, cursor, take)) tries = 0;
        } else if (status == kBadRequest && !cursor.last_id.empty()) {
            cursor.last_id.clear();  // that place is not kept any more; what comes from now on may still be
        } else if (status != 0 && status < 500 && status != kTooManyRequests) {
            start_.is_lost = start_.is_lost || (status == 404 && !session.id.empty() && session == session_);
            co_return;
        }
        answer = std::unexpected(Error{});  // the connection is given up before the wait
        if (auto waited = co_await pause(parts_.clock, wait_before(tries, cursor)); !waited) co_return;
    }
}

Async<void> Bridge::end_session(Session session) {
    if (session.id.empty()) co_return;
    // MCP 2025-11-25, transports: "Clients that no longer need a particular session […] SHOULD send an
    // HTTP DELETE to the MCP endpoint". A server that does not offer it says 405, which is fine.
    auto answer = co_await upstream_.end(session);
    if (!answer)
        parts_.log.debug("the end of the session did not reach the server",
                         {{"why", answer.error().message}});
}

}  // namespace meshai::cli::mcp
