// app/config/quantity.h
//
// Times and sizes as people write them: "500ms", "30s", "5m", "2h", "7d";
// "64KiB", "4MiB", "1GiB". A bare number is seconds, or bytes. Pure.
#pragma once

#include <string>
#include <string_view>

#include "app/config/config.h"
#include "base/result.h"

namespace meshai::app {

Result<Millis> parse_time(std::string_view text);
Result<Bytes> parse_bytes(std::string_view text);

/// The shortest exact form: "5m", "1500ms"; "4MiB", "1000".
std::string written(Millis time);
std::string written(Bytes size);

}  // namespace meshai::app
