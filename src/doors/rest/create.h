// doors/rest/create.h
//
// The REST calls that create tasks: submit and leave, submit and stream,
// submit and wait, go on from another task.
#pragma once

#include "doors/front/call.h"

namespace meshai::doors {

std::vector<Route> creating_routes();

}  // namespace meshai::doors
