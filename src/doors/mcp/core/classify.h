// doors/mcp/core/classify.h
//
// Which way a POST takes: the era of its message, or the refusal it gets. The
// body decides; header fields are only checked against it. What a client sends
// as Mcp-Method never counts here (clients of the sessions era send it, too),
// and a session id never makes a stateless request anything else. Pure.
#pragma once

#include <expected>
#include <optional>
#include <string_view>

#include "wire/jsonrpc/message.h"

namespace meshai::doors::mcp {

/// Where the message came in. The guide's clients know neither sessions nor
/// `_meta`; at /v1/mcp they are served as the guide says, elsewhere not.
enum class Place { Guide, Endpoint };

struct Incoming {
    Place place = Place::Endpoint;
    std::optional<std::string_view> version{};  ///< MCP-Protocol-Version
    bool has_session = false;                   ///< Mcp-Session-Id is there
};

enum class Way {
    Guide,      ///< a request that stands for itself, in the guide's lenient form
    Sessions,   ///< 2024-11-05 … 2025-11-25
    Stateless,  ///< 2026-07-28: a request with its envelope
    Nothing,    ///< a notification of the stateless era: taken, and that is all
};

/// An answer instead of the service: its HTTP status and what the body says.
struct Refusal {
    int status;
    wire::jsonrpc::Fault fault;
};

std::expected<Way, Refusal> classify(const Incoming& incoming, const wire::jsonrpc::Body& body);

/// Whether the parameters say that they are of the stateless era (N10).
bool has_envelope(const json::object& params);

}  // namespace meshai::doors::mcp
