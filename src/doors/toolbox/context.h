// doors/toolbox/context.h
//
// One request of one client as a handler sees it: who asks, what the client can
// do, and the ways to say something before the answer. No revision, no header,
// no transport: whether a question travels as a request on a stream or as an
// `input_required` result is the door's business. Lives while the request is
// handled, on one executor.
#pragma once

#include <expected>
#include <map>
#include <optional>
#include <string>
#include <variant>

#include "auth/gate.h"
#include "base/async.h"
#include "task/log.h"
#include "wire/mcp/offers.h"
#include "wire/mcp/questions.h"

namespace meshai::doors {

/// The handler cannot go on before the client has answered: it returns this at
/// once, and is called again from its beginning when answers have come. What it
/// did before the question must therefore be repeatable.
struct Paused {};

class Context {
  public:
    virtual ~Context() = default;

    virtual const auth::Principal& principal() const = 0;
    virtual const task::Caller& caller() const = 0;

    /// What the client said it can do; ask nothing else (R2).
    virtual const wire::mcp::ClientAbilities& client() const = 0;

    /// The client wants to hear of progress (a progressToken came with the request).
    virtual bool wants_progress() const = 0;

    /// Sent where the client wants it; `done` must grow (F11), what does not is left out.
    virtual Async<Status> progress(double done, std::optional<double> total, std::string message) = 0;

    /// A line for the client's log, where its level lets it through (F12). No secrets.
    virtual Async<Status> log(wire::mcp::LogLevel level, std::string logger, json::value data) = 0;

    /// Puts all `questions` to the client and gives the answers, each checked
    /// against its question. Keys are unique within the request. Paused: return
    /// it. Error: NotSupported-like (InvalidArgument) when the client cannot be
    /// asked this, Cancelled when the request is over, Timeout.
    virtual Async<std::expected<wire::mcp::Answers, std::variant<Paused, Error>>> ask(
        wire::mcp::Questions questions) = 0;

    /// The person has been to the page of a UrlQuestion of this id (R8). Said where
    /// the revision has it, else nothing.
    virtual Async<Status> elicitation_completed(std::string elicitation_id) {
        (void)elicitation_id;
        co_return Status{};
    }

    /// Closes the connection on which the client waits; it comes back for the rest
    /// (H10). Where the revision has no such thing, nothing.
    virtual Async<Status> hang_up() { co_return Status{}; }

    /// The door follows this task as the answer to the request from now on: when
    /// the client takes the request back, the task is cancelled with it.
    virtual void follows(const TaskId& task) { (void)task; }

    /// The same for questions of a task, which the client is told with the question
    /// (`_meta` io.modelcontextprotocol/related-task, K2) where its revision has that.
    virtual Async<std::expected<wire::mcp::Answers, std::variant<Paused, Error>>> ask_for(
        TaskId /*task*/, wire::mcp::Questions questions) {
        return ask(std::move(questions));
    }

    /// What the handler began ends with the client (H13): work that it submits is cancelled when the client
    /// goes.
    virtual bool ends_with_client() const { return false; }

    /// From the header Idempotency-Key, if there is one; in the stateless era else a
    /// key of the call's own, the same in every round of one call.
    virtual std::optional<std::string> idempotency_key() const = 0;

    /// Whether that key is the client's own: one that it gives as an argument must be the same.
    virtual bool has_own_key() const { return idempotency_key().has_value(); }

    /// The id of the JSON-RPC request, as a task remembers it (correlation_of in stream/encoder.h).
    virtual std::string correlation_id() const = 0;

    /// `traceparent`, `tracestate`, `baggage` of `_meta` or of the header, well-formed ones only (B9).
    virtual const std::map<std::string, std::string>& trace() const = 0;
};

}  // namespace meshai::doors
