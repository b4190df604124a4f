// cli/mcp/outbound.h
//
// What goes out to the client: messages of the server as lines, and the
// bridge's own errors. MCP, stdio: "The server MUST NOT write anything to its
// stdout that is not a valid MCP message", so whatever the server sent is read
// before it is passed on (T1). Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "wire/jsonrpc/message.h"

namespace meshai::cli::mcp {

/// A message of the server, or a batch of them.
struct Outbound {
    std::string line;  ///< as it came, without newlines
    json::value tree;

    /// The answers in it: an object with an id and a result or an error.
    std::vector<const json::object*> answers() const;
};

/// Nothing when the text is no JSON-RPC message.
std::optional<Outbound> read_outbound(std::string text);

/// The line that answers the request `id` with this failure.
std::string error_line(const Error& error, const wire::jsonrpc::RequestId& id);

/// The same with an error object that the server made.
std::string error_line(const json::object& error, const wire::jsonrpc::RequestId& id);

}  // namespace meshai::cli::mcp
