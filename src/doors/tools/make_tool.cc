#include "doors/tools/make_tool.h"

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

json::object error_json(const Error& error) {
    return {{"code", code_name(error.code)}, {"message", error.message}};
}

}  // namespace meshai::doors
