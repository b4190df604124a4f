// agents/process/spawn.h
//
// The dangerous minute between fork and exec, alone in one file: a server with
// many threads may only make async-signal-safe calls there (POSIX.1-2017,
// fork), so everything is prepared before. Linux.
#pragma once

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

#include "agents/process/posix_launcher.h"
#include "base/result.h"

namespace meshai::agents {

/// A file descriptor with an owner.
class File {
  public:
    File() = default;
    explicit File(int fd) : fd_(fd) {}
    File(File&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    File& operator=(File&& other) noexcept;
    ~File();

    int get() const { return fd_; }
    int release() { return std::exchange(fd_, -1); }
    void close();

  private:
    int fd_ = -1;
};

struct Spawned {
    pid_t pid = 0;  ///< and the id of its process group
    File ended{};   ///< a pidfd: readable once the program has ended
    File input{};   ///< our ends of its standard files, non-blocking
    File output{};
    File errors{};
};

struct SpawnPlan {
    std::string file;  ///< of the program
    std::vector<std::string> argv;
    std::vector<std::string> environment;  ///< "NAME=value"
    std::string folder;
    ProcessLimits limits{};
};

/// Starts it. Unavailable with the system's reason when it cannot be started.
Result<Spawned> spawn(const SpawnPlan& plan);

}  // namespace meshai::agents
