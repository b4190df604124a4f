#include "workflow/text.h"

#include <fmt/format.h>

#include <sstream>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace meshai::workflow {
namespace {

Read refused(std::string what) {
    return std::unexpected(std::vector<Problem>{{"", std::move(what)}});
}

/// Times stand in definitions as texts of RFC 3339; TOML has them without quotes, too.
std::string time_text(const toml::node& node) {
    std::ostringstream text;
    if (const auto* day = node.as_date()) text << *day;
    if (const auto* time = node.as_time()) text << *time;
    if (const auto* moment = node.as_date_time()) text << *moment;
    return text.str();
}

/// Nothing where it is deeper than JSON may be.
std::optional<json::value> to_json(const toml::node& node, std::size_t depth_max = kJsonDepthMax) {
    if (const auto* text = node.as_string()) return json::value(text->get());
    if (const auto* number = node.as_integer()) return json::value(number->get());
    if (const auto* number = node.as_floating_point()) return json_number(number->get());
    if (const auto* flag = node.as_boolean()) return json::value(flag->get());
    if (depth_max == 0) return std::nullopt;
    if (const auto* array = node.as_array()) {
        json::array list;
        for (const auto& item : *array) {
            auto value = to_json(item, depth_max - 1);
            if (!value) return std::nullopt;
            list.push_back(std::move(*value));
        }
        return list;
    }
    if (const auto* table = node.as_table()) {
        json::object object;
        for (const auto& [key, item] : *table) {
            auto value = to_json(item, depth_max - 1);
            if (!value) return std::nullopt;
            object[key.str()] = std::move(*value);
        }
        return object;
    }
    return json::value(time_text(node));
}

/// toml++ bounds lists within lists, but takes a dotted key of any length, each dot a table within the
/// one before. Dots are counted before it builds what nobody could take down again.
bool has_too_many_dots(std::string_view text) {
    std::size_t dots = 0;
    for (const char c : text) {
        if (c == '\n') dots = 0;
        if (c == '.' && ++dots > kTomlDotsMax) return true;
    }
    return false;
}

Read read_toml(std::string_view text) {
    if (has_too_many_dots(text))
        return refused(fmt::format("has a line with more than {} dots; break it", kTomlDotsMax));
    const auto parsed = toml::parse(text);
    if (parsed) {
        const auto value = to_json(parsed.table());
        if (!value) return refused(fmt::format("has more than {} levels", kJsonDepthMax));
        return read(*value);
    }
    const auto& error = parsed.error();
    return refused(fmt::format("line {}: is not TOML: {}", error.source().begin.line, error.description()));
}

}  // namespace

std::optional<Language> language_of(std::string_view file_name) {
    if (file_name.ends_with(".json")) return Language::Json;
    if (file_name.ends_with(".toml")) return Language::Toml;
    return std::nullopt;
}

Read read_text(std::string_view text, Language language) {
    if (text.size() > kTextBytesMax) return refused(fmt::format("has more than {} bytes", kTextBytesMax));
    if (!is_valid_utf8(text)) return refused("is not UTF-8");
    if (language == Language::Toml) return read_toml(text);
    auto value = parse_json(text);
    if (!value) return refused("is not JSON: " + value.error().message);
    return read(*value);
}

}  // namespace meshai::workflow
