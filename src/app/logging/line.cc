#include "app/logging/line.h"

#include <algorithm>
#include <array>

#include "base/json.h"

namespace meshai::app {
namespace {

constexpr std::size_t kValueBytesMax = 4U << 10U;
constexpr std::array<std::string_view, 4> kLevels = {"debug", "info", "warn", "error"};
constexpr std::array<std::string_view, 4> kKeyPrefixes = {"msk_live_", "msk_test_", "Bearer ", "sk-"};
/// Shorter than this is a word, not a secret: "Bearer of news".
constexpr std::size_t kSecretLettersMin = 12;

bool is_key_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || c == '~' || c == '+' || c == '/' || c == '=';
}

/// Clean UTF-8 of bounded length, without keys.
std::string clean(std::string_view text) {
    auto bounded = std::string(utf8_prefix(text, kValueBytesMax));
    if (bounded.size() < text.size()) bounded += fmt::format("… ({} bytes)", text.size());
    return without_keys(valid_utf8(bounded));
}

bool needs_quotes(std::string_view text) {
    return text.empty() || std::ranges::any_of(text, [](char c) {
               return static_cast<unsigned char>(c) <= 0x20 || c == '"' || c == '=' || c == 0x7F;
           });
}

/// Control characters would let a value paint the terminal or forge a line.
std::string visible(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\n')
            out += "\\n";
        else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
            out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        else
            out += c;
    }
    return out;
}

}  // namespace

std::string human_line(std::string_view message, Fields fields) {
    auto line = visible(clean(message));
    for (const auto& field : fields) {
        const auto value = clean(field.value);
        line += fmt::format(" {}=", field.name);
        line += needs_quotes(value) ? to_text(json::value(value)) : value;
    }
    return line;
}

std::string json_line(WallTime time, Level level, std::string_view message, Fields fields) {
    json::object line{{"time", rfc3339_ms(time)},
                      {"level", kLevels[static_cast<std::size_t>(level)]},
                      {"message", clean(message)}};
    for (const auto& field : fields) line[field.name] = clean(field.value);
    return to_text(line);
}

Level level_of(std::string_view name) {
    const auto found = std::ranges::find(kLevels, name);
    return found == kLevels.end() ? Level::Info : static_cast<Level>(found - kLevels.begin());
}

std::string without_keys(std::string_view text) {
    std::string out(text);
    for (const auto prefix : kKeyPrefixes) {
        for (auto at = out.find(prefix); at != std::string::npos; at = out.find(prefix, at)) {
            const auto begin = at + prefix.size();
            const auto end = static_cast<std::size_t>(
                std::find_if_not(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(), is_key_letter) -
                out.begin());
            at = begin;
            if (end - begin >= kSecretLettersMin) out.replace(begin, end - begin, "***");
        }
    }
    return out;
}

}  // namespace meshai::app
