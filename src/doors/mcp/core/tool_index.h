// doors/mcp/core/tool_index.h
//
// The tools of a toolbox, ready to be called: found by name, with the schema of
// their arguments compiled and the header fields they want repeated read out of
// it, once at start. A schema that does not compile is our bug and keeps the
// server from starting. Immutable afterwards; any thread.
#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "doors/toolbox/toolbox.h"
#include "wire/mcp/headers.h"
#include "wire/schema/schema.h"

namespace meshai::doors::mcp {

struct IndexedTool {
    const ToolEntry* entry;  ///< in the toolbox, which outlives the index
    wire::schema::Schema arguments;
    std::vector<wire::mcp::HeaderParam> header_params;  ///< H18
};

class ToolIndex {
  public:
    /// Of no tools.
    ToolIndex() = default;

    /// Configuration, naming the tool: a name that MCP does not allow (F9) or that
    /// is there twice, a schema that does not compile.
    static Result<ToolIndex> make(const Toolbox& toolbox);

    const IndexedTool* find(std::string_view name) const;

  private:
    std::map<std::string_view, IndexedTool> tools_{};
};

inline constexpr std::size_t kToolNameBytesMax = 128;

}  // namespace meshai::doors::mcp
