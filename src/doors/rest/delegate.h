// doors/rest/delegate.h
//
// The door for an agent in the middle of its work: it hands part of its task to
// the mesh, or asks the person whose task it is, with the key it was given for
// this attempt and no other. A call waits for the outcome for a while; the same
// call again waits on for the same, so that a lost answer costs nothing. All of
// it is in the log of the task. One executor per call.
#pragma once

#include "doors/front/call.h"

namespace meshai::doors {

std::vector<Route> delegate_routes();

}  // namespace meshai::doors
