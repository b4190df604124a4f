#include "wire/mcp/headers.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "wire/mcp/base64.h"

namespace meshai::wire::mcp {
namespace {

constexpr std::string_view kPrefix = "=?base64?";
constexpr std::string_view kSuffix = "?=";
/// A header's value is quoted back to its sender no longer than this.
constexpr std::size_t kQuotedBytesMax = 64;

Error wrong(std::string sentence) {
    return {Code::InvalidArgument, std::move(sentence)};
}

// RFC 9110, 5.5: "A field value does not include leading or trailing whitespace."
std::string_view without_padding(std::string_view value) {
    const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
    while (!value.empty() && is_space(value.front())) value.remove_prefix(1);
    while (!value.empty() && is_space(value.back())) value.remove_suffix(1);
    return value;
}

// "visible ASCII characters (0x21-0x7E), space (0x20), and horizontal tab (0x09)"
bool is_field_text(std::string_view value) {
    return std::all_of(value.begin(), value.end(),
                       [](char c) { return (c >= 0x20 && c <= 0x7E) || c == '\t'; });
}

std::optional<std::string_view> wrapped(std::string_view value) {
    if (value.size() < kPrefix.size() + kSuffix.size() || !value.starts_with(kPrefix) ||
        !value.ends_with(kSuffix))
        return std::nullopt;
    value.remove_prefix(kPrefix.size());
    value.remove_suffix(kSuffix.size());
    return value;
}

// A whole number as a header writes it. "42.0" and "4.2e1" are 42: "servers
// SHOULD compare the header value and the body value numerically". Written with
// a point or an exponent it must be a safe integer, so that no digit is lost.
std::optional<std::int64_t> whole_number(std::string_view text) {
    const auto* const begin = text.data();
    const auto* const end = begin + text.size();
    std::int64_t exact = 0;
    if (auto read = std::from_chars(begin, end, exact); read.ec == std::errc{} && read.ptr == end)
        return exact;
    double number = 0;
    const auto read = std::from_chars(begin, end, number);
    if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
    constexpr double kUnsafe = 9'007'199'254'740'992.0;  // 2^53
    if (!(std::abs(number) < kUnsafe) || std::floor(number) != number) return std::nullopt;
    return static_cast<std::int64_t>(number);
}

std::optional<std::int64_t> whole_number(const json::value& value) {
    boost::system::error_code inexact;
    const auto number = value.to_number<std::int64_t>(inexact);
    if (inexact) return std::nullopt;
    return number;
}

bool says(const HeaderParam& param, std::string_view field, const json::value& value) {
    if (const auto* text = value.if_string()) return field == *text;
    if (const auto* truth = value.if_bool()) return field == (*truth ? "true" : "false");
    if (!value.is_number()) return false;
    if (!param.is_integer) return field == json::serialize(value);
    const auto wanted = whole_number(value);
    return wanted && whole_number(field) == wanted;
}

}  // namespace

// MCP 2026-07-28, Value Encoding: Base64 for what "cannot be safely represented
// as a plain ASCII header value" and for "any plain-ASCII value that matches the
// sentinel pattern". An empty value would be no value, and is wrapped as well.
std::string encode_header_value(std::string_view text) {
    const bool is_plain = !text.empty() && is_field_text(text) && without_padding(text) == text;
    const bool looks_wrapped = text.starts_with(kPrefix) && text.ends_with(kSuffix);
    if (is_plain && !looks_wrapped) return std::string(text);
    return fmt::format("{}{}{}", kPrefix, base64_of(text), kSuffix);
}

Result<std::string> decode_header_value(std::string_view value) {
    value = without_padding(value);
    if (!is_field_text(value))
        return wrong("A header holds a character that is not visible ASCII; use =?base64?…?=.");
    const auto inner = wrapped(value);
    if (!inner) return std::string(value);
    auto text = bytes_of_base64(*inner);
    if (!text)
        return wrong("A header holds =?base64?…?= with wrong padding or a character outside the alphabet.");
    if (!is_valid_utf8(*text)) return wrong("A header holds =?base64?…?= that is not UTF-8.");
    return std::move(*text);
}

std::optional<std::string> name_in_body(std::string_view method, const json::object& params) {
    if (method == "tools/call" || method == "prompts/get") return find_string(params, "name");
    if (method == "resources/read") return find_string(params, "uri");
    if (method == "tasks/get" || method == "tasks/update" || method == "tasks/cancel")
        return find_string(params, "taskId");
    return std::nullopt;
}

// MCP 2026-07-28, Server Behavior for Custom Headers: provided, the header must
// say the same; null or absent, the header is not expected; "Client omits header
// but value is in body: Server MUST reject the request". A header for a value
// that is not there says something else than the body, and is refused too.
const json::value* value_at(const json::object& arguments, const std::vector<std::string>& path) {
    const json::object* object = &arguments;
    const json::value* value = nullptr;
    for (const auto& step : path) {
        if (!object) return nullptr;
        value = find(*object, step);
        object = value ? value->if_object() : nullptr;
    }
    return value && !value->is_null() ? value : nullptr;
}

Status check_header_param(const HeaderParam& param, const std::optional<std::string_view>& field,
                          const json::object& arguments) {
    const auto header = fmt::format("{}{}", kHeaderParamPrefix, param.name);
    const auto* value = value_at(arguments, param.path);
    if (!field) {
        if (!value) return {};
        return wrong(fmt::format("The header {} is missing, although its argument is given.", header));
    }
    auto text = decode_header_value(*field);
    if (!text) return wrong(fmt::format("{}: {}", header, text.error().message));
    if (!value) return wrong(fmt::format("The header {} is given, although its argument is not.", header));
    if (says(param, *text, *value)) return {};
    return wrong(fmt::format("The header {} says \"{}\", which is not what its argument says.", header,
                             utf8_prefix(*text, kQuotedBytesMax)));
}

}  // namespace meshai::wire::mcp
