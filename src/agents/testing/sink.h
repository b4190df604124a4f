// agents/testing/sink.h
//
// A sink for tests: keeps what an adapter says as lines a test can compare,
// and stops taking more when it is told to. One thread.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "agents/adapter.h"

namespace meshai::agents {

class RecordingSink final : public Sink {
  public:
    Async<Status> progress(task::Progress progress) override {
        std::string line = "progress";
        if (progress.percent) line += fmt::format(" {}%", *progress.percent);
        if (!progress.step.empty()) line += " [" + progress.step + "]";
        if (!progress.message.empty()) line += " " + progress.message;
        return said(std::move(line));
    }
    Async<Status> output(std::string piece) override {
        EXPECT_TRUE(is_valid_utf8(piece));
        EXPECT_LE(piece.size(), task::kOutputPieceBytesMax);
        this->text += piece;
        return said("output " + piece);
    }
    Async<Status> message(task::AgentMessage message) override {
        return said(fmt::format("message {} to {}", message.from.value, message.to.value));
    }
    Async<Status> alive() override { return said("alive"); }
    Async<Result<Answers>> ask(Questions questions) override {
        std::string line = "asks";
        for (const auto& [key, question] : questions) line += " " + key;
        auto told = co_await said(std::move(line));
        if (!told) co_return told.error();
        co_return answers;
    }

    std::vector<std::string> lines{};
    std::string text{};              ///< all output, joined
    Answers answers{};               ///< given to whoever asks
    std::optional<Error> refusal{};  ///< given to whoever says something

  private:
    Async<Status> said(std::string line) {
        if (refusal) co_return *refusal;
        lines.push_back(std::move(line));
        co_return Status{};
    }
};

}  // namespace meshai::agents
