#include "doors/mcp/sessions/handshake.h"

namespace meshai::doors::mcp {
namespace {

namespace rpc = wire::jsonrpc;

json::object result_of(const Toolbox& toolbox, const wire::mcp::Codec& codec) {
    json::object result;
    result["protocolVersion"] = wire::mcp::name_of(codec.revision());
    result["capabilities"] = codec.capabilities(toolbox.abilities());
    result["serverInfo"] = codec.implementation(toolbox.identity());
    if (auto instructions = toolbox.instructions(); !instructions.empty())
        result["instructions"] = std::move(instructions);
    return result;
}

}  // namespace

std::expected<Handshake, rpc::Fault> shake_hands(const Toolbox& toolbox, const rpc::Request& request) {
    const auto refuse = [&](std::string sentence) {
        return std::unexpected(rpc::Fault{rpc::kInvalidParams, std::move(sentence), request.id.as_json()});
    };
    const auto* wanted = find(request.params, "protocolVersion");
    if (!wanted || !wanted->is_string())
        return refuse(
            "\"protocolVersion\" is needed: the revision of MCP that you speak, like \"2025-11-25\".");
    const auto* capabilities = find(request.params, "capabilities");
    if (capabilities && !capabilities->is_object()) return refuse("\"capabilities\" must be an object.");
    auto abilities =
        wire::mcp::read_client_abilities(capabilities ? capabilities->get_object() : json::object{});
    if (!abilities) return refuse(abilities.error().message);

    const auto& codec = wire::mcp::codec_of(wire::mcp::agree(wanted->get_string()));
    return Handshake{{codec, std::move(*abilities)}, result_of(toolbox, codec)};
}

}  // namespace meshai::doors::mcp
