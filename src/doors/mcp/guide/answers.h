// doors/mcp/guide/answers.h
//
// One answer to a request of the guide's clients, in the dialect they read: a
// JSON body, or a short stream of the guide with the same JSON-RPC message and
// [DONE]. One executor.
#pragma once

#include "doors/mcp/guide/guide.h"

namespace meshai::doors::mcp {

/// The request cannot be served.
Async<void> refuse(Call& call, Dialect dialect, wire::jsonrpc::Fault fault);

Async<void> answer_result(Call& call, Dialect dialect, wire::jsonrpc::RequestId id, json::object result);

}  // namespace meshai::doors::mcp
