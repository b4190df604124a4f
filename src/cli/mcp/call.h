// cli/mcp/call.h
//
// One call under way, from the line that asked for it to the line that answers
// it: a POST, its answer as JSON or as a stream, and where the stream breaks
// the GETs that go on with it, so that the client never notices. Whatever
// happens, each request gets exactly one answer, unless the client cancelled
// it. One executor.
#pragma once

#include <functional>

#include "base/log.h"
#include "base/signal.h"
#include "cli/mcp/events.h"
#include "cli/mcp/inbound.h"
#include "cli/mcp/outbound.h"
#include "cli/mcp/upstream.h"

namespace meshai::cli::mcp {

struct Call {
    Call(Executor ex, Clock& clock, Inbound the_message, Session the_session)
        : message(std::move(the_message)),
          session(std::move(the_session)),
          open(message.ids),
          changed(ex, clock) {}

    const Inbound message;
    const Session session;                       ///< in which it began; its stream is resumed in the same
    std::vector<wire::jsonrpc::RequestId> open;  ///< not answered yet
    Signal changed;                              ///< it is over, or it is to end
    bool is_cancelled = false;                   ///< MCP, cancellation: nothing more is said for it (T4)
    bool is_over = false;

    bool is_open() const { return !is_cancelled && !open.empty(); }
    bool has(const wire::jsonrpc::RequestId& id) const;
};

/// What carrying a call needs. Everything outlives the call.
struct Carrier {
    Upstream& upstream;
    Clock& clock;
    Log& log;

    /// Writes a line to the client. False when nobody reads any more.
    std::function<Async<bool>(std::string line)> say;
    /// An answer is about to be passed on: what the bridge itself learns from it.
    std::function<void(const Call& call, const json::object& answer, const net::http::Headers& headers)>
        heard;
    /// The server does not know the session of this call any more.
    std::function<void(const Session& session)> lost;
};

/// Sends the message with these header fields and passes on what comes, until each request in it is answered.
Async<void> carry(const Carrier& carrier, Call& call, net::http::Headers headers);

/// A server that says "later" (429, 503 with Retry-After) did nothing yet, and is asked again for so long.
inline constexpr Duration kBusyPatience = std::chrono::seconds(30);

/// To the head of an answer. The client has a limit of its own, and cancels.
inline constexpr Duration kAnswerPatience = std::chrono::minutes(10);
inline constexpr Duration kInitializePatience = std::chrono::seconds(30);

/// Connections in a row on which a broken stream may say nothing new: about two minutes.
inline constexpr int kResumesMax = 15;

/// Between a progress notification and the answer to its request. Client libraries
/// hand on a notification a moment later than an answer (@modelcontextprotocol/sdk
/// 1.x does), and report progress that is read in one piece with it as unknown.
inline constexpr Duration kProgressLead = std::chrono::milliseconds(20);

/// The sentence for a session that is gone.
Error session_gone();

}  // namespace meshai::cli::mcp
