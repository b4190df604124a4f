// agents/retry_after.h
//
// The header field Retry-After (RFC 9110 10.2.3): how long a peer wants to be
// left alone, as seconds or as a date. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"

namespace meshai::agents {

/// A longer wish is cut to this: no peer decides that a task sleeps for a week.
inline constexpr Millis kRetryAfterMax = std::chrono::hours(1);

/// Nothing when the value is neither a number nor a date; zero for a date that has passed.
std::optional<Millis> parse_retry_after(std::string_view value, WallTime now);

}  // namespace meshai::agents
