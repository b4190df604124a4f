// cli/mcp/session.h
//
// What the server said when the client initialized, and what therefore goes
// with every later message of the sessions era (H7, H8). Nothing of it is sent
// where the server gave nothing. A value.
#pragma once

#include <string>

#include "net/http/message.h"
#include "wire/mcp/headers.h"

namespace meshai::cli::mcp {

struct Session {
    std::string id{};       ///< Mcp-Session-Id; empty: the server keeps none
    std::string version{};  ///< the revision that both agreed to; empty: not initialized

    // MCP 2025-11-25, transports: "the client MUST include the
    // MCP-Protocol-Version: <protocol-version> HTTP header on all subsequent requests".
    void add_to(net::http::Headers& headers) const {
        if (!id.empty()) headers.add(std::string(wire::mcp::kHeaderSession), id);
        if (!version.empty()) headers.add(std::string(wire::mcp::kHeaderVersion), version);
    }

    friend bool operator==(const Session&, const Session&) = default;
};

}  // namespace meshai::cli::mcp
