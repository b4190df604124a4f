#include "auth/credentials.h"

#include "net/ws/upgrade.h"

namespace meshai::auth {
namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The key of an Authorization field: `Bearer KEY` or the bare key.
Result<std::string_view> key_of_authorization(std::string_view value) {
    value = trimmed(value);
    const auto space = value.find_first_of(" \t");
    if (space == std::string_view::npos) {
        if (net::http::equals_ignoring_case(value, "Bearer"))
            return Error{Code::Unauthenticated, "Invalid API key", "Authorization says Bearer and no key"};
        return value;
    }
    // RFC 9110 11.1: the scheme is compared without case.
    if (net::http::equals_ignoring_case(value.substr(0, space), "Bearer"))
        return trimmed(value.substr(space));
    return Error{Code::Unauthenticated,
                 "This server takes API keys only: send \"Authorization: Bearer KEY\" or \"X-API-Key: KEY\".",
                 "Authorization uses another scheme"};
}

/// Adds a key to what is shown: one, however often.
Status show(std::optional<std::string>& shown, std::string_view key, std::string_view where) {
    if (key.empty()) return Error{Code::Unauthenticated, "Invalid API key", std::string(where) + " is empty"};
    if (shown && *shown != key)
        return Error{Code::Unauthenticated, "The request shows several API keys that differ; send one.",
                     "credentials disagree"};
    shown = std::string(key);
    return {};
}

}  // namespace

Result<std::optional<std::string>> shown_key(const net::http::Headers& headers) {
    std::optional<std::string> shown;
    for (const auto& [name, value] : headers.fields()) {
        Result<std::string_view> key = std::string_view{};
        if (net::http::equals_ignoring_case(name, "Authorization"))
            key = key_of_authorization(value);
        else if (net::http::equals_ignoring_case(name, "X-API-Key"))
            key = trimmed(value);
        else
            continue;
        if (!key) return key.error();
        if (auto fine = show(shown, *key, name); !fine) return fine.error();
    }
    for (const auto& protocol : net::ws::offered_protocols(headers)) {
        if (!protocol.starts_with(kBearerProtocol)) continue;
        const auto key = std::string_view(protocol).substr(kBearerProtocol.size());
        if (auto fine = show(shown, key, "the subprotocol"); !fine) return fine.error();
    }
    return shown;
}

}  // namespace meshai::auth
