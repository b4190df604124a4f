#include "net/ws/upgrade.h"

#include <fmt/format.h>

#include <algorithm>

namespace meshai::net::ws {
namespace {

constexpr std::size_t kKeyBytes = 24;  // base64 of 16 bytes

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Whether any field of that name names the token; a list may stand in several fields (RFC 9110 5.3).
bool names(const http::Headers& headers, std::string_view field, std::string_view token) {
    return std::ranges::any_of(headers.fields(), [&](const auto& entry) {
        return http::equals_ignoring_case(entry.first, field) && http::has_token(entry.second, token);
    });
}

bool is_base64_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

/// RFC 6455 4.2.1: "a base64-encoded value that, when decoded, is 16 bytes in length".
bool is_key(std::string_view key) {
    return key.size() == kKeyBytes && key.ends_with("==") &&
           std::ranges::all_of(key.substr(0, kKeyBytes - 2), is_base64_letter);
}

bool has_body(const http::Headers& headers) {
    const auto length = headers.get("Content-Length");
    return headers.count("Transfer-Encoding") > 0 || (length && *length != "0");
}

/// RFC 9110 15.5.22: a 426 "MUST" name the protocol in Upgrade; RFC 6455 4.4: and the versions.
Refusal upgrade_required(std::string detail) {
    return Refusal{
        426, std::move(detail), {{"Upgrade", "websocket"}, {"Sec-WebSocket-Version", std::string(kVersion)}}};
}

}  // namespace

bool Offer::has_protocol(std::string_view name) const {
    return std::ranges::find(protocols, name) != protocols.end();
}

std::vector<std::string> offered_protocols(const http::Headers& headers) {
    std::vector<std::string> protocols;
    for (const auto& [name, value] : headers.fields()) {
        if (!http::equals_ignoring_case(name, "Sec-WebSocket-Protocol")) continue;
        for (auto rest = std::string_view(value); !rest.empty() && protocols.size() <= kProtocolsMax;) {
            const auto comma = std::min(rest.find(','), rest.size());
            const auto item = trimmed(rest.substr(0, comma));
            if (!item.empty()) protocols.emplace_back(item);
            rest.remove_prefix(std::min(comma + 1, rest.size()));
        }
    }
    return protocols;
}

std::expected<Offer, Refusal> read_offer(const http::RequestHead& head) {
    const auto& headers = head.headers;
    const bool is_asked = head.method == "GET" && head.version_minor > 0 &&
                          names(headers, "Upgrade", "websocket") && names(headers, "Connection", "Upgrade");
    if (!is_asked)
        return std::unexpected(upgrade_required("This is a WebSocket: connect with a WebSocket client."));
    if (headers.get("Sec-WebSocket-Version") != kVersion)
        return std::unexpected(
            upgrade_required(fmt::format("The version of WebSocket that is spoken here is {}.", kVersion)));
    const auto key = headers.get("Sec-WebSocket-Key");
    if (!key || !is_key(*key))
        return std::unexpected(
            Refusal{400, "Sec-WebSocket-Key must stand there once and be 16 bytes in base64."});
    if (has_body(headers)) return std::unexpected(Refusal{400, "A WebSocket begins without a body."});
    Offer offer;
    offer.host = headers.get("Host").value_or("");
    offer.target = head.target;
    offer.key = *key;
    offer.protocols = offered_protocols(headers);
    if (offer.protocols.size() > kProtocolsMax)
        return std::unexpected(
            Refusal{400, fmt::format("At most {} subprotocols can be offered.", kProtocolsMax)});
    return offer;
}

}  // namespace meshai::net::ws
