// doors/rest/catalog.h
//
// What the server offers, as plain JSON for clients that speak no MCP: the
// lists of the toolbox as the newest revision writes them, whole, and the
// numbers of the server. Nothing is called and nothing is kept here.
#pragma once

#include "doors/front/call.h"

namespace meshai::doors {

/// GET /v1/tools, /v1/resources, /v1/stats.
std::vector<Route> catalog_routes();

/// Resources of one list, where the client does not say how many.
inline constexpr std::uint64_t kListedResources = 50;

}  // namespace meshai::doors
