// doors/mcp/guide/guide.h
//
// JSON-RPC as the streaming guide's clients send it: one request that stands for
// itself, without a session, a revision or `_meta`. POST /v1/mcp/stream answers
// with the guide's events, /v1/mcp by Accept. What is called is the same toolbox
// as everybody's; a task is followed in the guide's dialect, and goes on when its
// client goes. One executor.
#pragma once

#include "doors/front/call.h"
#include "wire/jsonrpc/message.h"

namespace meshai::doors::mcp {

/// How a request is answered.
enum class Dialect {
    Guide,     ///< the guide's stream
    Json,      ///< one JSON body
    JsonOrMcp  ///< JSON, or a stream of JSON-RPC alone where the client asked for progress
};

/// An event stream alone is the guide's client, both kinds a client of MCP, everything else JSON.
Dialect dialect_of(const Accepted& accept);

Async<void> serve_guide(Call& call, Dialect dialect, wire::jsonrpc::Body body);

}  // namespace meshai::doors::mcp
