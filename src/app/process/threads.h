// app/process/threads.h
//
// The threads of the server: one io_context each, one executor each. What is
// spawned on an executor runs on its thread and nowhere else. Owned by the
// command that serves; everything that uses an executor is destroyed after
// `stop` and before this.
#pragma once

#include <memory>
#include <thread>
#include <vector>

#include "base/async.h"
#include "base/log.h"

namespace meshai::app {

class Threads {
  public:
    /// `count` threads that do not run yet.
    Threads(std::size_t count, Log& log);
    ~Threads();
    Threads(const Threads&) = delete;
    Threads& operator=(const Threads&) = delete;

    std::vector<Executor> executors();

    void start();

    /// Ends all loops, whatever waits there, and waits for the threads. Not from one of them.
    void stop();

  private:
    struct Loop;
    static void run(asio::io_context& context, Log& log);

    Log& log_;
    std::vector<std::unique_ptr<Loop>> loops_;
};

/// As many as there are cores for this process, at least one.
std::size_t cores();

}  // namespace meshai::app
