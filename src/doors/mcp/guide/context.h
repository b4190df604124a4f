// doors/mcp/guide/context.h
//
// A request of the guide's clients as a handler of the toolbox sees it: nobody
// can be asked anything, and nothing is heard before the answer. One executor.
#pragma once

#include <map>
#include <string>

#include "doors/front/call.h"
#include "doors/toolbox/context.h"
#include "wire/jsonrpc/message.h"

namespace meshai::doors::mcp {

class GuideContext final : public Context {
  public:
    /// `key` is the client's idempotency key, if it sent one.
    GuideContext(const Call& call, const wire::jsonrpc::Request& request, std::optional<std::string> key);

    const auth::Principal& principal() const override { return call_.principal; }
    const task::Caller& caller() const override { return call_.caller; }
    const wire::mcp::ClientAbilities& client() const override { return client_; }
    bool wants_progress() const override { return false; }
    Async<Status> progress(double, std::optional<double>, std::string) override { co_return Status{}; }
    Async<Status> log(wire::mcp::LogLevel, std::string, json::value) override { co_return Status{}; }
    Async<std::expected<wire::mcp::Answers, std::variant<Paused, Error>>> ask(
        wire::mcp::Questions questions) override;
    std::optional<std::string> idempotency_key() const override { return key_; }
    std::string correlation_id() const override;
    const std::map<std::string, std::string>& trace() const override { return trace_; }

  private:
    const Call& call_;
    const wire::jsonrpc::Request& request_;
    std::optional<std::string> key_;
    wire::mcp::ClientAbilities client_{};
    std::map<std::string, std::string> trace_;
};

}  // namespace meshai::doors::mcp
