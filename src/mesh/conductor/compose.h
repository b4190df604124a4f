// mesh/conductor/compose.h
//
// What a client means by a workflow, as the definition that runs. A request
// names a workflow of the library ("review", "review@3") or says how agents
// shall work together ({"strategy": "parallel"}); here it gets the whole
// definition, and the input that this one takes.
#pragma once

#include "mesh/conductor/conductor.h"

namespace meshai::mesh {

/// Agents that work together where the client names none: so many of those that can.
inline constexpr std::size_t kTogetherMax = 3;

/// `request.workflow` with a definition in it. Unchanged where one is there already.
/// NotFound for a name that the library does not have, InvalidArgument.
Status compose(const TenantId& tenant, const Registry& registry, const Library& library,
               task::Request& request);

}  // namespace meshai::mesh
