// net/address.h
//
// Which internet addresses a stranger's URL may lead to. A name is resolved
// first and its addresses are judged after, so that no name can hide a private
// address. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace meshai::net {

/// An IPv4 or IPv6 address in network order; IPv4 lives in the first four bytes.
struct Address {
    bool is_v6 = false;
    std::array<std::uint8_t, 16> bytes{};
};

/// The address that `text` writes literally ("127.0.0.1", "::1"); nothing for a name.
std::optional<Address> parse_address(std::string_view text);

/// Whether it is global unicast: reachable on the internet, and not ours.
/// Loopback, private, link-local, shared (CGNAT), multicast, documentation,
/// unspecified and reserved ranges are not; neither is an IPv6 address that
/// carries such an IPv4 address (mapped, NAT64, 6to4).
bool is_public(const Address& address);

}  // namespace meshai::net
