#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "net/http/message.h"

namespace meshai::net::http {
namespace {

constexpr std::size_t kUrlBytesMax = 8U << 10U;
constexpr std::size_t kHostBytesMax = 253;  // RFC 1035 2.3.4, as text

std::uint16_t default_port(std::string_view scheme) {
    return scheme == "https" ? 443 : 80;
}

Error bad_url(std::string_view text, std::string_view why) {
    return Error{Code::InvalidArgument,
                 fmt::format("\"{}\" is no URL to call: {}", text.substr(0, 200), why)};
}

bool is_host_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

bool is_v6_letter(char c) {
    return (c >= 'a' && c <= 'f') || (c >= '0' && c <= '9') || c == ':' || c == '.';
}

std::string lowered(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

struct Authority {
    std::string host;
    std::string_view port;  // digits, may be empty
};

Result<Authority> split_authority(std::string_view text, std::string_view authority) {
    Authority parts;
    if (authority.starts_with('[')) {
        const auto end = authority.find(']');
        if (end == std::string_view::npos) return bad_url(text, "the address has no closing bracket.");
        parts.host = lowered(authority.substr(1, end - 1));
        if (parts.host.size() < 2 || !std::ranges::all_of(parts.host, is_v6_letter))
            return bad_url(text, "what stands in brackets is no IPv6 address.");
        parts.port = authority.substr(end + 1);
        if (!parts.port.empty() && !parts.port.starts_with(':'))
            return bad_url(text, "write a colon between address and port.");
    } else {
        const auto colon = std::min(authority.find(':'), authority.size());
        parts.host = lowered(authority.substr(0, colon));
        if (parts.host.empty()) return bad_url(text, "the host is missing; write http://host/path.");
        if (parts.host.size() > kHostBytesMax || !std::ranges::all_of(parts.host, is_host_letter))
            return bad_url(text, "the host may hold letters, digits, '-', '.' and '_' only.");
        parts.port = authority.substr(colon);
    }
    if (!parts.port.empty()) parts.port.remove_prefix(1);
    return parts;
}

}  // namespace

std::string Url::authority() const {
    const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
    return port == default_port(scheme) ? name : fmt::format("{}:{}", name, port);
}

std::string to_text(const Url& url) {
    return fmt::format("{}://{}{}", url.scheme, url.authority(), url.target);
}

Result<Url> parse_url(std::string_view text) {
    if (text.size() > kUrlBytesMax) return bad_url(text, "it is longer than 8 KiB.");
    if (!std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; }))
        return bad_url(text, "it holds a space or another character that must be percent-encoded.");
    const auto separator = text.find("://");
    if (separator == std::string_view::npos) return bad_url(text, "write http:// or https:// in front.");
    Url url;
    url.scheme = lowered(text.substr(0, separator));
    if (url.scheme != "http" && url.scheme != "https")
        return bad_url(text, fmt::format("scheme \"{}\" is not known; use http:// or https://.", url.scheme));
    auto rest = text.substr(separator + 3);
    if (rest.find('#') != std::string_view::npos) return bad_url(text, "leave out the fragment ('#…').");
    const auto path = std::min(rest.find_first_of("/?"), rest.size());
    const auto authority = rest.substr(0, path);
    if (authority.find('@') != std::string_view::npos)
        return bad_url(text, "leave out the user name; credentials have a setting of their own.");
    auto parts = split_authority(text, authority);
    if (!parts) return parts.error();
    url.host = std::move(parts->host);
    url.port = default_port(url.scheme);
    if (!parts->port.empty()) {
        const auto* end = parts->port.data() + parts->port.size();
        const auto [stop, failure] = std::from_chars(parts->port.data(), end, url.port);
        if (failure != std::errc{} || stop != end || url.port == 0)
            return bad_url(text, "the port must be a number from 1 to 65535.");
    }
    rest.remove_prefix(path);
    if (!rest.empty()) url.target = (rest.starts_with('?') ? "/" : "") + std::string(rest);
    return url;
}

}  // namespace meshai::net::http
