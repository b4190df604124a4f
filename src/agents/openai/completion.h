// agents/openai/completion.h
//
// A chat completion as it comes: chunks of a stream, or one document from a
// server that does not stream. Collects what was said and knows when it is
// over. Pure; the adapter does the reading.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agents/openai/tool_calls.h"
#include "base/json.h"
#include "base/result.h"
#include "task/event.h"

namespace meshai::agents::openai {

class Completion {
  public:
    /// One `data:` payload of the stream, or a whole document. AgentProtocol
    /// says what is wrong with it, AgentFailed holds the server's own words.
    Status take(std::string_view data);

    /// The text that came since the last call.
    std::string new_text() { return std::exchange(new_text_, {}); }

    /// The model has been thinking aloud since the last call. Its thoughts are
    /// not part of the answer and are not kept.
    bool has_been_thinking() { return std::exchange(thinking_, false); }

    /// [DONE] has been said: nothing follows.
    bool is_done() const { return done_; }

    /// Why the model stopped; empty while it has not. A stream that ends after
    /// this is complete, with or without [DONE].
    const std::string& finish_reason() const { return finish_reason_; }

    /// What the model asks for, once it has stopped.
    const std::vector<ToolCall>& tool_calls() const { return tool_calls_.all(); }

    task::Usage usage() const { return usage_; }

  private:
    Status take_choice(const json::object& choice);

    std::string new_text_{};
    std::string finish_reason_{};
    task::Usage usage_{};
    ToolCalls tool_calls_{};
    bool thinking_ = false;
    bool done_ = false;
};

}  // namespace meshai::agents::openai
