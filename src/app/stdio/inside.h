// app/stdio/inside.h
//
// `meshai mcp --config FILE`: a whole server inside the process of its only
// client. The same House as everywhere, on one thread, that listens on a
// network in memory: no port is opened, nobody else can reach it, and the key
// it is reached with is made for this process and forgotten with it. Agents
// are reached over the real network.
#pragma once

#include <functional>
#include <string>

#include "app/config/config.h"
#include "base/log.h"
#include "net/network.h"

namespace meshai::app {

/// What the client inside gets. Outlives it.
struct Inside {
    std::string url;
    std::string key;        ///< of the tenant, with every right
    net::Network& network;  ///< on which the server listens
    Clock& clock;
    Log& log;
};

/// The client. The server ends when it ends; a signal cancels it.
using Guest = std::function<Async<void>(Inside inside)>;

/// Serves until the guest has ended; gives the exit code.
int serve_inside(const Config& config, const std::string& tenant, const Guest& guest);

/// Whose tasks and agents the guest sees when nothing else is said.
inline constexpr std::string_view kInsideTenant = "default";

/// Tasks that still run then are left in the log; the next start goes on with them.
inline constexpr Duration kInsideGrace = std::chrono::seconds(1);

}  // namespace meshai::app
