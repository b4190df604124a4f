#include "doors/mcp/desk.h"

namespace meshai::doors::mcp {

Status Desk::open(const Seal::Key& key) {
    auto tools = ToolIndex::make(toolbox_);
    if (!tools) return tools.error();
    tools_ = std::move(*tools);
    seal_.emplace(key, random_);
    return {};
}

}  // namespace meshai::doors::mcp
