// doors/mcp/stateless/reply.h
//
// The answer to one request of the stateless era, while it is made. It is one
// JSON body, unless the handler has something to say before (progress, log) or
// takes long: then it becomes an event stream that ends with the result. The
// handler runs in a scope of its own and only leaves words here; the connection's
// coroutine writes them. When the client closes the connection the scope is
// closed, and nothing is written any more. One executor.
#pragma once

#include <optional>
#include <string>

#include "base/signal.h"
#include "doors/front/call.h"
#include "wire/jsonrpc/message.h"

namespace meshai::doors::mcp {

/// A handler that has left so much unsent waits for the client to read.
inline constexpr std::size_t kUnsentBytesMax = 256U << 10U;

/// The message that ends the request, and the HTTP status it has if no stream was begun.
struct Ending {
    int status = 200;
    json::object message;
};

/// What kinds of answer the client takes.
enum class AnswerKinds {
    Json,         ///< and no streams: what is said before the answer is dropped
    Both,         ///< a stream where there is something to say before the answer
    StreamFirst,  ///< both, and a stream rather than JSON
};

class Reply {
  public:
    Reply(Call& call, Executor ex, AnswerKinds kinds)
        : call_(call), kinds_(kinds), news_(ex, call.house.clock), room_(ex, call.house.clock) {}
    Reply(const Reply&) = delete;
    Reply& operator=(const Reply&) = delete;

    bool may_stream() const { return kinds_ != AnswerKinds::Json; }

    /// Leaves a notification for the client. Waits while too much is unsent;
    /// Cancelled when the request is over.
    Async<Status> say(json::object message);

    /// Runs `work` in a scope of its own and writes what it says and comes to. When
    /// this returns, `work` has ended: by itself, or because the client has gone. An
    /// exception, which is a bug, is the answer -32603 to the request `id`.
    Async<void> carry(wire::jsonrpc::RequestId id, Async<Ending> work);

  private:
    Async<void> finish(Async<Ending> work);
    Async<void> pump();
    Async<Status> flush();
    Async<Status> begin();
    Async<void> end();

    Call& call_;
    AnswerKinds kinds_;
    bool is_begun_ = false;
    bool is_over_ = false;
    bool is_gone_ = false;
    Ending ending_{};
    std::string unsent_{};
    Signal news_;
    Signal room_;
};

/// A JSON-RPC message as an event of a stream.
std::string event_of(const json::object& message);

/// What is sent when there is nothing to say: a comment, which no client takes for a message.
inline constexpr std::string_view kKeepaliveComment = ": keepalive\n\n";

}  // namespace meshai::doors::mcp
