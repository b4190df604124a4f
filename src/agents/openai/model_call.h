// agents/openai/model_call.h
//
// One completion from the head of its answer to its end: passes the text on as
// it comes, and turns whatever the server does into one outcome. A run is one
// of these, or several where the model uses tools. On the executor of the run.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "agents/event_stream.h"
#include "agents/failure.h"
#include "agents/openai/completion.h"
#include "agents/output_text.h"

namespace meshai::agents::openai {

enum class Offered { Nothing, Tools };

class ModelCall {
  public:
    /// `output` is the answer of the whole run; this adds to it. All outlive the call.
    ModelCall(const Tools& tools, Peer peer, Sink& sink, OutputText& output, Offered offered)
        : tools_(tools), peer_(std::move(peer)), sink_(sink), output_(output), offered_(offered) {}

    /// Why there is no completion; nothing when there is one.
    Async<std::optional<Failure>> read(std::unique_ptr<net::client::Answer> answer);

    const Completion& completion() const { return completion_; }

    /// What the model said in this completion alone.
    const std::string& text() const { return text_; }

  private:
    using AnswerPtr = std::unique_ptr<net::client::Answer>;

    Async<void> read_refusal(AnswerPtr answer);
    Async<void> read_document(AnswerPtr answer);
    Async<void> read_stream(AnswerPtr answer);
    void take(std::string_view data, bool is_last);
    Async<void> pass_on();
    Async<void> say_thinking();
    Async<void> finish();
    Async<void> say_cut(std::string reason);
    void stopped(std::size_t unfinished);
    void end(Failure failure) {
        if (!failure_) failure_ = std::move(failure);
    }

    const Tools& tools_;
    Peer peer_;
    Sink& sink_;
    OutputText& output_;
    Offered offered_;
    Completion completion_{};
    std::string text_{};
    bool has_said_thinking_ = false;
    std::optional<Failure> failure_{};
};

}  // namespace meshai::agents::openai
