// net/tcp/resolve.h
//
// Names to addresses, by the system's resolver; literals are taken as they
// are. Used by the real network before it connects or listens. It judges no
// address: whoever connects does.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/result.h"
#include "net/network.h"

namespace meshai::net {

using tcp = asio::ip::tcp;

/// More addresses of one name are not tried.
inline constexpr std::size_t kAddressesMax = 8;

/// Asks in the background. A deadline or a cancellation ends the wait; the
/// system's question, which nobody can take back, ends on its own.
Async<Result<std::vector<tcp::endpoint>>> resolve(Clock& clock, Endpoint to, MonoTime deadline);

/// Asks and waits: for the start of the server only.
Result<tcp::endpoint> resolve_now(const Endpoint& at);

}  // namespace meshai::net
