// doors/mcp/methods.h
//
// The methods that are answered at once: a pure step from a request to its
// result. Revisions of MCP and further tools take their place here.
#pragma once

#include "doors/house.h"
#include "wire/jsonrpc/message.h"

namespace meshai::doors {

/// The revisions that `initialize` agrees to, newest first.
inline constexpr std::string_view kRevisions[] = {"2025-11-25", "2025-06-18"};

/// The result of `method`, or why there is none. Not for tools/call.
std::expected<json::object, wire::jsonrpc::Fault> answer_method(const Identity& identity,
                                                                const wire::jsonrpc::Request& request);

}  // namespace meshai::doors
