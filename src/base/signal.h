// base/signal.h
//
// A bell that one coroutine waits at and anybody may ring. All waiting in the
// server is built on it: for events of a log, for room in a queue, for time to
// pass. Ringing before the wait is kept (once), so no wake-up is lost. A
// Signal is a handle: copies ring the same bell, and it may outlive the waiter.
#pragma once

#include <memory>

#include "base/async.h"
#include "base/clock.h"
#include "base/result.h"

namespace meshai {

enum class Wake { Notified, Deadline, Cancelled };

class Signal {
  public:
    Signal(Executor ex, Clock& clock);

    /// A bell that also rings `other`: a waiter at `other` can tell afterwards
    /// whether it was this one (it is then still rung).
    Signal(Executor ex, Clock& clock, Signal other);

    /// Rings the bell. Any thread, any number of times.
    void notify() const;

    /// Waits until notified, until `deadline`, or until the scope is closed.
    /// On the executor given above, by one coroutine at a time.
    Async<Wake> wait_until(MonoTime deadline) const;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

/// Lets `wait` pass. Code::Cancelled when the scope is closed before.
Async<Status> pause(Clock& clock, Duration wait);

}  // namespace meshai
