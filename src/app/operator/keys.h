// app/operator/keys.h
//
// `meshai key create|ls|revoke`: API keys by the operator, in the store itself,
// with the server running or not. Each gives what the command prints as JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/config/config.h"
#include "base/json.h"
#include "base/result.h"

namespace meshai::app {

struct KeyWish {
    std::string tenant;
    std::string name;
    std::string subject;              ///< empty: the name
    std::vector<std::string> scopes;  ///< each may be several with commas between; empty: all
    std::string expires;              ///< "90d" from now, "2027-01-31" (its end, UTC), or empty: never
    bool is_test = false;
};

/// {"id","key","tenant","scopes"}: the only time the key is seen.
Result<json::object> create_key(const Config& config, const KeyWish& wish);

/// [{"id","tenant","name","subject","scopes","prefix","state","created_at","expires_at","revoked_at"}]
Result<json::array> list_keys(const Config& config);

Status revoke_key(const Config& config, const std::string& id);

/// The time that `text` names. Pure.
Result<std::optional<WallTime>> parse_expiry(const std::string& text, WallTime now);

/// "a,b" and "c" as a, b and c. Pure.
std::vector<std::string> split_commas(const std::vector<std::string>& texts);

}  // namespace meshai::app
