// base/scope.h
//
// The owner of coroutines. Nothing is spawned into the void: what a Scope has
// spawned, it can cancel, and it does not end before its children have. All
// calls happen on the scope's executor.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/async.h"

namespace meshai {

class Clock;
class Log;

class Scope {
  public:
    /// `log` hears about exceptions, which are bugs: they end the one child.
    Scope(Executor ex, Clock& clock, Log& log);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

    /// Starts `work`. After `cancel` it is dropped unstarted and false comes back.
    bool spawn(std::string name, Async<void> work);

    /// Asks all children to end, now and for ever. Does not wait.
    void cancel();

    /// Cancels, then waits until the last child has ended. Cannot itself be cancelled.
    Async<void> close();

    /// Waits until no child runs, without cancelling any.
    Async<void> drained();

    std::size_t running() const;
    Executor executor() const;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace meshai
