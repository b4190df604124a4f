// cli/mcp/process.h
//
// `meshai mcp` as a process: the bridge between this process's stdin and
// stdout and a server. Where that server is, over the network or inside this
// very process, is the caller's business.
#pragma once

#include "cli/mcp/stdio.h"
#include "net/network.h"

namespace meshai::cli::mcp {

/// Where the server is and how it is reached. Everything outlives the bridge.
struct Way {
    net::Network& network;
    Clock& clock;
    Log& log;
    Target server;
};

/// Carries lines until stdin closes or the caller is cancelled.
Async<void> bridge(Way way, Streams streams);

/// The whole command for a server that runs elsewhere: real network, real
/// clock, SIGTERM and ^C. Gives the exit code.
int run_bridge(const TargetFlags& flags);

}  // namespace meshai::cli::mcp
