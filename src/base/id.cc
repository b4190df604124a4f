#include "base/id.h"

#include <array>

#include "base/random.h"

namespace meshai {
namespace {

constexpr std::string_view kLetters = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::size_t kIdLetters = 26;

}  // namespace

std::string new_id(std::string_view prefix, std::int64_t unix_ms, Random& random) {
    std::array<std::uint8_t, 10> noise{};
    random.fill(noise);

    std::string id(prefix);
    id.reserve(prefix.size() + kIdLetters);
    for (int shift = 45; shift >= 0; shift -= 5) id += kLetters[(unix_ms >> shift) & 31];
    std::uint32_t bits = 0;
    int have = 0;
    for (auto byte : noise) {
        bits = bits << 8 | byte;
        have += 8;
        for (; have >= 5; have -= 5) id += kLetters[(bits >> (have - 5)) & 31];
    }
    return id;
}

bool is_id(std::string_view text, std::string_view prefix) {
    if (!text.starts_with(prefix) || text.size() != prefix.size() + kIdLetters) return false;
    return text.substr(prefix.size()).find_first_not_of(kLetters) == std::string_view::npos;
}

}  // namespace meshai
