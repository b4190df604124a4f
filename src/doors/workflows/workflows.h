// doors/workflows/workflows.h
//
// The door for workflows over plain HTTP: what there is to run, what a tenant
// puts there (with its versions), whether a definition is right, and a run by
// name. A run is a task like any other: it is followed, answered and cancelled
// under /api/v1/tasks. And the family's call for several agents at once.
#pragma once

#include "doors/front/call.h"

namespace meshai::doors {

std::vector<Route> workflow_routes();
std::vector<Route> multi_agent_routes();

/// The family's clients wait so long for several agents.
inline constexpr Duration kMultiAgentWaitMax = std::chrono::seconds(180);

/// Agents whose results one answer names; each result has at most kEachAgentBytesMax as JSON.
inline constexpr std::size_t kAgentResultsMax = 64;
inline constexpr std::size_t kEachAgentBytesMax = 256U << 10U;

}  // namespace meshai::doors
