// wire/schema/characters.h
//
// Characters as patterns see them: code points, and ranges of them, with the
// classes of ECMA-262. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshai::wire::schema {

inline constexpr char32_t kLastCodePoint = 0x10FFFF;

/// Both ends belong to it.
struct Range {
    char32_t first;
    char32_t last;
};
using Ranges = std::vector<Range>;

/// Everything that is not in `ranges`.
Ranges other_than(Ranges ranges);

/// What \d, \D, \w, \W, \s and \S stand for; nothing for another letter.
std::optional<Ranges> class_of(char32_t letter);

/// What . stands for.
Ranges not_line_ends();

/// UTF-8 as code points; whatever is invalid becomes U+FFFD.
std::wstring code_points(std::string_view utf8);

}  // namespace meshai::wire::schema
