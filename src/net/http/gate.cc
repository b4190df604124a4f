#include "net/http/gate.h"

#include <fmt/format.h>

#include <algorithm>

#include "net/http/target.h"

namespace meshai::net::http {
namespace {

constexpr std::string_view kLoopbackNames[] = {"localhost", "127.0.0.1", "[::1]"};

bool is_port(std::string_view text) {
    return text.size() <= 5 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// The name in "name", "name:80" or "[::1]:80"; empty when it is none of them.
std::string_view without_port(std::string_view host) {
    const auto bracket = host.starts_with('[') ? host.find(']') : 0;
    if (bracket == std::string_view::npos) return {};
    const auto colon = host.find(':', bracket);
    if (colon == std::string_view::npos) return host;
    return is_port(host.substr(colon + 1)) ? host.substr(0, colon) : std::string_view{};
}

bool is_host_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._:[]").find(c) != std::string_view::npos;
}

bool is_host(std::string_view host) {
    return !without_port(host).empty() && std::ranges::all_of(host, is_host_letter);
}

/// The allow-list holds names without port; an IPv6 address may stand there without brackets.
bool is_same_name(std::string_view name, std::string_view allowed) {
    if (equals_ignoring_case(name, allowed)) return true;
    return name.starts_with('[') && equals_ignoring_case(name.substr(1, name.size() - 2), allowed);
}

bool is_loopback_name(std::string_view name) {
    return std::ranges::any_of(kLoopbackNames, [&](auto known) { return equals_ignoring_case(name, known); });
}

std::optional<Refusal> check_origin(const Headers& headers, const AllowList& allow) {
    const auto count = headers.count("Origin");
    if (count == 0) return std::nullopt;
    const auto origin = headers.get("Origin");
    if (origin && is_friendly_origin(*origin, allow)) return std::nullopt;
    return Refusal{
        403, "Pages of this Origin may not call this server. Add it to allowed_origins to change that."};
}

std::optional<Refusal> check_host(const Headers& headers, int version_minor, std::string_view authority,
                                  const AllowList& allow) {
    const auto count = headers.count("Host");
    // RFC 9112 3.2: 400 for an HTTP/1.1 request that lacks a Host field, has
    // more than one, or one with an invalid value.
    if (count > 1 || (count == 0 && version_minor > 0))
        return Refusal{400, fmt::format("There must be exactly one Host field; this request has {}.", count)};
    const auto host = headers.get("Host");
    if (host && !is_host(*host)) return Refusal{400, "The Host field is no host."};
    // RFC 9112 3.2.2: the authority of an absolute-form target takes the place
    // of the Host field. Both must be ours, so that neither can hide the other.
    const bool is_ours =
        (!host || is_own_host(*host, allow)) && (authority.empty() || is_own_host(authority, allow));
    if (!is_ours)
        return Refusal{421,
                       "This server does not answer for this Host. Add it to allowed_hosts to change that."};
    return std::nullopt;
}

std::optional<Refusal> check_method(std::string_view method) {
    if (method == "CONNECT" || method == "TRACE")
        return Refusal{405, fmt::format("This server does not allow {}.", method)};
    return std::nullopt;
}

}  // namespace

bool is_own_host(std::string_view host, const AllowList& allow) {
    const auto name = without_port(host);
    if (name.empty()) return false;
    return is_loopback_name(name) ||
           std::ranges::any_of(allow.hosts, [&](const auto& allowed) { return is_same_name(name, allowed); });
}

bool is_friendly_origin(std::string_view origin, const AllowList& allow) {
    // "null" is what sandboxed frames and local files send; it matches nothing here.
    for (const auto& allowed : allow.origins)
        if (equals_ignoring_case(origin, allowed)) return true;
    const auto separator = origin.find("://");
    if (separator == std::string_view::npos) return false;
    const auto scheme = origin.substr(0, separator);
    if (scheme != "http" && scheme != "https") return false;
    return is_loopback_name(without_port(origin.substr(separator + 3)));
}

std::expected<Admitted, Refusal> admit(Parser& parser, const AllowList& allow) {
    auto& headers = parser.headers();
    if (auto refused = check_origin(headers, allow)) return std::unexpected(*refused);
    if (auto refused = check_method(parser.method())) return std::unexpected(*refused);
    Admitted admitted;
    Target target;
    if (parser.target() == "*" && parser.method() == "OPTIONS") {
        target.path = "*";
    } else {
        auto parsed = parse_target(parser.target());
        if (!parsed) return std::unexpected(Refusal{400, parsed.error().message});
        target = std::move(*parsed);
    }
    if (auto refused = check_host(headers, parser.version_minor(), target.authority, allow))
        return std::unexpected(*refused);
    if (headers.count("Expect") > 0 && parser.version_minor() > 0) {
        // RFC 9110 10.1.1: 417 for an expectation that cannot be met.
        const auto expect = headers.get("Expect");
        if (!expect || !equals_ignoring_case(*expect, "100-continue"))
            return std::unexpected(
                Refusal{417, "The only expectation that this server meets is 100-continue."});
        admitted.expects_continue = true;
    }
    auto& head = admitted.head;
    head.method = parser.method();
    head.target = std::move(parser.target());
    head.path = std::move(target.path);
    head.query = std::move(target.query);
    head.headers = std::move(headers);
    head.version_minor = parser.version_minor();
    return admitted;
}

}  // namespace meshai::net::http
