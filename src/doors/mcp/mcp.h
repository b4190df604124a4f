// doors/mcp/mcp.h
//
// The door for clients that speak MCP, in all its revisions, at one endpoint:
// /v1/mcp, /mcp and /. The body of a message decides which era serves it
// (core/classify.h); /v1/mcp and /v1/mcp/stream also take the streaming guide's
// requests, which know neither. Behind all of them is one toolbox.
#pragma once

#include "doors/front/call.h"

namespace meshai::doors {

std::vector<Route> mcp_routes();

}  // namespace meshai::doors
