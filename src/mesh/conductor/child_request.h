// mesh/conductor/child_request.h
//
// What a step asks of a child: its templates filled in, and what the workflow's
// own request says about how things are run. Pure, but for what it reads.
// Private to this folder.
#pragma once

#include <expected>

#include "mesh/conductor/steps.h"

namespace meshai::mesh {

/// `is_fallback`: the agent of on_error does it.
std::expected<task::Request, StepFailure> child_request(const Stage& stage, const Here& here,
                                                        bool is_fallback);

}  // namespace meshai::mesh
