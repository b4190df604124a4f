#include "cli/mcp/tool_headers.h"

namespace meshai::cli::mcp {
namespace {

/// A string as it is, a number or truth value as JSON writes it; nothing for a list or an object.
std::optional<std::string> text_of(const json::value& value) {
    if (value.is_string()) return std::string(value.get_string());
    if (value.is_double()) return to_text(json_number(value.get_double()));
    if (value.is_bool() || value.is_number()) return to_text(value);
    return std::nullopt;
}

}  // namespace

void ToolHeaders::learn(const json::object& result) {
    const auto* tools = find_array(result, "tools");
    if (!tools) return;
    for (const auto& item : *tools) {
        const auto* tool = item.if_object();
        const auto name = tool ? find_string(*tool, "name") : std::nullopt;
        if (!name) continue;
        tools_.erase(*name);
        const auto* schema = find_object(*tool, "inputSchema");
        if (!schema || tools_.size() >= kToolsMax) continue;
        auto params = wire::mcp::header_params(*schema);
        if (params && !params->empty()) tools_.emplace(*name, std::move(*params));
    }
}

net::http::Headers ToolHeaders::headers_of(const Inbound& message) const {
    net::http::Headers headers;
    if (!message.version.empty()) headers.add(std::string(wire::mcp::kHeaderVersion), message.version);
    if (message.method.empty()) return headers;
    headers.add(std::string(wire::mcp::kHeaderMethod), wire::mcp::encode_header_value(message.method));
    if (const auto name = wire::mcp::name_in_body(message.method, message.params))
        headers.add(std::string(wire::mcp::kHeaderName), wire::mcp::encode_header_value(*name));
    if (message.method == "tools/call") add_arguments(headers, message.params);
    return headers;
}

void ToolHeaders::add_arguments(net::http::Headers& headers, const json::object& params) const {
    const auto name = find_string(params, "name");
    const auto* arguments = find_object(params, "arguments");
    const auto tool = name ? tools_.find(*name) : tools_.end();
    if (!arguments || tool == tools_.end()) return;
    for (const auto& wanted : tool->second) {
        const auto* value = wire::mcp::value_at(*arguments, wanted.path);
        const auto text = value ? text_of(*value) : std::nullopt;
        if (!text) continue;
        headers.add(std::string(wire::mcp::kHeaderParamPrefix) + wanted.name,
                    wire::mcp::encode_header_value(*text));
    }
}

}  // namespace meshai::cli::mcp
