// app/process/signals.h
//
// What the operating system tells the process: end (SIGTERM, SIGINT), read the
// certificates again (SIGHUP). SIGPIPE is ignored, because a client that went
// away is no reason to end. One per process, on one executor.
#pragma once

#include <memory>

#include "base/async.h"

namespace meshai::app {

enum class Wish { End, Reload };

class Signals {
  public:
    explicit Signals(Executor ex);
    ~Signals();

    /// The next thing that is asked for.
    Async<Wish> next();

    /// From now on, asking to end ends the process at once. The store survives
    /// that as it survives a power cut.
    void end_at_once();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace meshai::app
