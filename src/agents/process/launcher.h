// agents/process/launcher.h
//
// Local programs as command agents need them: started without a shell, in a
// process group and an environment of their own, with limits, and ended for
// sure. PosixLauncher (posix_launcher.h) is the real one; tests have their own.
// Everything happens on the launcher's executor.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/result.h"

namespace meshai::agents {

/// What to start.
struct Program {
    std::vector<std::string> argv;                                 ///< [0] with a slash, or found in PATH
    std::vector<std::pair<std::string, std::string>> environment;  ///< added to the launcher's few
    std::string folder;                        ///< to run in; empty: a fresh one, removed afterwards
    std::string input;                         ///< all of its standard input
    std::size_t errors_bytes_max = 4U << 10U;  ///< kept from the end of its standard error
};

/// How a program ended: by `status`, or by `signal` if that is not 0.
struct Exit {
    int status = 0;
    int signal = 0;
};

/// A program that was started. Letting go of it ends the program and all that
/// it started: SIGTERM at once, SIGKILL after kTerminationGrace.
class Process {
  public:
    virtual ~Process() = default;

    /// The next bytes of its standard output; nothing at the end. Timeout, Cancelled.
    virtual Async<Result<std::optional<std::string>>> read(MonoTime deadline) = 0;

    /// Waits until it has ended. Timeout, Cancelled.
    virtual Async<Result<Exit>> wait(MonoTime deadline) = 0;

    /// What it wrote last to its standard error; any bytes.
    virtual std::string errors() const = 0;
};

class ProcessLauncher {
  public:
    virtual ~ProcessLauncher() = default;

    /// Unavailable, with a reason, when the program cannot be started.
    virtual Result<std::unique_ptr<Process>> start(Program program) = 0;

    /// Whether `program` (the first of an argv) could be started at all.
    virtual Status find(const std::string& program) const = 0;
};

inline constexpr Duration kTerminationGrace = std::chrono::milliseconds(700);

}  // namespace meshai::agents
