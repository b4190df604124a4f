// agents/cost.h
//
// What a call costs, from the operator's prices and the tokens used. Every
// adapter asks it when a run ends well; a run that failed costs nothing here,
// whatever the agent's own bill says. Pure.
#pragma once

#include "agents/spec.h"
#include "task/event.h"

namespace meshai::agents {

/// `usage` with its cost filled in. A cost that the agent states itself (a
/// remote mesh does) is taken where the operator has set no price.
task::Usage with_cost(task::Usage usage, const Cost& price);

}  // namespace meshai::agents
