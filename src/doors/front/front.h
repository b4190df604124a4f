// doors/front/front.h
//
// The door behind the door: the one handler that net's server calls. It finds
// the route, asks the gate who it is before a byte of the body is read, checks
// the scope, and hands on to the door that owns the route. Whatever happens,
// the client gets an answer with its rate and its request id. Thread-safe: one
// front serves all connections of all threads.
#pragma once

#include "doors/front/call.h"

namespace meshai::doors {

/// Every route of the server, in the order in which they are tried.
RouteTable all_routes();

/// The handler for net::http::Server. `house` and `routes` outlive it.
net::http::Handler make_front(const House& house, const RouteTable& routes);

inline constexpr std::size_t kRequestIdBytesMax = 64;

}  // namespace meshai::doors
