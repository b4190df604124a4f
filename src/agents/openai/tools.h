// agents/openai/tools.h
//
// The tools that a model gets where its agent may delegate: hand part of the
// work to the mesh, ask a person. Runs what one completion asks for, side by
// side, and gives each an answer in words; whatever the model did wrong and
// whatever failed goes back to it as a sentence. On the executor of the run.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "agents/adapter.h"
#include "agents/openai/tool_calls.h"

namespace meshai::agents::openai {

inline constexpr int kToolRoundsMax = 8;  ///< completions of one run that may ask for tools
inline constexpr std::size_t kToolCallsPerRoundMax = 8;
/// Of a tool's answer the model is told so much; the whole stands in the child's log.
inline constexpr std::size_t kToolAnswerBytesMax = 64U << 10U;

/// Adds the tools to a chat completions request.
void offer_tools(json::object& request);

/// Adds what the model said and what its tools answered, for the next completion.
void add_round(json::object& request, const std::string& text, const std::vector<ToolCall>& calls,
               const std::vector<std::string>& answers);

/// The tools of one run.
class Tooling {
  public:
    Tooling(const Spec& spec, const Tools& tools, Sink& sink) : spec_(spec), tools_(tools), sink_(sink) {}

    /// One answer for each call, in order. Fails when the run is over, and only then.
    Async<Result<std::vector<std::string>>> run(std::vector<ToolCall> calls);

  private:
    struct Round;
    Async<void> run_one(Round& round, std::size_t which, ToolCall call, int number);
    Async<Result<std::string>> answer_to(ToolCall call, int number);
    Async<Result<std::string>> delegate(std::string which, std::string said, json::object arguments);
    Async<Result<std::string>> ask_human(std::string which, std::string said, json::object arguments);

    const Spec& spec_;
    const Tools& tools_;
    Sink& sink_;
    int number_ = 0;  ///< of the calls of the whole run: part of what a child is found by
};

}  // namespace meshai::agents::openai
