// cli/target.h
//
// Which server a command talks to, and with which key: flags first, then the
// environment. Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "net/http/message.h"

namespace meshai::cli {

inline constexpr std::string_view kDefaultUrl = "http://127.0.0.1:8080";

/// As said on the command line; empty where nothing was said.
struct TargetFlags {
    std::string url;
    std::string key;
    std::string ca_file;  ///< an authority to trust besides the system's
};

struct Target {
    net::http::Url url;  ///< its target is the path before "/api/v1", mostly "/"
    std::string key;

    net::http::Url at(const std::string& path) const;
};

using Variable = std::function<std::optional<std::string>(const std::string& name)>;

/// --url, MESHAI_URL, MESHAI_API_URL, or the default; --key or MESHAI_API_KEY, if any.
/// InvalidArgument for a URL that cannot be one.
Result<Target> place_of(const TargetFlags& flags, const Variable& variable);

/// The same, and Unauthenticated without a key.
Result<Target> target_of(const TargetFlags& flags, const Variable& variable);

}  // namespace meshai::cli
