// net/ws/upgrade.h
//
// The first half of a WebSocket's opening handshake (RFC 6455 4.2.1): whether a
// request of HTTP asks for one, and what it offers. The answer that says yes is
// written by Frames; the one that says no by whoever asked. Origin and Host
// were judged before, for every request alike. Pure.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "net/http/message.h"

namespace meshai::net::ws {

/// The one version there is (RFC 6455 4.1).
inline constexpr std::string_view kVersion = "13";

/// Subprotocols that are looked at; a client that offers more is refused.
inline constexpr std::size_t kProtocolsMax = 16;

/// A request that asks for a WebSocket.
struct Offer {
    std::string host;
    std::string target;
    std::string key;                     ///< Sec-WebSocket-Key
    std::vector<std::string> protocols;  ///< subprotocols, best first (RFC 6455 1.9)

    bool has_protocol(std::string_view name) const;
};

/// Why a request is no handshake: the status, a sentence for the caller, and the
/// fields that say what would have been taken.
struct Refusal {
    int status = 400;
    std::string detail;
    http::Headers headers{};
};

/// 426 for a request that asks for no WebSocket or for another version, 400 for a
/// handshake that is malformed.
std::expected<Offer, Refusal> read_offer(const http::RequestHead& head);

/// The subprotocols that a request offers, in order, however many fields they
/// stand in; at most kProtocolsMax + 1 of them.
std::vector<std::string> offered_protocols(const http::Headers& headers);

}  // namespace meshai::net::ws
