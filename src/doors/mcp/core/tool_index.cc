#include "doors/mcp/core/tool_index.h"

#include <fmt/format.h>

namespace meshai::doors::mcp {
namespace {

// MCP 2025-11-25, tools, Tool Names: 1 to 128 characters, "uppercase and lowercase
// ASCII letters (A-Z, a-z), digits (0-9), underscore (_), hyphen (-), and dot (.)".
bool is_tool_name(std::string_view name) {
    constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
    return !name.empty() && name.size() <= kToolNameBytesMax &&
           name.find_first_not_of(kLetters) == std::string_view::npos;
}

Error wrong(std::string_view tool, std::string_view what) {
    return {Code::Configuration, fmt::format("The tool \"{}\" cannot be offered: {}", tool, what)};
}

}  // namespace

Result<ToolIndex> ToolIndex::make(const Toolbox& toolbox) {
    ToolIndex index;
    for (const auto& entry : toolbox.tools()) {
        const std::string_view name = entry.tool.name;
        if (!is_tool_name(name)) return wrong(name, "the name is not one that MCP allows.");
        auto schema = wire::schema::Schema::compile(entry.tool.input_schema);
        if (!schema) return wrong(name, schema.error().message);
        auto headers = wire::mcp::header_params(entry.tool.input_schema);
        if (!headers) return wrong(name, headers.error().message);
        IndexedTool tool{&entry, std::move(*schema), std::move(*headers)};
        if (!index.tools_.try_emplace(name, std::move(tool)).second)
            return wrong(name, "there are two of that name.");
    }
    return index;
}

const IndexedTool* ToolIndex::find(std::string_view name) const {
    const auto found = tools_.find(name);
    return found == tools_.end() ? nullptr : &found->second;
}

}  // namespace meshai::doors::mcp
