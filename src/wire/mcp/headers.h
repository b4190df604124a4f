// wire/mcp/headers.h
//
// The header fields that 2026-07-28 repeats from the body (H16-H18), as pure
// text: how a value is written into a field, read back, and compared with what
// the body says.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace meshai::wire::mcp {

inline constexpr std::string_view kHeaderVersion = "MCP-Protocol-Version";
inline constexpr std::string_view kHeaderMethod = "Mcp-Method";
inline constexpr std::string_view kHeaderName = "Mcp-Name";
inline constexpr std::string_view kHeaderParamPrefix = "Mcp-Param-";
inline constexpr std::string_view kHeaderSession = "Mcp-Session-Id";

/// As it stands where it is plain visible ASCII with inner spaces; else "=?base64?…?=" (H17).
std::string encode_header_value(std::string_view text);

/// What a field's value means, surrounding whitespace stripped. InvalidArgument for broken base64 (padding,
/// alphabet); a value that lacks the prefix or the suffix is literal (H17).
Result<std::string> decode_header_value(std::string_view value);

/// What `Mcp-Name` repeats for this method: tools/call and prompts/get name,
/// resources/read uri, tasks/get, tasks/update, tasks/cancel taskId (H16); nothing for others.
std::optional<std::string> name_in_body(std::string_view method, const json::object& params);

/// One argument that a tool wants repeated in a header: the field's name behind the
/// prefix, and the chain of `properties` that leads to it.
struct HeaderParam {
    std::string name;
    std::vector<std::string> path;
    bool is_integer = false;
};

/// The `x-mcp-header` of a tool's input schema (H18). InvalidArgument when they are
/// no tokens, not unique without case, or not on a string, integer or boolean.
Result<std::vector<HeaderParam>> header_params(const json::object& input_schema);

/// What the arguments hold at the end of a path of `properties`. Nothing where it
/// is absent or null, which the specification treats as not given (H18).
const json::value* value_at(const json::object& arguments, const std::vector<std::string>& path);

/// Whether the field (absent: nullopt) says what the arguments say (H18).
/// InvalidArgument with a sentence when not.
Status check_header_param(const HeaderParam& param, const std::optional<std::string_view>& field,
                          const json::object& arguments);

}  // namespace meshai::wire::mcp
