// app/house/house.h
//
// The whole server, built in one place, top to bottom, each part given what it
// needs by reference and torn down in reverse. It does not know where its
// store, network, clock and randomness come from: the real command gives the
// real ones, a test gives its own and has the same server in memory. It starts
// no thread and reads no file.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "agents/process/launcher.h"
#include "app/config/config.h"
#include "auth/gate.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "doors/house.h"
#include "doors/toolbox/toolbox.h"
#include "mesh/executor/executor.h"
#include "net/network.h"
#include "store/engine.h"
#include "task/log.h"

namespace meshai::app {

/// What the house is built of. Everything outlives it.
struct Parts {
    store::Engine& engine;
    net::Network& network;  ///< to agents, and to listen for clients
    Clock& clock;
    Random& random;
    Log& log;
    Metrics& metrics;
    std::vector<Executor> threads;  ///< at least one; the first is the house's own

    /// How agents are talked to; tests give their own.
    mesh::AdapterFactory make_adapter{};
    /// Whether agents reach the doors by their address; not so where they are inside of a process.
    bool has_address = true;
    /// Local programs, one launcher per thread; without it command agents are not offered.
    std::function<std::unique_ptr<agents::ProcessLauncher>(Executor)> make_launcher{};

    /// What the door of MCP serves, where it is not the product's own toolbox.
    std::function<std::unique_ptr<doors::Toolbox>(const doors::ToolboxNeeds&)> make_toolbox{};
    /// Lets everybody in as this principal: for servers of tests, never from a configuration.
    std::optional<auth::Principal> everybody{};
};

class House {
  public:
    House(const Config& config, Parts parts);
    ~House();
    House(const House&) = delete;
    House& operator=(const House&) = delete;

    /// Takes the agents in, goes on with what an earlier run left unfinished,
    /// and only then opens the doors. Gives the address they are at. On the first thread, once.
    Async<Result<net::Endpoint>> open();

    /// Closes the doors: no new connections and tasks; streams end with an id
    /// to resume at; tasks may go on for `grace`, and what still runs then is
    /// left in the log for the next start. On the first thread, once.
    Async<void> close(Duration grace);

    task::TaskLog& tasks();
    mesh::Registry& registry();
    mesh::TaskExecutor& executor();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace meshai::app
