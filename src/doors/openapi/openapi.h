// doors/openapi/openapi.h
//
// The description of the API (OpenAPI 3.1), made from the table by which the
// server routes: a path that is served is described, and the other way round.
// Pure.
#pragma once

#include "base/json.h"
#include "doors/house.h"
#include "doors/route/route.h"

namespace meshai::doors {

json::object openapi(const RouteTable& routes, const Identity& identity);

/// The schemas that the rows name, under components.
json::object openapi_schemas();

}  // namespace meshai::doors
