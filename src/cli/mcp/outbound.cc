#include "cli/mcp/outbound.h"

#include <algorithm>

namespace meshai::cli::mcp {
namespace {

namespace rpc = wire::jsonrpc;

bool has_outcome(const json::object& message) {
    return find(message, "result") != nullptr || find(message, "error") != nullptr;
}

bool is_message(const json::value& value) {
    const auto* message = value.if_object();
    return message && find_string(*message, "jsonrpc") == "2.0" &&
           (find_string(*message, "method") || (find(*message, "id") && has_outcome(*message)));
}

}  // namespace

std::vector<const json::object*> Outbound::answers() const {
    std::vector<const json::object*> found;
    const auto look_at = [&](const json::value& value) {
        const auto& message = value.get_object();
        if (!find(message, "method")) found.push_back(&message);
    };
    if (const auto* batch = tree.if_array())
        std::ranges::for_each(*batch, look_at);
    else
        look_at(tree);
    return found;
}

std::optional<Outbound> read_outbound(std::string text) {
    auto tree = parse_json(text);
    if (!tree) return std::nullopt;
    const auto* batch = tree->if_array();
    const bool is_good =
        batch ? !batch->empty() && std::ranges::all_of(*batch, is_message) : is_message(*tree);
    if (!is_good) return std::nullopt;
    // RFC 8259, section 2: a newline in JSON is insignificant whitespace; in a string it stands escaped.
    std::ranges::replace_if(text, [](char c) { return c == '\n' || c == '\r'; }, ' ');
    return Outbound{std::move(text), std::move(*tree)};
}

std::string error_line(const Error& error, const rpc::RequestId& id) {
    return to_text(rpc::error_message(rpc::fault_of(error, id.as_json())));
}

std::string error_line(const json::object& error, const rpc::RequestId& id) {
    return to_text(json::object{{"jsonrpc", "2.0"}, {"id", id.as_json()}, {"error", error}});
}

}  // namespace meshai::cli::mcp
