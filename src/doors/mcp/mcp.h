// doors/mcp/mcp.h
//
// The door for clients that speak JSON-RPC: POST /v1/mcp and POST
// /v1/mcp/stream of the guide. Which dialect a client gets is decided once per
// request from the path and its Accept; what is behind it is the same task.
// Methods: initialize, ping, tools/list, tools/call of mesh_execute; every
// notification is taken with 202.
#pragma once

#include "doors/front/call.h"

namespace meshai::doors {

std::vector<Route> mcp_routes();

}  // namespace meshai::doors
