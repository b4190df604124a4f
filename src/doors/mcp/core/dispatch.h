// doors/mcp/core/dispatch.h
//
// The methods of MCP that mean the same in every revision: lists, calls, reads,
// prompts, completion, tasks. Takes a request whose envelope is checked already,
// asks the toolbox, and gives a result as the codec writes it. Neither era, nor
// session, nor transport is known here; what only one era has (initialize, ping,
// logging/setLevel, subscribe; server/discover, subscriptions/listen) is done by
// that era's folder. One executor.
#pragma once

#include <variant>

#include "doors/house.h"
#include "doors/toolbox/toolbox.h"
#include "wire/mcp/codec.h"

namespace meshai::doors::mcp {

/// The request is a question back to the client (stateless era): the context knows which.
/// A call whose task the client shall follow itself is already a result (task_created).
using Answer = std::variant<json::object, wire::jsonrpc::Fault, Paused>;

/// What the caller of `dispatch` gives: everything that is known about the request.
struct Asked {
    const House& house;
    Toolbox& toolbox;
    const wire::mcp::Codec& codec;
    Context& context;
    const wire::jsonrpc::Request& request;
};

/// Whether `method` is one of those that dispatch serves for this codec (H19).
bool is_known(const wire::mcp::Codec& codec, std::string_view method);

/// Serves the request. Arguments are checked against the tool's schema before
/// its handler runs; scopes before that. Never throws for what a client sends.
Async<Answer> dispatch(Asked asked);

}  // namespace meshai::doors::mcp
