// cli/mcp/inbound.h
//
// What a client says on one line: which kind of message it is, whose answers
// it waits for, and which era of MCP it belongs to. The text itself goes to the
// server as it came, so that no number and no member is lost on the way. Pure.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "wire/jsonrpc/message.h"

namespace meshai::cli::mcp {

/// Revisions up to 2025-11-25 have `initialize` and sessions; from 2026-07-28
/// on each request says its own version in `_meta` (N4, N10).
enum class Era { Sessions, Stateless };

struct Inbound {
    enum class Kind { Request, Notification, Response, Batch };

    Kind kind = Kind::Request;
    Era era = Era::Sessions;
    std::string text;                           ///< the line
    std::vector<wire::jsonrpc::RequestId> ids;  ///< the requests in it
    std::string method{};                       ///< of a request or notification
    json::object params{};

    /// `_meta["io.modelcontextprotocol/protocolVersion"]`, where it is a text.
    std::string version{};
};

/// The message, or the line to answer with; that one is empty where nothing may be answered.
std::expected<Inbound, std::string> read_inbound(std::string line);

/// The request that a notifications/cancelled is about.
std::expected<wire::jsonrpc::RequestId, Error> cancelled_id(const json::object& params);

/// The id in a message of either side; nothing for null, a fraction or none.
std::optional<wire::jsonrpc::RequestId> id_of(const json::value* id);

}  // namespace meshai::cli::mcp
