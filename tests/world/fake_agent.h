// tests/world/fake_agent.h
//
// An agent that does what a story says. It stands where a real adapter would,
// so everything above it is the real server. What the story says before a call
// has come waits for the next call. One thread.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "agents/adapter.h"
#include "base/signal.h"

namespace meshai::tests {

class FakeAgent {
  public:
    explicit FakeAgent(std::string name) : name_(std::move(name)) {}

    // What the agent does next.
    void says(std::string message);  ///< progress
    void says(std::string message, double percent);
    void writes(std::string text);  ///< a piece of the answer
    void finishes(json::value result);
    void fails(agents::Failure failure);
    /// Asks the client for its name under these keys, and waits for all the answers. Goes on without
    /// them when they have expired.
    void asks(const std::vector<std::string>& keys, std::optional<WallTime> expires_at = {});
    void asks(agents::Questions questions, std::optional<WallTime> expires_at = {});

    /// Calls that came so far, in order; a retry is a call of its own.
    const std::vector<agents::Call>& calls() const { return calls_; }
    /// What its questions were answered with, newest last.
    const std::vector<agents::Answers>& answers() const { return answers_; }
    std::size_t calls_now() const { return calls_now_; }
    std::size_t calls_cancelled() const { return calls_cancelled_; }

    /// What it was given with each call to hand work on by requests of its own, as an agent that may.
    const std::vector<std::optional<agents::DelegateAccess>>& accesses() const { return accesses_; }

    /// For the server's factory.
    using AccessOf = decltype(agents::Tools::delegate_access);
    std::unique_ptr<agents::Adapter> adapter(Clock& clock, AccessOf access_of = {});

    /// Whatever was not done yet is forgotten: the machine it ran on is gone.
    void forgets();

    const std::string& name() const { return name_; }

  private:
    class Adapter;
    struct Finish {
        json::value result;
    };
    struct Ask {
        agents::Questions questions;
        std::optional<WallTime> expires_at{};
    };
    using Deed = std::variant<task::Progress, std::string, Finish, agents::Failure, Ask>;

    void does(Deed deed);

    std::string name_;
    std::deque<Deed> deeds_{};
    std::vector<agents::Call> calls_{};
    std::vector<agents::Answers> answers_{};
    std::vector<std::optional<agents::DelegateAccess>> accesses_{};
    std::vector<Signal> waiting_{};
    std::size_t calls_now_ = 0;
    std::size_t calls_cancelled_ = 0;
};

}  // namespace meshai::tests
