// app/operator/database.h
//
// `meshai db check|backup`: looks after the store's file, with the server
// running or not.
#pragma once

#include <string>

#include "app/config/config.h"
#include "base/json.h"
#include "base/result.h"

namespace meshai::app {

/// Reads the whole file. {"path","ok","bytes","logs","records","rows","findings"}; not ok is no error.
Result<json::object> check_database(const Config& config);

/// A copy of the store as it is at one moment, in a new file. {"path","backup","bytes"}
Result<json::object> back_up_database(const Config& config, const std::string& to);

}  // namespace meshai::app
