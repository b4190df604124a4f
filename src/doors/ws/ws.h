// doors/ws/ws.h
//
// The door for WebSockets: /v1/ws and /ws. Everything that REST and the streams
// offer of tasks, for many tasks on one connection. A view like the others: it
// keeps cursors while a connection lives, and nothing after it.
#pragma once

#include "doors/front/call.h"

namespace meshai::doors {

std::vector<Route> websocket_routes();

}  // namespace meshai::doors
