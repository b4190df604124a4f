// doors/mcp/stateless/stateless.h
//
// The stateless era of MCP (2026-07-28): every request says all about itself, is
// checked in one fixed order, and is answered on its own connection. Nothing is
// remembered between two requests. One executor.
#pragma once

#include "doors/front/call.h"
#include "wire/jsonrpc/message.h"

namespace meshai::doors::mcp {

/// Serves a request that has an envelope. Its JSON-RPC shape is checked.
Async<void> serve_stateless(Call& call, wire::jsonrpc::Request request);

/// MCP 2026-07-28, Streamable HTTP: the HTTP status of a fault that is known before the answer begins.
int status_of_fault(const wire::jsonrpc::Fault& fault);

/// Answers with a fault and the HTTP status that goes with it.
Async<void> answer_with_fault(Call& call, int status, const wire::jsonrpc::Fault& fault);

}  // namespace meshai::doors::mcp
