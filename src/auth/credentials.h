// auth/credentials.h
//
// Which key a request shows. Pure: header fields in, a key out. Four forms are
// understood: `Authorization: Bearer KEY` (RFC 6750 2.1), `Authorization: KEY`
// as older clients of the family write it, `X-API-Key: KEY`, and the subprotocol
// `bearer.KEY` of a WebSocket, to which a page in a browser can add no field. A
// key in the query is never read: it would end in every proxy's log.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "net/http/message.h"

namespace meshai::auth {

/// What stands before a key among the subprotocols that a WebSocket offers.
inline constexpr std::string_view kBearerProtocol = "bearer.";

/// The key; nothing when the request shows none. Unauthenticated when it shows
/// several that differ (whoever checks the other one would see someone else),
/// or uses a scheme this server does not know.
Result<std::optional<std::string>> shown_key(const net::http::Headers& headers);

}  // namespace meshai::auth
