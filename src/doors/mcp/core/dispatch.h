// doors/mcp/core/dispatch.h
//
// The methods of MCP that mean the same in every revision: lists, calls, reads,
// prompts, completion, tasks. Takes a request whose envelope is checked already,
// asks the toolbox, and gives a result as the codec writes it. Neither era, nor
// session, nor transport is known here; what only one era has (initialize, ping,
// logging/setLevel, subscribe; server/discover, subscriptions/listen) is done by
// that era's folder. One executor.
#pragma once

#include <expected>
#include <optional>
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

/// Whether `method` is one of those that dispatch serves for this toolbox and codec (H19).
bool is_known(const Toolbox& toolbox, const wire::mcp::Codec& codec, std::string_view method);

/// The scope that this request needs and the key lacks; the transport answers it
/// with 403 and the challenge while it still can (O4), dispatch with a fault.
std::optional<std::string_view> lacking_scope(const Toolbox& toolbox, const auth::Principal& principal,
                                              const wire::jsonrpc::Request& request);

/// What of the capabilities that this request needs the client has not declared,
/// as a ClientCapabilities object; empty: it may be served (N9).
json::object lacking_capabilities(const Toolbox& toolbox, const wire::mcp::Codec& codec,
                                  const wire::mcp::ClientAbilities& client,
                                  const wire::jsonrpc::Request& request);

/// -32021 with `data.requiredCapabilities`; -32602 where the revision has no such number.
wire::jsonrpc::Fault lacking_capability_fault(const wire::mcp::Codec& codec, json::object lacking,
                                              const wire::jsonrpc::Request& request);

/// -32601.
wire::jsonrpc::Fault unknown_method(const wire::jsonrpc::Request& request);

/// The tool of a tools/call, its arguments checked, its handler run: what it
/// came to, or why it was not run. For doors that follow a task themselves.
Async<std::expected<CallOutcome, wire::jsonrpc::Fault>> run_tool(Asked asked);

/// Serves the request. Scopes, needs and arguments are checked before a handler
/// runs. Never throws for what a client sends.
Async<Answer> dispatch(Asked asked);

/// An Error as a result of a tool (F7): its stable code and its sentence as text, and as the
/// member "error", {code, message}.
wire::mcp::ToolResult error_result(const Error& error);

}  // namespace meshai::doors::mcp
