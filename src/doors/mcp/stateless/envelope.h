// doors/mcp/stateless/envelope.h
//
// What every request of the stateless era says about itself: the members of its
// `_meta`, and the header fields that repeat it for whoever routes without
// reading bodies. Read and checked here in one fixed order, the first failure
// wins, so that each mistake has one answer. Pure.
#pragma once

#include <expected>
#include <map>
#include <optional>
#include <vector>

#include "doors/mcp/core/classify.h"
#include "net/http/message.h"
#include "wire/mcp/codec.h"
#include "wire/mcp/headers.h"

namespace meshai::doors::mcp {

struct Envelope {
    wire::mcp::Revision revision = wire::mcp::kNewestStateless;
    wire::mcp::ClientAbilities client{};
    std::optional<wire::mcp::LogLevel> log_level{};  ///< absent: the client wants no log (F12)
    std::optional<json::value> progress_token{};
};

/// `_meta` complete (400, -32602), the header's revision is the body's (400,
/// -32020), the revision is served (400, -32022), Mcp-Method and Mcp-Name say
/// what the body says (400, -32020).
std::expected<Envelope, Refusal> read_envelope(const net::http::Headers& headers,
                                               const wire::jsonrpc::Request& request);

/// The Mcp-Param-* fields of a call say what its arguments say (400, -32020; H18).
std::optional<Refusal> check_param_headers(const net::http::Headers& headers,
                                           const std::vector<wire::mcp::HeaderParam>& params,
                                           const wire::jsonrpc::Request& request);

}  // namespace meshai::doors::mcp
