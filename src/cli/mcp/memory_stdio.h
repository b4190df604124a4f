// cli/mcp/memory_stdio.h
//
// For tests: the program at the other end of stdin and stdout, in memory. It
// says lines and remembers what it heard. One thread.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/test_loop.h"
#include "cli/mcp/bridge.h"

namespace meshai::cli::mcp {

class MemoryStdio final : public Input, public Output {
  public:
    explicit MemoryStdio(TestLoop& loop) : loop_(loop), said_(loop.ex(), loop.clock) {}

    void says(const std::string& bytes) {
        waiting_ += bytes;
        said_.notify();
        loop_.settle();
    }
    void leaves() {
        has_left_ = true;
        said_.notify();
        loop_.settle();
    }
    void stops_listening() { is_deaf_ = true; }

    /// What it heard since the last look.
    std::vector<std::string> heard() { return std::exchange(heard_, {}); }

    Async<std::optional<std::string>> next() override {
        while (waiting_.empty() && !has_left_)
            if (co_await said_.wait_until(kNever) == Wake::Cancelled) co_return std::nullopt;
        if (waiting_.empty()) co_return std::nullopt;
        co_return std::exchange(waiting_, {});
    }
    Async<bool> write(std::string line) override {
        if (!is_deaf_) heard_.push_back(std::move(line));
        co_return !is_deaf_;
    }
    Async<void> flush(MonoTime) override { co_return; }

  private:
    TestLoop& loop_;
    Signal said_;
    std::string waiting_{};
    std::vector<std::string> heard_{};
    bool has_left_ = false;
    bool is_deaf_ = false;
};

}  // namespace meshai::cli::mcp
