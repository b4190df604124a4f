// workflow/calls.h
//
// Workflows within workflows: whether the one that is called exists, and
// whether it leads back to where it is called from. One part of check.h.
// Private to this room.
#pragma once

#include <optional>
#include <string>

#include "workflow/check.h"

namespace meshai::workflow {

/// What is wrong with a call in the definition `caller`, or nothing. Needs known.workflow.
std::optional<std::string> complaint_of_call(const Call& call, const std::string& caller, const Known& known);

}  // namespace meshai::workflow
