// doors/mcp/core/meta.h
//
// What the `_meta` of a request says in every revision: the token under which
// its progress is reported. (The trace it belongs to: toolbox/trace.h.) Pure.
#pragma once

#include <optional>

#include "base/json.h"

namespace meshai::doors::mcp {

inline constexpr std::size_t kProgressTokenBytesMax = 1024;

/// A string or a whole number that came as `_meta.progressToken`; anything else is no token.
std::optional<json::value> progress_token(const json::object& params);

}  // namespace meshai::doors::mcp
