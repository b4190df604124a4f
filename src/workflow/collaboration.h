// workflow/collaboration.h
//
// The parts of a collaboration that others compile from, too: the steps for a
// task that stands in the definition, and the one synthesis at an end. Private
// to this room.
#pragma once

#include <string>
#include <vector>

#include "workflow/definition.h"
#include "workflow/expression.h"
#include "workflow/members.h"

namespace meshai::workflow {

/// The definition, with `task` as the template of the task.
Read compiled(const Collaboration& together, const json::value& task);

/// One step after all of `of` that makes one answer of theirs. `task` is a template in a text.
Step synthesis(const std::vector<Step>& of, std::string id, const std::string& task,
               const std::vector<std::string>& agents, const std::vector<std::string>& capabilities);

}  // namespace meshai::workflow
