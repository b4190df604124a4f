// doors/mcp/sessions/sessions.h
//
// The sessions era of MCP: clients that say `initialize` first (2024-11-05 to
// 2025-11-25). The table keeps what both sides agreed on, the streams that a
// client may come back to, and the questions it has not answered. A session
// belongs to one tenant and subject: to everybody else it does not exist. What
// a request began goes on when its connection is lost, so handlers run in
// scopes that are owned here, on the executor where their request came in.
//
// The routes call the functions at the end; app builds the table above the
// doors and closes it when the server drains. Thread-safe, apart from `close`.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/scope.h"
#include "doors/front/call.h"
#include "wire/jsonrpc/message.h"

namespace meshai::doors::mcp {

/// Every bound of the table. What is over a bound is refused, or gives way as said.
struct SessionLimits {
    std::size_t sessions = 10'000;               ///< of the server; the longest idle one gives way
    std::size_t sessions_per_subject = 1'000;    ///< of one tenant's subject; the same
    Duration idle_time = std::chrono::hours(1);  ///< without a request, a stream or a running handler

    std::size_t requests_at_once = 64;     ///< of one session; more are refused
    std::size_t stream_messages = 1'000;   ///< kept of one stream: progress and logs give way
    std::size_t stream_bytes = 1U << 20U;  ///< the same in bytes
    std::size_t session_bytes =
        8U << 20U;                   ///< of all streams of a session: the oldest finished ones give way
    std::size_t streams_kept = 128;  ///< of one session: the oldest finished ones give way
    Duration stream_kept = std::chrono::minutes(5);  ///< a finished stream can be replayed so long

    std::size_t questions = 64;  ///< of one session without an answer; more are refused
    Duration question_time = std::chrono::minutes(10);       ///< then the question is taken back
    Duration quick_answer = std::chrono::milliseconds(200);  ///< an answer within it needs no stream
};

/// How a client is reached: by a stream for each POST, or by the one stream of the HTTP+SSE pair.
enum class Transport { Streamable, Pair };

class Session;

class Sessions {
  public:
    /// What the table is built of; everything outlives it.
    struct Parts {
        std::vector<Executor> threads;  ///< those that serve connections, all of them
        Clock& clock;
        Random& random;
        Log& log;
        Metrics& metrics;
        SessionLimits limits{};
    };

    explicit Sessions(Parts parts);
    ~Sessions();
    Sessions(const Sessions&) = delete;
    Sessions& operator=(const Sessions&) = delete;

    /// Ends every session and waits until nothing of them runs on the calling
    /// executor. Once on each of the threads, after the servers have drained.
    Async<void> close();

    /// Puts a new session into the table. ResourceExhausted when it is full of
    /// sessions that are in use, Unavailable after `close`.
    /// On one of the threads.
    Result<std::shared_ptr<Session>> open(Executor ex, const task::Caller& owner, Transport transport);

    /// The session, for its owner; NotFound for an unknown, an ended and a foreign one (H7).
    Result<std::shared_ptr<Session>> find(const task::Caller& caller, std::string_view id);

    /// Takes it out and ends it. What its requests began as tasks goes on.
    void end(const Session& session);

    /// The scope of one of `threads`; for coroutines of sessions that run there.
    Scope& scope_on(Executor ex);

    const SessionLimits& limits() const;
    std::size_t size() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// One message, or a batch of 2025-03-26 (B3): `initialize`, what a session
/// says, and the answers to our questions. The body's envelope is checked; that
/// it belongs to this era is decided.
Async<void> serve_session_post(Call& call, wire::jsonrpc::Body body);

/// The stream that the server speaks on unasked, or the rest of another behind Last-Event-ID (H9).
Async<void> serve_session_get(Call& call);

/// The client ends its session.
Async<void> serve_session_delete(Call& call);

/// The HTTP+SSE pair of 2024-11-05 (H3): GET /sse and POST /messages.
std::vector<Route> sse_pair_routes();

}  // namespace meshai::doors::mcp
