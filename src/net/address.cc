#include "net/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <string>

namespace meshai::net {
namespace {

struct Range {
    std::array<std::uint8_t, 16> prefix;
    unsigned bits;
};

// IANA IPv4 Special-Purpose Address Registry, everything that is not globally
// reachable, and multicast and the reserved class E.
constexpr Range kRefusedV4[] = {
    {{0, 0, 0, 0}, 8},        // "this network", unspecified
    {{10, 0, 0, 0}, 8},       // private
    {{100, 64, 0, 0}, 10},    // shared address space (CGNAT)
    {{127, 0, 0, 0}, 8},      // loopback
    {{169, 254, 0, 0}, 16},   // link-local, cloud metadata
    {{172, 16, 0, 0}, 12},    // private
    {{192, 0, 0, 0}, 24},     // IETF protocol assignments
    {{192, 0, 2, 0}, 24},     // documentation
    {{192, 88, 99, 0}, 24},   // 6to4 relay anycast, deprecated
    {{192, 168, 0, 0}, 16},   // private
    {{198, 18, 0, 0}, 15},    // benchmarking
    {{198, 51, 100, 0}, 24},  // documentation
    {{203, 0, 113, 0}, 24},   // documentation
    {{224, 0, 0, 0}, 4},      // multicast
    {{240, 0, 0, 0}, 4},      // reserved, broadcast
};

// What is refused inside 2000::/3, the only global unicast range of IPv6.
constexpr Range kRefusedV6[] = {
    {{0x20, 0x01, 0x00, 0x00}, 23},  // IETF protocol assignments, Teredo, ORCHID
    {{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    {{0x3f, 0xff, 0x00, 0x00}, 20},  // documentation
};
constexpr Range kGlobalUnicastV6{{0x20}, 3};
constexpr Range kMapped{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96};
constexpr Range kNat64{{0x00, 0x64, 0xff, 0x9b}, 96};
constexpr Range kSixToFour{{0x20, 0x02}, 16};

bool is_in(const Address& address, const Range& range) {
    for (unsigned bit = 0; bit < range.bits; bit += 8) {
        const unsigned left = range.bits - bit;
        const auto mask = static_cast<std::uint8_t>(left >= 8 ? 0xff : 0xff << (8 - left));
        if ((address.bytes[bit / 8] & mask) != (range.prefix[bit / 8] & mask)) return false;
    }
    return true;
}

Address carried_v4(const Address& address, std::size_t at) {
    Address inner;
    std::copy_n(address.bytes.begin() + static_cast<std::ptrdiff_t>(at), 4, inner.bytes.begin());
    return inner;
}

bool is_public_v4(const Address& address) {
    return std::ranges::none_of(kRefusedV4, [&](const Range& range) { return is_in(address, range); });
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
    const std::string terminated(text);
    Address address;
    if (inet_pton(AF_INET, terminated.c_str(), address.bytes.data()) == 1) return address;
    address.is_v6 = true;
    if (inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1) return address;
    return std::nullopt;
}

bool is_public(const Address& address) {
    if (!address.is_v6) return is_public_v4(address);
    if (is_in(address, kMapped) || is_in(address, kNat64)) return is_public_v4(carried_v4(address, 12));
    if (is_in(address, kSixToFour)) return is_public_v4(carried_v4(address, 2));
    return is_in(address, kGlobalUnicastV6) &&
           std::ranges::none_of(kRefusedV6, [&](const Range& range) { return is_in(address, range); });
}

}  // namespace meshai::net
