#include "cli/mcp/inbound.h"

#include "wire/mcp/codec.h"

namespace meshai::cli::mcp {
namespace {

namespace rpc = wire::jsonrpc;

/// Params of a message of 2026-07-28 carry the version; older ones never do.
void find_era(Inbound& message) {
    const auto* meta = find_object(message.params, "_meta");
    const auto* version = meta ? find(*meta, wire::mcp::kMetaProtocolVersion) : nullptr;
    if (!version) return;
    message.era = Era::Stateless;
    if (version->is_string()) message.version = version->get_string();
}

/// A failed answer whose sender could not read our id is no request: answering it would never end.
bool is_nameless_answer(std::string_view line) {
    const auto object = parse_json_object(line);
    return object && !find(*object, "method") && (find(*object, "error") || find(*object, "result"));
}

Inbound read_one(std::string line, rpc::Message message) {
    Inbound inbound{.text = std::move(line), .ids = {}};
    if (auto* request = std::get_if<rpc::Request>(&message)) {
        inbound.ids.push_back(std::move(request->id));
        inbound.method = std::move(request->method);
        inbound.params = std::move(request->params);
    } else if (auto* notification = std::get_if<rpc::Notification>(&message)) {
        inbound.kind = Inbound::Kind::Notification;
        inbound.method = std::move(notification->method);
        inbound.params = std::move(notification->params);
    } else {
        inbound.kind = Inbound::Kind::Response;
    }
    find_era(inbound);
    return inbound;
}

// MCP 2025-03-26, base protocol: "MCP implementations […] MUST support receiving
// JSON-RPC batches." Each message in it has its own verdict, which is the server's to give.
Inbound read_batch(std::string line, const rpc::Body& body) {
    Inbound inbound{.kind = Inbound::Kind::Batch, .text = std::move(line), .ids = {}};
    for (const auto& message : body.messages)
        if (message && std::holds_alternative<rpc::Request>(*message))
            inbound.ids.push_back(std::get<rpc::Request>(*message).id);
    return inbound;
}

}  // namespace

std::expected<Inbound, std::string> read_inbound(std::string line) {
    auto body = rpc::parse_body(line, rpc::Version::MayBeAbsent);
    if (!body) return std::unexpected(to_text(rpc::error_message(body.error())));
    if (body->is_batch) return read_batch(std::move(line), *body);
    auto& message = body->messages.front();
    if (message) return read_one(std::move(line), std::move(*message));
    if (is_nameless_answer(line)) return std::unexpected(std::string());
    return std::unexpected(to_text(rpc::error_message(message.error())));
}

std::expected<rpc::RequestId, Error> cancelled_id(const json::object& params) {
    auto id = id_of(find(params, "requestId"));
    if (id) return std::move(*id);
    return std::unexpected(
        Error{Code::InvalidArgument, "A notifications/cancelled names no request that could be cancelled."});
}

std::optional<rpc::RequestId> id_of(const json::value* id) {
    if (!id) return std::nullopt;
    if (const auto* text = id->if_string()) return rpc::RequestId{std::string(*text)};
    if (const auto* number = id->if_int64()) return rpc::RequestId{*number};
    if (const auto* number = id->if_uint64()) return rpc::RequestId{*number};
    return std::nullopt;
}

}  // namespace meshai::cli::mcp
