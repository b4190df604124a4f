// doors/rest/input.h
//
// Questions of a task over plain HTTP: what it asks, with a link for a person to
// answer by, and the answers. Everything is a view of the log; an answer is in
// it before the call is answered. One executor per call.
#pragma once

#include "doors/front/call.h"

namespace meshai::doors {

std::vector<Route> input_routes();

}  // namespace meshai::doors
