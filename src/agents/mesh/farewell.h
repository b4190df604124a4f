// agents/mesh/farewell.h
//
// The last word to a remote mesh. A run that was cancelled cannot await
// anything any more, but the remote task has to hear of it: so the adapter
// owns a scope in which the DELETE is sent, once, with a bound on its time and
// on how many are under way. A farewell uses only what outlives the adapter,
// and goes on when the adapter is gone. On the adapter's executor.
#pragma once

#include <string>

#include "agents/adapter.h"
#include "base/scope.h"

namespace meshai::agents::mesh {

inline constexpr Duration kFarewellTime = std::chrono::seconds(2);
inline constexpr std::size_t kFarewellsMax = 64;

class Farewells {
  public:
    Farewells(Executor ex, Tools tools) : tools_(tools), scope_(ex, tools.clock, tools.log) {}

    /// Sends `request` (a cancellation), best effort, within kFarewellTime.
    void say(std::string agent, net::client::Request request);

    std::size_t under_way() const { return scope_.running(); }

  private:
    Tools tools_;
    Scope scope_;
};

}  // namespace meshai::agents::mesh
