// net/http/target.h
//
// The target of a request line (RFC 9112 3.2), taken apart: path and query,
// percent-decoded once, so that no handler decodes again. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace meshai::net::http {

struct Target {
    std::string path;
    std::vector<std::pair<std::string, std::string>> query;
    std::string authority;  ///< of an absolute-form target; empty otherwise
};

inline constexpr std::size_t kQueryPairsMax = 128;

/// Origin-form ("/a?b=c") and absolute-form ("http://host/a"). Refused with
/// InvalidArgument: fragments, dot segments, encoded slashes (they would mean
/// one thing to a proxy and another to us), NUL and other control characters
/// in the path, NUL in the query, bytes that are no UTF-8, broken escapes.
Result<Target> parse_target(std::string_view text);

}  // namespace meshai::net::http
