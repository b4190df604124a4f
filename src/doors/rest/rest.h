// doors/rest/rest.h
//
// The door for plain HTTP: tasks, agents and statistics under /api/v1. Each
// answer is a view of the log or of the registry; nothing is kept here.
#pragma once

#include "doors/front/call.h"

namespace meshai::doors {

std::vector<Route> task_routes();
std::vector<Route> agent_routes();

}  // namespace meshai::doors
