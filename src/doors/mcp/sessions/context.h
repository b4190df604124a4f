// doors/mcp/sessions/context.h
//
// A request of the sessions era as its handler sees it: what it says goes on
// the stream of the request, and its questions are requests of ours on the same
// stream, which block the handler until the client has answered. Lives while
// the request is handled, on one executor.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "doors/house.h"
#include "doors/mcp/sessions/session.h"
#include "doors/toolbox/context.h"

namespace meshai::doors::mcp {

/// Whether the client reads a stream before the answer; one that takes JSON alone cannot be told or asked.
enum class Hears { Stream, AnswerAlone };

/// What a handler needs of the request's connection, which may be gone before it ends.
struct Origin {
    const House& house;
    std::shared_ptr<Session> session;
    auth::Principal principal;
    task::Caller caller;
    Hears hears = Hears::Stream;
    std::optional<std::string> idempotency_key{};
    net::http::Headers trace_fields{};
};

class SessionContext final : public Context {
  public:
    SessionContext(const Origin& origin, std::shared_ptr<Running> running,
                   std::shared_ptr<const Agreement> agreement, Executor ex);

    const auth::Principal& principal() const override { return origin_.principal; }
    const task::Caller& caller() const override { return origin_.caller; }
    const wire::mcp::ClientAbilities& client() const override { return agreement_->abilities; }
    bool wants_progress() const override;
    Async<Status> progress(double done, std::optional<double> total, std::string message) override;
    Async<Status> log(wire::mcp::LogLevel level, std::string logger, json::value data) override;
    Async<std::expected<wire::mcp::Answers, std::variant<Paused, Error>>> ask(
        wire::mcp::Questions questions) override;
    Async<std::expected<wire::mcp::Answers, std::variant<Paused, Error>>> ask_for(
        TaskId task, wire::mcp::Questions questions) override;
    Async<Status> elicitation_completed(std::string elicitation_id) override;
    Async<Status> hang_up() override;
    void follows(const TaskId& task) override;
    std::optional<std::string> idempotency_key() const override { return origin_.idempotency_key; }
    std::string correlation_id() const override;
    const std::map<std::string, std::string>& trace() const override { return trace_; }

  private:
    /// A key of the handler, and the question that it stands for.
    using Asked = std::map<std::string, QuestionId>;

    Status check(const wire::mcp::Questions& questions) const;
    Async<std::expected<wire::mcp::Answers, std::variant<Paused, Error>>> put_and_wait(
        wire::mcp::Questions questions, TaskId about);
    Result<Asked> put(const wire::mcp::Questions& questions, const TaskId& about, const Signal& signal);
    Async<Result<wire::mcp::Answers>> collect(Asked asked, Signal signal);
    void take_back(const Asked& asked, std::string_view why);
    void say(std::string_view method, json::object params, Weight weight) const;

    const Origin& origin_;
    const std::shared_ptr<Running> running_;
    const std::shared_ptr<const Agreement> agreement_;
    const Executor ex_;
    const std::optional<json::value> token_;
    const std::map<std::string, std::string> trace_;
    std::optional<double> done_{};
};

/// Ends a task because the client took back the request that it was the answer to.
Async<void> cancel_followed(const House& house, task::Caller caller, TaskId task);

}  // namespace meshai::doors::mcp
