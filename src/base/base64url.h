// base/base64url.h
//
// Bytes as text that stands anywhere unquoted: base64url without padding (RFC
// 4648, section 5). For opaque tokens that clients carry and give back. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace meshai {

std::string to_base64url(std::string_view bytes);

/// InvalidArgument for anything that `to_base64url` does not write: other
/// letters, padding, bits that say nothing.
Result<std::string> from_base64url(std::string_view text);

}  // namespace meshai
