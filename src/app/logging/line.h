// app/logging/line.h
//
// What a log line looks like: for people, and as JSON for machines. Pure. Both
// forms are one line whatever a field holds (a newline in an agent's answer
// must not become a line of ours), and both leave out what looks like a key,
// should one ever get here.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/log.h"

namespace meshai::app {

/// `task failed task=t_9f2 why="closed in the middle"`: without time and level.
std::string human_line(std::string_view message, Fields fields);

/// `{"time":"…","level":"warn","message":"…","task":"t_9f2"}`
std::string json_line(WallTime time, Level level, std::string_view message, Fields fields);

/// "debug", "info", "warn", "error"; Info for anything else.
Level level_of(std::string_view name);

/// `text` with everything behind the prefix of an API key replaced: "msk_live_***".
std::string without_keys(std::string_view text);

}  // namespace meshai::app
