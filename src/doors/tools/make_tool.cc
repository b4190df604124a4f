#include "doors/tools/make_tool.h"

#include "wire/meshai/frames.h"

namespace meshai::doors {

ToolEntry make_tool(const Means& means, const ToolWords& words, ToolCall call) {
    ToolEntry entry;
    entry.tool.name = words.name;
    entry.tool.title = words.title;
    entry.tool.description = words.description;
    entry.tool.input_schema = json::parse(words.input).as_object();
    if (!words.output.empty()) entry.tool.output_schema = json::parse(words.output).as_object();
    entry.tool.hints = words.hints;
    entry.tool.tasks = words.tasks;
    entry.scope = words.scope;
    entry.call = [means, call](Context& context, json::object arguments) {
        return call(means, context, std::move(arguments));
    };
    return entry;
}

wire::mcp::ToolResult structured_result(json::object value) {
    wire::mcp::ToolResult result;
    result.content.emplace_back(wire::mcp::Text{to_text(value)});
    result.structured = std::move(value);
    return result;
}

std::vector<std::string> strings_of(const json::object& arguments, std::string_view key) {
    return find_strings(arguments, key).value_or(std::vector<std::string>{});
}

std::vector<mesh::Agent> every_agent(const Means& means, const TenantId& tenant) {
    mesh::AgentQuery everyone;
    everyone.status = "all";
    everyone.include_offline = true;
    everyone.limit = mesh::kQueryLimitMax;
    return means.registry.list(tenant, everyone);
}

json::object error_json(const Error& error) {
    return {{"code", code_name(error.code)}, {"message", valid_utf8(error.message)}};
}

json::value bounded_result(const TaskId& id, const json::value& result, std::size_t bytes_max) {
    const auto* text = result.if_string();
    // Most results are small; only what may be too large is written to be measured.
    const auto written = text && text->size() <= bytes_max / 8 ? std::string() : to_text(result);
    if (written.size() <= bytes_max) return result;
    const auto whole = text ? std::string_view(*text) : std::string_view(written);
    return json::object{{"truncated", true},
                        {"bytes", written.size()},
                        {"preview", valid_utf8(utf8_prefix(whole, wire::guide::kPreviewBytesMax))},
                        {"result_url", wire::guide::result_url(id)}};
}

}  // namespace meshai::doors
