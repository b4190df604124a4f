// doors/mcp/sessions/questions.h
//
// What the server has asked the client of one session and not heard yet (R6).
// A question is a JSON-RPC request of ours; its answer comes in a POST of its
// own, on any connection and any thread, and is found by the id. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <optional>

#include "base/signal.h"
#include "wire/jsonrpc/message.h"
#include "wire/mcp/codec.h"

namespace meshai::doors::mcp {

/// The id of a request of ours; counted in each session.
using QuestionId = std::int64_t;

class PendingQuestions {
  public:
    explicit PendingQuestions(std::size_t pending_max) : pending_max_(pending_max) {}

    /// A new question; `signal` is rung when its answer is there. ResourceExhausted over the bound.
    Result<QuestionId> add(wire::mcp::Question question, Signal signal);

    /// Takes in what a client sent; false when nobody waits for it.
    bool answer(const wire::jsonrpc::Response& response);

    /// The checked answer once it is there; the question is then done with.
    std::optional<Result<json::object>> take(QuestionId id);

    /// Nobody waits any more.
    void forget(QuestionId id);

    std::size_t size() const;

  private:
    struct Pending {
        wire::mcp::Question question;
        Signal signal;
        std::optional<Result<json::object>> outcome{};
    };

    const std::size_t pending_max_;
    mutable std::mutex mutex_;
    QuestionId last_ = 0;
    std::map<QuestionId, Pending> pending_{};
};

/// The question as a request to a client of this revision.
json::object question_message(QuestionId id, const wire::mcp::Question& question,
                              const wire::mcp::Features& features);

/// Whether a client with these abilities can be asked this in a revision with
/// these features; InvalidArgument, which names what is missing, otherwise (N3).
Status check_question(const wire::mcp::Question& question, const wire::mcp::Features& features,
                      const wire::mcp::ClientAbilities& client);

}  // namespace meshai::doors::mcp
