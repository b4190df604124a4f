// agents/process/fake_launcher.h
//
// Programs for tests: they say what the test wrote down, hang or end on
// demand, and remember what they were started with. On the test's loop.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agents/process/launcher.h"
#include "base/signal.h"

namespace meshai::agents {

/// What a program of a test does: says its pieces one read at a time, then ends (or hangs).
struct FakeProgram {
    std::vector<std::string> output{};
    Exit exit{};
    std::string errors{};
    bool is_hanging = false;    ///< after its output, with the output open
    bool is_lingering = false;  ///< closes its output and does not end
};

class FakeLauncher final : public ProcessLauncher {
  public:
    FakeLauncher(Executor ex, Clock& clock) : ex_(ex), clock_(clock) {}

    /// What the next program does.
    void next(FakeProgram program) { programs_.push_back(std::move(program)); }

    Result<std::unique_ptr<Process>> start(Program program) override {
        started.push_back(std::move(program));
        if (programs_.empty()) return Error{Code::Unavailable, "There is no such program."};
        auto next = std::move(programs_.front());
        programs_.pop_front();
        ++*running_;
        return std::unique_ptr<Process>(
            std::make_unique<FakeProcess>(ex_, clock_, std::move(next), running_));
    }

    Status find(const std::string& program) const override {
        if (program == "missing") return Error{Code::Unavailable, "There is no program \"missing\"."};
        return {};
    }

    /// Programs that somebody still holds on to.
    int running() const { return *running_; }

    std::vector<Program> started{};

  private:
    class FakeProcess final : public Process {
      public:
        FakeProcess(Executor ex, Clock& clock, FakeProgram program, std::shared_ptr<int> running)
            : program_(std::move(program)), running_(std::move(running)), never_rung_(ex, clock) {}
        ~FakeProcess() override { --*running_; }

        Async<Result<std::optional<std::string>>> read(MonoTime deadline) override {
            if (next_ < program_.output.size()) co_return std::optional(program_.output[next_++]);
            if (!program_.is_hanging) co_return std::optional<std::string>{};
            co_return co_await hang(deadline);
        }

        Async<Result<Exit>> wait(MonoTime deadline) override {
            if (!program_.is_hanging && !program_.is_lingering) co_return program_.exit;
            co_return co_await hang(deadline);
        }

        std::string errors() const override { return program_.errors; }

      private:
        Async<Error> hang(MonoTime deadline) {
            const auto woken = co_await never_rung_.wait_until(deadline);
            co_return Error{woken == Wake::Cancelled ? Code::Cancelled : Code::Timeout, "It hangs."};
        }

        FakeProgram program_;
        std::shared_ptr<int> running_;
        Signal never_rung_;
        std::size_t next_ = 0;
    };

    Executor ex_;
    Clock& clock_;
    std::deque<FakeProgram> programs_{};
    std::shared_ptr<int> running_ = std::make_shared<int>(0);
};

}  // namespace meshai::agents
