// base/json.h
//
// JSON as trees (Boost.JSON) with one strict reader for everything that comes
// from outside: UTF-8 only, no duplicate keys, no NaN, nothing after the value,
// bounded depth. 64-bit integers come back exactly. Pure; any thread.
#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace meshai {

namespace json = boost::json;

inline constexpr std::size_t kJsonDepthMax = 64;

/// RFC 8259, with duplicate keys refused (RFC 7493 2.3) and at most `depth_max`
/// levels. The error says where: "… at byte 17".
Result<json::value> parse_json(std::string_view text, std::size_t depth_max = kJsonDepthMax);

/// The same, and the value must be an object.
Result<json::object> parse_json_object(std::string_view text);

/// One line of JSON, valid UTF-8 whatever the strings hold.
std::string to_text(const json::value& value);

/// A number without ".0" or exponent where it is whole: 60, 95.5.
json::value json_number(double number);

/// The member `key` if it is there and of the type; nothing otherwise.
const json::value* find(const json::object& object, std::string_view key);
const json::object* find_object(const json::object& object, std::string_view key);
const json::array* find_array(const json::object& object, std::string_view key);
std::optional<std::string> find_string(const json::object& object, std::string_view key);
std::optional<std::int64_t> find_int(const json::object& object, std::string_view key);
std::optional<double> find_number(const json::object& object, std::string_view key);
std::optional<bool> find_bool(const json::object& object, std::string_view key);

/// The member as a list of strings; an error names the key if it is anything else. Absent is empty.
Result<std::vector<std::string>> find_strings(const json::object& object, std::string_view key);

json::array to_array(const std::vector<std::string>& strings);

/// `bytes` with every invalid UTF-8 sequence replaced by U+FFFD.
std::string valid_utf8(std::string_view bytes);
bool is_valid_utf8(std::string_view bytes);

/// The longest prefix of `text` of at most `bytes_max` bytes that ends between two code points.
std::string_view utf8_prefix(std::string_view text, std::size_t bytes_max);

}  // namespace meshai
