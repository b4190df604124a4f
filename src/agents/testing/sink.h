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
#include "agents/delegation/delegation.h"
#include "agents/delegation/messages.h"

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
        messages.push_back(message);
        return said(fmt::format("message {} to {}", message.from.value, message.to.value));
    }
    Async<Status> alive() override { return said("alive"); }
    Async<Result<Answers>> ask(Questions questions, std::optional<WallTime> = {}) override {
        std::string line = "asks";
        for (const auto& [key, question] : questions) line += " " + key;
        auto told = co_await said(std::move(line));
        if (!told) co_return told.error();
        co_return answers;
    }

    Subject answered_by(const std::string& key) const override {
        return answers.contains(key) ? Subject{"somebody"} : Subject{};
    }

    Async<Result<ChildEnding>> run_child(ChildTask child) override {
        // As the mesh does: what an earlier attempt has in the log is not told again.
        const bool is_handed_on = child.type == kDelegationStep;
        const auto known = known_steps.find(child.step);
        const bool has_ended = known != known_steps.end() && known->second.finished;
        if (is_handed_on && known == known_steps.end())
            if (auto told = co_await message(handover_message(child)); !told) co_return told.error();
        auto told = co_await said(fmt::format("child {} #{}", child.step, child.attempt));
        if (!told) co_return told.error();
        children.push_back(child);
        if (endings.empty()) co_return Error{Code::Cancelled, "The run is over."};
        auto ending = std::move(endings.front());
        endings.erase(endings.begin());
        if (is_handed_on && !has_ended) told = co_await message(answer_message(child, ending));
        if (!told) co_return told.error();
        co_return ending;
    }
    Async<Status> step_started(task::StepStarted step) override { return said("step " + step.step); }
    Async<Status> step_finished(task::StepFinished step) override {
        return said(fmt::format("step {} {}", step.step, step.status));
    }
    const task::Steps& steps() const override { return known_steps; }
    Async<Status> spend(task::Usage usage) override {
        auto told = co_await said(fmt::format("spends {}", usage.input_tokens + usage.output_tokens));
        if (!told) co_return told.error();
        if (spending_refusal) co_return *spending_refusal;
        co_return Status{};
    }

    std::vector<task::AgentMessage> messages{};
    std::vector<ChildTask> children{};   ///< that the adapter wanted
    std::vector<ChildEnding> endings{};  ///< of them, in the order they are asked for
    task::Steps known_steps{};
    std::optional<Error> spending_refusal{};
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
