// cli/process.h
//
// A client command as a process: real network, real clock, ^C. Runs one
// command to its exit code.
#pragma once

#include <functional>

#include "cli/commands.h"

namespace meshai::cli {

/// What was said about the server, before it is checked.
struct ProcessWish {
    TargetFlags target;
    bool is_quiet = false;
};

using Command = std::function<Async<int>(Session& session)>;

int run_command(const ProcessWish& wish, const Command& command);

}  // namespace meshai::cli
