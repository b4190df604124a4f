// cli/exit_code.h
//
// How every command of meshai ends, as scripts see it. The numbers are a
// contract, written down in docs/cli.md and in `meshai --help`.
#pragma once

#include "base/result.h"

namespace meshai::cli {

enum ExitCode : int {
    kOk = 0,
    kFailed = 1,       ///< the task failed, or the command did
    kUsage = 2,        ///< the command line, the configuration or the request is wrong
    kUnreachable = 3,  ///< no server answers there, or it went away for too long
    kDenied = 4,       ///< no key, a wrong key, or a key without the right
    kNotFound = 5,     ///< no such task, agent, key or file
    kCancelled = 6,    ///< the task was cancelled, by ^C or by somebody else
    kTimedOut = 124,   ///< --wait passed; the task goes on
};

/// The part of `meshai --help` that explains the numbers.
inline constexpr std::string_view kExitCodeHelp =
    "Exit codes: 0 done; 1 failed; 2 wrong usage, configuration or request; 3 no server answers;\n"
    "4 key missing, wrong or without the right; 5 not found; 6 cancelled; 124 --wait passed.";

ExitCode exit_code_of(Code code);

}  // namespace meshai::cli
