#include "doors/mcp/core/classify.h"

#include <algorithm>

#include "wire/mcp/codec.h"

namespace meshai::doors::mcp {
namespace {

namespace rpc = wire::jsonrpc;

std::unexpected<Refusal> refuse(int number, std::string message, json::value id = nullptr) {
    return std::unexpected(Refusal{400, rpc::Fault{number, std::move(message), std::move(id)}});
}

// The header names a revision of the stateless era.
bool names_stateless(const Incoming& incoming) {
    const auto revision = incoming.version ? wire::mcp::revision_of(*incoming.version) : std::nullopt;
    return revision && era_of(*revision) == wire::mcp::Era::Stateless;
}

// What is neither stateless nor `initialize`: the guide's clients, or a session.
Way way_without_envelope(const Incoming& incoming) {
    const bool is_of_guide =
        incoming.place == Place::Guide && !incoming.has_session && !incoming.version.has_value();
    return is_of_guide ? Way::Guide : Way::Sessions;
}

const json::object* params_of(const rpc::Message& message) {
    if (const auto* request = std::get_if<rpc::Request>(&message)) return &request->params;
    if (const auto* notification = std::get_if<rpc::Notification>(&message)) return &notification->params;
    return nullptr;
}

std::expected<Way, Refusal> classify_batch(const Incoming& incoming, const rpc::Body& body) {
    const bool is_stateless =
        names_stateless(incoming) || std::ranges::any_of(body.messages, [](const auto& message) {
            const auto* params = message ? params_of(*message) : nullptr;
            return params && has_envelope(*params);
        });
    if (is_stateless) return refuse(rpc::kInvalidRequest, "2026-07-28 has no batches; send one message.");
    return way_without_envelope(incoming);
}

std::expected<Way, Refusal> classify_request(const Incoming& incoming, const rpc::Request& request) {
    if (has_envelope(request.params)) return Way::Stateless;
    const auto id = request.id.as_json();
    if (request.method == "initialize") {
        if (names_stateless(incoming))
            return refuse(wire::mcp::kHeaderMismatch,
                          "MCP-Protocol-Version names a revision that has no initialize.", id);
        return Way::Sessions;
    }
    if (names_stateless(incoming))
        return refuse(rpc::kInvalidParams,
                      "This revision needs \"_meta\" with io.modelcontextprotocol/protocolVersion and "
                      "io.modelcontextprotocol/clientCapabilities in every request.",
                      id);
    return way_without_envelope(incoming);
}

}  // namespace

bool has_envelope(const json::object& params) {
    const auto* meta = find_object(params, "_meta");
    return meta && meta->contains(wire::mcp::kMetaProtocolVersion);
}

std::expected<Way, Refusal> classify(const Incoming& incoming, const rpc::Body& body) {
    if (body.is_batch) return classify_batch(incoming, body);
    const auto& message = body.messages.front();
    if (!message) return std::unexpected(Refusal{400, message.error()});
    if (const auto* request = std::get_if<rpc::Request>(&*message))
        return classify_request(incoming, *request);
    const auto* params = params_of(*message);
    // 2026-07-28 says nothing of the header fields of a notification: none is asked for.
    if (params && (has_envelope(*params) || names_stateless(incoming))) return Way::Nothing;
    return way_without_envelope(incoming);
}

}  // namespace meshai::doors::mcp
