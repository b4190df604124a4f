// wire/meshai/legacy.h
//
// Bodies that older clients of the family send where a request of MCP is meant:
//
//     {"method":"mesh_execute","params":{"task":…}}              a tool as the method
//     {"type":"request","method":"tools/list"}                   a line of their own protocol
//     {"method":"call_tool","params":{"name":…,"arguments":…}}   a method by its old name
//
// Here such a body becomes the request that it means, and every other body stays
// what it is. The door reads bodies through this where the operator says so
// (compat.legacy_methods). Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "base/json.h"

namespace meshai::wire::guide {

/// Shorthands come without an id, and their senders wait for an answer all the
/// same. It has this id. Whoever writes "jsonrpc" knows what a message without
/// an id is, and gets no answer.
inline constexpr std::int64_t kShorthandId = 0;

/// Whether there is a tool of this name.
using IsTool = std::function<bool(std::string_view name)>;

json::value from_shorthand(json::value body, const IsTool& is_tool);

}  // namespace meshai::wire::guide
