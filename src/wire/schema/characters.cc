#include "wire/schema/characters.h"

#include <algorithm>

#include "base/json.h"

namespace meshai::wire::schema {
namespace {

const Ranges kDigits = {{'0', '9'}};
const Ranges kWordCharacters = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
/// ECMA-262, WhiteSpace and LineTerminator.
const Ranges kSpaces = {{0x09, 0x0D},     {0x20, 0x20},     {0xA0, 0xA0},     {0x1680, 0x1680},
                        {0x2000, 0x200A}, {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F},
                        {0x3000, 0x3000}, {0xFEFF, 0xFEFF}};
const Ranges kLineEnds = {{0x0A, 0x0A}, {0x0D, 0x0D}, {0x2028, 0x2029}};

/// Bytes of the sequence that starts with `lead`; 0 if none does.
std::size_t sequence_bytes(unsigned char lead) {
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead < 0xE0) return 2;
    if (lead >= 0xE0 && lead < 0xF0) return 3;
    if (lead >= 0xF0 && lead < 0xF5) return 4;
    return 0;
}

}  // namespace

Ranges other_than(Ranges ranges) {
    std::sort(ranges.begin(), ranges.end(), [](Range a, Range b) { return a.first < b.first; });
    Ranges others;
    char32_t next = 0;
    for (const auto range : ranges) {
        if (range.first > next) others.push_back({next, range.first - 1});
        next = std::max<char32_t>(next, range.last + 1);
    }
    if (next <= kLastCodePoint) others.push_back({next, kLastCodePoint});
    return others;
}

std::optional<Ranges> class_of(char32_t letter) {
    switch (letter) {
        case 'd':
            return kDigits;
        case 'D':
            return other_than(kDigits);
        case 'w':
            return kWordCharacters;
        case 'W':
            return other_than(kWordCharacters);
        case 's':
            return kSpaces;
        case 'S':
            return other_than(kSpaces);
        default:
            return std::nullopt;
    }
}

Ranges not_line_ends() {
    return other_than(kLineEnds);
}

std::wstring code_points(std::string_view utf8) {
    constexpr wchar_t kReplacement = 0xFFFD;
    std::wstring points;
    points.reserve(utf8.size());
    for (std::size_t at = 0; at < utf8.size();) {
        const auto lead = static_cast<unsigned char>(utf8[at]);
        const auto bytes = sequence_bytes(lead);
        if (bytes == 0 || bytes > utf8.size() - at || !is_valid_utf8(utf8.substr(at, bytes))) {
            points += kReplacement;
            ++at;
            continue;
        }
        constexpr unsigned char kLeadBits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
        char32_t point = lead & kLeadBits[bytes];
        for (std::size_t i = 1; i < bytes; ++i)
            point = (point << 6) | (static_cast<unsigned char>(utf8[at + i]) & 0x3F);
        points += static_cast<wchar_t>(point);
        at += bytes;
    }
    return points;
}

}  // namespace meshai::wire::schema
