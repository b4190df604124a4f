// doors/rest/agent_json.h
//
// How agents look in REST answers, and the bodies that change or look for
// them. Secrets never appear; of the operator's own agents a client does not
// learn where they live. Pure.
#pragma once

#include "base/json.h"
#include "mesh/registry/registry.h"

namespace meshai::doors {

json::object agent_json(const mesh::Agent& agent);

/// A body of PATCH or PUT; members that cannot be changed are ignored.
Result<mesh::Patch> parse_patch(const json::object& body);

/// A body of POST /api/v1/agents/discover.
Result<mesh::AgentQuery> parse_query(const json::object& body);

}  // namespace meshai::doors
