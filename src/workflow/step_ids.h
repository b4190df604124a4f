// workflow/step_ids.h
//
// Ids for steps that are made by program: from the name of an agent or from
// what a client calls a step, never twice the same. Private to this room.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace meshai::workflow {

class StepIds {
  public:
    /// Ids that are given already.
    explicit StepIds(std::set<std::string> used = {}) : used_(std::move(used)) {}

    /// "Code Reviewer" -> "code-reviewer", then "code-reviewer-2"; `fallback` where nothing is left of the
    /// name.
    std::string make(std::string_view name, std::string_view fallback);

  private:
    std::set<std::string> used_;
};

/// The result of a step, as an expression in a text: ${steps."code-reviewer".result}.
std::string result_hole(std::string_view id);

}  // namespace meshai::workflow
