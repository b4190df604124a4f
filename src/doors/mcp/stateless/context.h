// doors/mcp/stateless/context.h
//
// A request of the stateless era as its handler sees it. What it says goes into
// the reply; what it asks becomes an `input_required` result, and the handler is
// run again from its beginning when the client comes back with the answers. All
// that is known of earlier rounds came with the request. One executor.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "doors/mcp/stateless/envelope.h"
#include "doors/mcp/stateless/reply.h"
#include "doors/mcp/stateless/request_state.h"
#include "doors/toolbox/context.h"

namespace meshai::doors::mcp {

class StatelessContext final : public Context {
  public:
    /// InvalidArgument when the state or the answers that came with the request
    /// cannot be taken, or the header Idempotency-Key cannot.
    static Result<std::unique_ptr<StatelessContext>> make(Call& call, const Envelope& envelope,
                                                          const wire::jsonrpc::Request& request,
                                                          Reply& reply);

    const auth::Principal& principal() const override { return call_.principal; }
    const task::Caller& caller() const override { return call_.caller; }
    const wire::mcp::ClientAbilities& client() const override { return envelope_.client; }
    bool wants_progress() const override {
        return envelope_.progress_token.has_value() && reply_.may_stream();
    }
    /// H13: a client that closes its stream takes back what it asked for.
    bool ends_with_client() const override { return true; }
    Async<Status> progress(double done, std::optional<double> total, std::string message) override;
    Async<Status> log(wire::mcp::LogLevel level, std::string logger, json::value data) override;
    Async<std::expected<wire::mcp::Answers, std::variant<Paused, Error>>> ask(
        wire::mcp::Questions questions) override;
    std::optional<std::string> idempotency_key() const override;
    bool has_own_key() const override { return header_key_.has_value(); }
    std::string correlation_id() const override;
    const std::map<std::string, std::string>& trace() const override { return trace_; }

    /// The result that puts the open questions to the client: after the handler has paused.
    Result<json::object> input_required() const;

  private:
    StatelessContext(Call& call, const Envelope& envelope, const wire::jsonrpc::Request& request,
                     Reply& reply);
    Status take_rounds_before();
    bool is_too_often();
    bool may_answer(const std::string& key, const wire::mcp::Question& question);

    Call& call_;
    const Envelope& envelope_;
    const wire::jsonrpc::Request& request_;
    Reply& reply_;
    std::string purpose_;
    std::optional<std::string> header_key_{};
    mutable RequestState state_{};
    json::object given_{};              ///< inputResponses of this round
    wire::mcp::Questions open_{};       ///< asked in this round
    std::optional<double> progress_{};  ///< the newest that was sent
    MonoTime second_began_{};           ///< in which progress is counted
    int told_in_second_ = 0;
    std::map<std::string, std::string> trace_{};
};

/// Notifications of progress that one request may send in a second; more are left out (F11).
inline constexpr int kStatelessProgressPerSecondMax = 100;

/// Questions of one call that may be open at once.
inline constexpr std::size_t kOpenQuestionsMax = 64;

}  // namespace meshai::doors::mcp
