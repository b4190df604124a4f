// agents/process/posix_process.h
//
// One program that runs, as the launcher sees it: fed, listened to, and reaped
// by coroutines in the launcher's scope, whether or not somebody still holds
// its handle. A program that was let go of is told to end, then made to. On
// the launcher's executor.
#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>

#include "agents/process/posix_launcher.h"
#include "agents/process/watched.h"

namespace meshai::agents {

struct Running {
    Running(Executor ex, Clock& clock, Spawned spawned);

    pid_t group = 0;  ///< 0 once reaped: the number may then belong to somebody else
    std::string folder_to_remove{};
    std::size_t errors_bytes_max = 0;
    std::string errors_tail{};
    std::optional<Exit> exit{};
    bool is_let_go = false;
    bool is_output_over = false;  ///< nothing more is read, whoever still holds the other end
    Watched ended;
    Watched input;
    Watched output;
    Watched errors;
    Signal exited;
    std::unique_ptr<Alarm> alarm{};  ///< SIGKILL after SIGTERM, or the end of the output after the exit

    void kill_group(int signal) const;
};

struct PosixLauncher::State : std::enable_shared_from_this<State> {
    State(Executor executor, Clock& the_clock, Log& the_log, PosixLauncherOptions the_options)
        : ex(executor),
          clock(the_clock),
          log(the_log),
          options(std::move(the_options)),
          scope(executor, the_clock, the_log) {}

    Result<std::shared_ptr<Running>> start(Program program);
    Result<std::string> resolve(const std::string& program) const;
    void let_go(const std::shared_ptr<Running>& running);
    void end_all();

    Executor ex;
    Clock& clock;
    Log& log;
    PosixLauncherOptions options;
    Scope scope;
    std::list<std::shared_ptr<Running>> running{};

  private:
    Result<SpawnPlan> plan(const Program& program, std::string& folder_to_remove) const;
    Async<void> reap(std::shared_ptr<Running> one);
    void forget(const std::shared_ptr<Running>& one);
};

}  // namespace meshai::agents
