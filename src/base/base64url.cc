#include "base/base64url.h"

#include <cstdint>

namespace meshai {
namespace {

constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr unsigned kBitsPerLetter = 6;
constexpr unsigned kBitsPerByte = 8;

}  // namespace

std::string to_base64url(std::string_view bytes) {
    std::string text;
    text.reserve((bytes.size() * kBitsPerByte + kBitsPerLetter - 1) / kBitsPerLetter);
    std::uint32_t held = 0;
    unsigned bits = 0;
    for (const char byte : bytes) {
        held = (held << kBitsPerByte) | static_cast<std::uint8_t>(byte);
        bits += kBitsPerByte;
        while (bits >= kBitsPerLetter) {
            bits -= kBitsPerLetter;
            text += kLetters[(held >> bits) & 0x3FU];
        }
    }
    if (bits > 0) text += kLetters[(held << (kBitsPerLetter - bits)) & 0x3FU];
    return text;
}

Result<std::string> from_base64url(std::string_view text) {
    const Error wrong{Code::InvalidArgument, "The text is no base64url."};
    std::string bytes;
    bytes.reserve(text.size() * kBitsPerLetter / kBitsPerByte);
    std::uint32_t held = 0;
    unsigned bits = 0;
    for (const char letter : text) {
        const auto value = kLetters.find(letter);
        if (value == std::string_view::npos) return wrong;
        held = (held << kBitsPerLetter) | static_cast<std::uint32_t>(value);
        bits += kBitsPerLetter;
        if (bits < kBitsPerByte) continue;
        bits -= kBitsPerByte;
        bytes += static_cast<char>((held >> bits) & 0xFFU);
    }
    // Two texts must never mean the same bytes: a token is compared as text.
    const auto rest = held & ((1U << bits) - 1);
    if (bits >= kBitsPerLetter || rest != 0) return wrong;
    return bytes;
}

}  // namespace meshai
