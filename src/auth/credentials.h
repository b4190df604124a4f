// auth/credentials.h
//
// Which key a request shows. Pure: header fields in, a key out. Three forms are
// understood: `Authorization: Bearer KEY` (RFC 6750 2.1), `Authorization: KEY`
// as older clients of the family write it, and `X-API-Key: KEY`. A key in the
// query is never read: it would end in every proxy's log.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "net/http/message.h"

namespace meshai::auth {

/// The key; nothing when the request shows none. Unauthenticated when it shows
/// several that differ (whoever checks the other one would see someone else),
/// or uses a scheme this server does not know.
Result<std::optional<std::string>> shown_key(const net::http::Headers& headers);

}  // namespace meshai::auth
