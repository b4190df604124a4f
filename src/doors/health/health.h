// doors/health/health.h
//
// The doors of the operator: is it alive, is it ready, which version, how is it
// doing, and what can be called here. Health and version answer without a key;
// metrics and the API description ask for one.
#pragma once

#include "doors/front/call.h"

namespace meshai::doors {

std::vector<Route> health_routes();

}  // namespace meshai::doors
