// agents/process/posix_launcher.h
//
// Starts programs on this machine (Linux). A program gets: its own process
// group, no inherited file but the three standard ones, an environment of PATH,
// HOME, TMPDIR, LANG and what the call adds (never the server's own), a fresh
// working folder unless it is given one, limits, and SIGKILL should this server
// die. When it ends, what is left of its group is killed. One launcher per
// executor; it outlives the processes it gave out, and its destructor kills
// whatever still runs.
#pragma once

#include <memory>

#include "agents/process/launcher.h"
#include "base/log.h"
#include "base/scope.h"

namespace meshai::agents {

/// Limits of one program (setrlimit).
struct ProcessLimits {
    std::uint64_t open_files = 256;
    std::uint64_t file_bytes = 1ULL << 30U;  ///< of each file it writes
    std::uint64_t cpu_seconds = 3600;
    std::uint64_t core_bytes = 0;
};

struct PosixLauncherOptions {
    std::string path = "/usr/local/bin:/usr/bin:/bin";  ///< searched for programs, and given to them
    std::string temporary_folder = "/tmp";              ///< working folders are made in it
    ProcessLimits limits{};
};

/// At most so many programs of one launcher at a time; more is Unavailable.
inline constexpr std::size_t kProcessesMax = 1000;

class PosixLauncher final : public ProcessLauncher {
  public:
    PosixLauncher(Executor ex, Clock& clock, Log& log, PosixLauncherOptions options = {});
    ~PosixLauncher() override;

    Result<std::unique_ptr<Process>> start(Program program) override;
    Status find(const std::string& program) const override;

    /// Programs that have not been seen to end yet.
    std::size_t running() const;

    /// Waits until no program runs: those that were let go of end within kTerminationGrace.
    Async<void> drained();

    struct State;  // in posix_process.h

  private:
    std::shared_ptr<State> state_;
};

}  // namespace meshai::agents
