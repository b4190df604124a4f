// doors/mcp/sessions/methods.h
//
// The methods that only the sessions era has: what they change is the session.
// All others are the core's.
#pragma once

#include "doors/mcp/core/dispatch.h"
#include "doors/mcp/sessions/context.h"

namespace meshai::doors::mcp {

using MethodAnswer = std::expected<json::object, wire::jsonrpc::Fault>;

/// The answer to any request of a session that has agreed on a revision.
Async<MethodAnswer> answer_in_session(const Origin& origin, const Agreement& agreement, Context& context,
                                      const wire::jsonrpc::Request& request);

/// The answer before there is an agreement, which only the HTTP+SSE pair can ask for: initialize and ping.
MethodAnswer answer_before_agreement(const Origin& origin, const wire::jsonrpc::Request& request);

}  // namespace meshai::doors::mcp
