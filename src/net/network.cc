#include "net/network.h"

#include <fmt/format.h>

#include <charconv>

namespace meshai::net {
namespace {

Error bad_endpoint(std::string_view text) {
    return Error{
        Code::InvalidArgument,
        fmt::format("\"{}\" is no endpoint; write host:port, for example 127.0.0.1:8080 or [::1]:8080.",
                    text)};
}

}  // namespace

std::string to_text(const Endpoint& endpoint) {
    const bool is_v6 = endpoint.host.find(':') != std::string::npos;
    return is_v6 ? fmt::format("[{}]:{}", endpoint.host, endpoint.port)
                 : fmt::format("{}:{}", endpoint.host, endpoint.port);
}

Result<Endpoint> parse_endpoint(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return bad_endpoint(text);
    auto host = text.substr(0, colon);
    const auto digits = text.substr(colon + 1);
    if (host.starts_with('[')) {
        if (!host.ends_with(']') || host.size() < 4) return bad_endpoint(text);
        host = host.substr(1, host.size() - 2);
    } else if (host.find(':') != std::string_view::npos) {
        return bad_endpoint(text);
    }
    if (host.empty() || host.find_first_of("[]/@ \t\r\n") != std::string_view::npos)
        return bad_endpoint(text);
    Endpoint endpoint{std::string(host), 0};
    const auto* end = digits.data() + digits.size();
    const auto [stop, failure] = std::from_chars(digits.data(), end, endpoint.port);
    if (digits.empty() || failure != std::errc{} || stop != end) return bad_endpoint(text);
    return endpoint;
}

}  // namespace meshai::net
