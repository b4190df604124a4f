// doors/mcp/stateless/listen.h
//
// subscriptions/listen: a stream on which the server tells one client what has
// changed, as long as the client likes. First comes the acknowledgement of what
// is honoured, then only what was asked for, each message with the subscription's
// id; nothing is queued, news are coalesced. One executor.
#pragma once

#include "doors/front/call.h"
#include "doors/mcp/stateless/envelope.h"

namespace meshai::doors::mcp {

/// What a client wants to hear of, and in the acknowledgement what it will (L1, L3).
struct Wishes {
    bool tools = false;
    bool prompts = false;
    bool resources = false;
    std::vector<std::string> uris{};
    std::vector<std::string> tasks{};
};

/// From `params.notifications`; InvalidArgument for members of a wrong type and for too many.
Result<Wishes> read_wishes(const json::object& params);

/// The members of `notifications` as they are acknowledged: what is honoured and nothing else.
json::object to_json(const Wishes& wishes);

Async<void> serve_listen(Call& call, const Envelope& envelope, const wire::jsonrpc::Request& request);

}  // namespace meshai::doors::mcp
