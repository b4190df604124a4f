// app/operator/running.h
//
// The server as a process: real clock, real network, real store and threads
// around one House, from the first line of the log to the last connection.
// `serve` and `dev` differ in what they say once it is ready.
#pragma once

#include <functional>
#include <string>

#include "app/config/config.h"
#include "app/house/house.h"
#include "app/house/settings.h"

namespace meshai::app {

/// A server whose doors are open.
struct Ready {
    std::string url;  ///< "http://127.0.0.1:8080"
    store::Engine& engine;
    Clock& clock;
    Random& random;
};

/// Says that the server is ready; an error ends it again.
using Announce = std::function<Async<Status>(Ready)>;

/// Changes what the house is built of, for a server that is not the product.
using Refit = std::function<void(Parts& parts)>;

/// Serves until SIGTERM or SIGINT and gives the exit code: 0 after an orderly end.
int run_server(const Config& config, const Announce& announce, const Refit& refit = {});

/// `meshai serve`: the same, and `ready URL` as the one line on stdout.
int serve(const Config& config);

}  // namespace meshai::app
