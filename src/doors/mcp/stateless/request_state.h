// doors/mcp/stateless/request_state.h
//
// What the server would have to remember between the rounds of one call, given
// to the client instead: the answers so far and the key of the call, sealed. The
// client sends it back with the next answers; it cannot read it, change it, use
// it for another request, for another person, or for long (R3). Pure.
#pragma once

#include <string>

#include "auth/gate.h"
#include "base/clock.h"
#include "base/seal.h"
#include "wire/jsonrpc/message.h"
#include "wire/mcp/questions.h"

namespace meshai::doors::mcp {

struct RequestState {
    std::string key{};  ///< idempotency key of the call; may be empty
    wire::mcp::Answers answers{};
};

/// A person has so long to answer.
inline constexpr Duration kRequestStateKept = std::chrono::hours(1);

/// Answers of one call, together; a header of a proxy never carries them, a body does.
inline constexpr std::size_t kRequestStateBytesMax = 512U << 10U;

/// What a state is good for: this method with these parameters (apart from `_meta`,
/// `inputResponses` and `requestState`; the order of members does not count), asked by this principal.
std::string purpose_of(const auth::Principal& principal, const wire::jsonrpc::Request& request);

/// TooLarge over kRequestStateBytesMax.
Result<std::string> seal_state(const Seal& seal, const RequestState& state, const std::string& purpose,
                               WallTime now);

/// InvalidArgument for what was tampered with, is of another request or person, or has expired.
Result<RequestState> open_state(const Seal& seal, std::string_view sealed, const std::string& purpose,
                                WallTime now);

}  // namespace meshai::doors::mcp
