#include "wire/meshai/clip.h"

#include "base/json.h"

namespace meshai::wire::guide {
namespace {

// What JSON makes of one byte at the worst: \u0001.
constexpr std::size_t kEscapedBytesMax = 6;

std::size_t escaped_bytes(char c) {
    switch (c) {
        case '"':
        case '\\':
        case '\n':
        case '\r':
        case '\t':
        case '\b':
        case '\f':
            return 2;
        default:
            return static_cast<unsigned char>(c) < 0x20 ? kEscapedBytesMax : 1;
    }
}

}  // namespace

std::string_view escaped_prefix(std::string_view text, std::size_t bytes_max) {
    std::size_t spent = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        spent += escaped_bytes(text[i]);
        if (spent > bytes_max) return utf8_prefix(text, i);
    }
    return text;
}

std::string clipped(std::string_view text, std::size_t bytes_max) {
    const auto clean = is_valid_utf8(text) ? std::string(text) : valid_utf8(text);
    const auto prefix = escaped_prefix(clean, bytes_max);
    if (prefix.size() == clean.size()) return clean;
    return std::string(prefix) + "…";
}

}  // namespace meshai::wire::guide
