// workflow/check.h
//
// Everything that can be refused when a workflow is submitted, before anything
// of it runs: steps that wait for each other, expressions that cannot be read
// or refer to what is not there, agents nobody knows, workflows within
// themselves. A definition without problems can only fail for what happens
// while it runs. Pure; what the server knows comes in through `Known`.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/definition.h"

namespace meshai::workflow {

/// What is there beside the definition. A question that is not set is not asked.
struct Known {
    std::function<bool(std::string_view)> agent;             ///< by id or name
    std::function<bool(std::string_view)> capability;        ///< some agent offers it
    std::function<bool(std::string_view)> routing_strategy;  ///< by name or alias
    /// The definition of "name" or "name@version".
    std::function<std::optional<Definition>(std::string_view)> workflow;
};

inline constexpr std::size_t kCallDepthMax = 8;         ///< workflows within workflows
inline constexpr std::size_t kCalledWorkflowsMax = 64;  ///< different ones, reached from one definition

/// All problems, in the order of the text, at most kProblemsMax. Wanted agents that nobody knows are none
/// where capabilities stand beside them: routing falls back to these.
std::vector<Problem> check(const Definition& definition, const Known& known);

/// The same for a definition whose input is known already: a path that it does not have is a problem, too.
std::vector<Problem> check(const Definition& definition, const Known& known, const json::value& input);

/// Whether `input` fits input_schema. InvalidArgument names the members that do not.
Status check_input(const Definition& definition, const json::value& input);

}  // namespace meshai::workflow
