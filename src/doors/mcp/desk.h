// doors/mcp/desk.h
//
// What the door of MCP keeps while the server runs, beside the toolbox it
// serves: the index of its tools, the key that seals what clients carry for us,
// the count of listeners. Made by app with the house; opened, once, before the
// doors are. Thread-safe once it is open.
#pragma once

#include <optional>

#include "base/seal.h"
#include "doors/house.h"
#include "doors/mcp/core/tool_index.h"
#include "doors/mcp/stateless/listeners.h"

namespace meshai::doors::mcp {

class Desk {
  public:
    Desk(const Toolbox& toolbox, Random& random, Metrics& metrics)
        : toolbox_(toolbox), random_(random), listeners_(metrics) {}
    Desk(const Desk&) = delete;
    Desk& operator=(const Desk&) = delete;

    /// Before anything is served. Configuration when the toolbox cannot be offered.
    Status open(const Seal::Key& key);

    const ToolIndex& tools() const { return tools_; }
    const Seal& seal() const { return *seal_; }
    Listeners& listeners() { return listeners_; }

  private:
    const Toolbox& toolbox_;
    Random& random_;
    ToolIndex tools_{};
    std::optional<Seal> seal_{};
    Listeners listeners_;
};

}  // namespace meshai::doors::mcp
