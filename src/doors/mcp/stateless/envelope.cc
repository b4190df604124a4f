#include "doors/mcp/stateless/envelope.h"

#include <fmt/format.h>

#include "doors/mcp/core/meta.h"

namespace meshai::doors::mcp {
namespace {

namespace rpc = wire::jsonrpc;
using wire::mcp::kHeaderMismatch;

Refusal refusal(const rpc::Request& request, int number, std::string message) {
    return {400, rpc::Fault{number, std::move(message), request.id.as_json()}};
}

std::string quoted(std::string_view text) {
    return fmt::format("\"{}\"", valid_utf8(utf8_prefix(text, 100)));
}

// The value of a field as it is meant, or what is wrong with it (H16, H17).
std::expected<std::string, Refusal> field_value(const net::http::Headers& headers, std::string_view name,
                                                const rpc::Request& request) {
    const auto field = headers.get(name);
    if (!field)
        return std::unexpected(refusal(
            request, kHeaderMismatch,
            fmt::format("The header field {} {}.", name,
                        headers.count(name) > 1 ? "must stand there once" : "is needed for this request")));
    auto value = wire::mcp::decode_header_value(*field);
    if (!value) return std::unexpected(refusal(request, kHeaderMismatch, value.error().message));
    return std::move(*value);
}

std::optional<Refusal> check_field(const net::http::Headers& headers, std::string_view name,
                                   std::string_view in_body, const rpc::Request& request) {
    const auto value = field_value(headers, name, request);
    if (!value) return value.error();
    if (*value == in_body) return std::nullopt;
    return refusal(
        request, kHeaderMismatch,
        fmt::format("The header field {} says {} and the body {}.", name, quoted(*value), quoted(in_body)));
}

// N4: protocolVersion and clientCapabilities are needed, the rest is optional and well-formed.
std::expected<Envelope, std::string> read_meta(const json::object& meta) {
    Envelope envelope;
    const auto* capabilities = find_object(meta, wire::mcp::kMetaClientCapabilities);
    if (!capabilities)
        return std::unexpected(
            fmt::format("\"_meta\" needs {}: an object.", wire::mcp::kMetaClientCapabilities));
    auto client = wire::mcp::read_client_abilities(*capabilities);
    if (!client) return std::unexpected(client.error().message);
    envelope.client = std::move(*client);

    const auto* info = find(meta, wire::mcp::kMetaClientInfo);
    if (info && !info->is_object())
        return std::unexpected(fmt::format("{} must be an object.", wire::mcp::kMetaClientInfo));
    if (const auto* level = find(meta, wire::mcp::kMetaLogLevel)) {
        if (level->is_string()) envelope.log_level = wire::mcp::log_level_of(level->get_string());
        if (!envelope.log_level)
            return std::unexpected(fmt::format("{} must be one of the levels of RFC 5424, such as \"info\".",
                                               wire::mcp::kMetaLogLevel));
    }
    return envelope;
}

// N5: -32022 names what there is instead.
Refusal unsupported(const rpc::Request& request, const std::string& wanted) {
    auto refused = refusal(request, wire::mcp::kUnsupportedVersion,
                           fmt::format("The revision {} is not served here.", quoted(wanted)));
    json::array supported;
    for (const auto& name : wire::mcp::stateless_names()) supported.emplace_back(name);
    refused.fault.details["supported"] = std::move(supported);
    refused.fault.details["requested"] = wanted;
    return refused;
}

}  // namespace

std::expected<Envelope, Refusal> read_envelope(const net::http::Headers& headers,
                                               const rpc::Request& request) {
    const auto* meta = find_object(request.params, "_meta");
    const auto version = meta ? find_string(*meta, wire::mcp::kMetaProtocolVersion) : std::nullopt;
    if (!version)
        return std::unexpected(
            refusal(request, rpc::kInvalidParams,
                    fmt::format("\"_meta\" needs {}: a string.", wire::mcp::kMetaProtocolVersion)));
    auto envelope = read_meta(*meta);
    if (!envelope) return std::unexpected(refusal(request, rpc::kInvalidParams, envelope.error()));

    if (auto differs = check_field(headers, wire::mcp::kHeaderVersion, *version, request))
        return std::unexpected(std::move(*differs));
    const auto revision = wire::mcp::revision_of(*version);
    if (!revision || era_of(*revision) != wire::mcp::Era::Stateless)
        return std::unexpected(unsupported(request, *version));
    envelope->revision = *revision;
    envelope->progress_token = progress_token(request.params);

    if (auto differs = check_field(headers, wire::mcp::kHeaderMethod, request.method, request))
        return std::unexpected(std::move(*differs));
    if (const auto name = wire::mcp::name_in_body(request.method, request.params))
        if (auto differs = check_field(headers, wire::mcp::kHeaderName, *name, request))
            return std::unexpected(std::move(*differs));
    return std::move(*envelope);
}

std::optional<Refusal> check_param_headers(const net::http::Headers& headers,
                                           const std::vector<wire::mcp::HeaderParam>& params,
                                           const rpc::Request& request) {
    const json::object none;
    const auto* arguments = find_object(request.params, "arguments");
    for (const auto& param : params) {
        const auto name = fmt::format("{}{}", wire::mcp::kHeaderParamPrefix, param.name);
        if (headers.count(name) > 1)
            return refusal(request, kHeaderMismatch,
                           fmt::format("The header field {} must stand there once.", name));
        const auto fine =
            wire::mcp::check_header_param(param, headers.get(name), arguments ? *arguments : none);
        if (!fine) return refusal(request, kHeaderMismatch, fine.error().message);
    }
    return std::nullopt;
}

}  // namespace meshai::doors::mcp
