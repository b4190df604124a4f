#include "base/json.h"

#include <fmt/format.h>

#include <boost/json/basic_parser_impl.hpp>
#include <cmath>
#include <unordered_set>
#include <vector>

namespace meshai {
namespace {

// Builds the tree and remembers the keys of every object that is still open.
struct StrictHandler {
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

    using Error = boost::system::error_code;

    json::value_stack stack{};
    std::vector<std::unordered_set<std::string>> open_objects{};
    std::string key{};
    std::string duplicate{};

    bool on_document_begin(Error&) { return true; }
    bool on_document_end(Error&) { return true; }
    bool on_object_begin(Error&) {
        open_objects.emplace_back();
        return true;
    }
    bool on_object_end(std::size_t n, Error&) {
        open_objects.pop_back();
        stack.push_object(n);
        return true;
    }
    bool on_array_begin(Error&) { return true; }
    bool on_array_end(std::size_t n, Error&) {
        stack.push_array(n);
        return true;
    }
    bool on_key_part(json::string_view part, std::size_t, Error&) {
        key += part;
        stack.push_chars(part);
        return true;
    }
    bool on_key(json::string_view part, std::size_t, Error& error) {
        key += part;
        if (!open_objects.back().insert(key).second) {
            duplicate = key;
            error = json::error::syntax;
            return false;
        }
        key.clear();
        stack.push_key(part);
        return true;
    }
    bool on_string_part(json::string_view part, std::size_t, Error&) {
        stack.push_chars(part);
        return true;
    }
    bool on_string(json::string_view part, std::size_t, Error&) {
        stack.push_string(part);
        return true;
    }
    bool on_number_part(json::string_view, Error&) { return true; }
    bool on_int64(std::int64_t i, json::string_view, Error&) {
        stack.push_int64(i);
        return true;
    }
    bool on_uint64(std::uint64_t u, json::string_view, Error&) {
        stack.push_uint64(u);
        return true;
    }
    bool on_double(double d, json::string_view, Error& error) {
        if (!std::isfinite(d)) {  // 1e999 is JSON, but no number we could give back
            error = json::error::exponent_overflow;
            return false;
        }
        stack.push_double(d);
        return true;
    }
    bool on_bool(bool b, Error&) {
        stack.push_bool(b);
        return true;
    }
    bool on_null(Error&) {
        stack.push_null();
        return true;
    }
    bool on_comment_part(json::string_view, Error&) { return true; }
    bool on_comment(json::string_view, Error&) { return true; }
};

// The length of the well-formed UTF-8 sequence at the start of `bytes`, or 0
// (Unicode 15, table 3-7: no overlong forms, no surrogates, nothing over U+10FFFF).
std::size_t sequence_length(std::string_view bytes) {
    const auto at = [&](std::size_t i) -> unsigned {
        return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U;
    };
    const auto tail = [&](std::size_t i) { return (at(i) & 0xC0U) == 0x80U; };
    const unsigned lead = at(0);
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return tail(1) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        if (!tail(1) || !tail(2)) return 0;
        if (lead == 0xE0 && at(1) < 0xA0) return 0;
        if (lead == 0xED && at(1) > 0x9F) return 0;
        return 3;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        if (!tail(1) || !tail(2) || !tail(3)) return 0;
        if (lead == 0xF0 && at(1) < 0x90) return 0;
        if (lead == 0xF4 && at(1) > 0x8F) return 0;
        return 4;
    }
    return 0;
}

}  // namespace

Result<json::value> parse_json(std::string_view text, std::size_t depth_max) {
    json::parse_options options;
    options.max_depth = depth_max;
    json::basic_parser<StrictHandler> parser(options);
    parser.handler().stack.reset();

    boost::system::error_code error;
    const auto read = parser.write_some(false, text.data(), text.size(), error);
    auto& handler = parser.handler();
    if (!handler.duplicate.empty())
        return Error{Code::InvalidArgument,
                     fmt::format("Not valid JSON: the key \"{}\" stands twice in one object, at byte {}.",
                                 valid_utf8(utf8_prefix(handler.duplicate, 64)), read)};
    if (error)
        return Error{Code::InvalidArgument,
                     fmt::format("Not valid JSON: {} at byte {}.", error.message(), read)};
    if (read < text.size())
        return Error{Code::InvalidArgument,
                     fmt::format("Not valid JSON: something follows the value at byte {}.", read)};
    return handler.stack.release();
}

Result<json::object> parse_json_object(std::string_view text) {
    auto value = parse_json(text);
    if (!value) return value.error();
    if (!value->is_object()) return Error{Code::InvalidArgument, "The body must be a JSON object."};
    return std::move(value->as_object());
}

std::string to_text(const json::value& value) {
    auto text = json::serialize(value);
    return is_valid_utf8(text) ? text : valid_utf8(text);
}

json::value json_number(double number) {
    constexpr double kExactMax = 9'007'199'254'740'992.0;  // 2^53
    if (std::floor(number) == number && std::abs(number) <= kExactMax)
        return static_cast<std::int64_t>(number);
    return number;
}

const json::value* find(const json::object& object, std::string_view key) {
    return object.if_contains(key);
}

const json::object* find_object(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value ? value->if_object() : nullptr;
}

const json::array* find_array(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value ? value->if_array() : nullptr;
}

std::optional<std::string> find_string(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    if (!value || !value->is_string()) return std::nullopt;
    return std::string(value->get_string());
}

std::optional<std::int64_t> find_int(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    if (!value || !value->is_number()) return std::nullopt;
    boost::system::error_code inexact;
    const auto number = value->to_number<std::int64_t>(inexact);
    if (inexact) return std::nullopt;
    return number;
}

std::optional<double> find_number(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    if (!value || !value->is_number()) return std::nullopt;
    return value->to_number<double>();
}

std::optional<bool> find_bool(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    if (!value || !value->is_bool()) return std::nullopt;
    return value->get_bool();
}

Result<std::vector<std::string>> find_strings(const json::object& object, std::string_view key) {
    std::vector<std::string> strings;
    const auto* value = object.if_contains(key);
    if (!value || value->is_null()) return strings;
    const auto* array = value->if_array();
    if (!array) return Error{Code::InvalidArgument, fmt::format("\"{}\" must be a list of strings.", key)};
    for (const auto& item : *array) {
        if (!item.is_string())
            return Error{Code::InvalidArgument, fmt::format("\"{}\" must hold strings only.", key)};
        strings.emplace_back(item.get_string());
    }
    return strings;
}

json::array to_array(const std::vector<std::string>& strings) {
    json::array array;
    array.reserve(strings.size());
    for (const auto& text : strings) array.emplace_back(text);
    return array;
}

std::string valid_utf8(std::string_view bytes) {
    std::string clean;
    clean.reserve(bytes.size());
    while (!bytes.empty()) {
        const auto length = sequence_length(bytes);
        if (length == 0) {
            clean += "\xEF\xBF\xBD";
            bytes.remove_prefix(1);
        } else {
            clean += bytes.substr(0, length);
            bytes.remove_prefix(length);
        }
    }
    return clean;
}

bool is_valid_utf8(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto length = sequence_length(bytes);
        if (length == 0) return false;
        bytes.remove_prefix(length);
    }
    return true;
}

std::string_view utf8_prefix(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return text;
    auto end = bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    return text.substr(0, end);
}

}  // namespace meshai
