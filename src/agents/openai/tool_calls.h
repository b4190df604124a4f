// agents/openai/tool_calls.h
//
// The tools that a model asks for in one completion, put together from the
// pieces in which a stream brings them, or taken from a document. Bounded: a
// model can ask for more than anybody wants to hold. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace meshai::agents::openai {

struct ToolCall {
    std::string id{};  ///< never empty
    std::string name{};
    std::string arguments{};  ///< JSON, as the model wrote it
};

/// Of one completion; a model that asks for more breaks the contract. Fewer are run
/// (kToolCallsPerRoundMax), the others are told so.
inline constexpr std::size_t kToolCallsHeldMax = 32;
inline constexpr std::size_t kToolArgumentsBytesMax = 256U << 10U;  ///< of all of them together
inline constexpr std::size_t kToolNameBytesMax = 128;               ///< and ids

class ToolCalls {
  public:
    /// The "tool_calls" of one chunk or of a message. AgentProtocol says what is wrong.
    Status take(const json::value& pieces);

    const std::vector<ToolCall>& all() const { return calls_; }

  private:
    Result<std::size_t> place_of(const json::object& piece, std::size_t position);
    Status add(ToolCall& call, const json::object& piece);

    std::vector<ToolCall> calls_{};
    std::vector<std::int64_t> indices_{};  ///< what the model calls each of them
    std::size_t argument_bytes_ = 0;
};

}  // namespace meshai::agents::openai
