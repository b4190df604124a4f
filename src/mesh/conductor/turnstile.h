// mesh/conductor/turnstile.h
//
// Lets a bounded number in at the same time; the others wait in their order.
// One thread.
#pragma once

#include <list>

#include "base/signal.h"

namespace meshai::mesh {

class Turnstile {
  public:
    Turnstile(Executor ex, Clock& clock, std::size_t places) : ex_(ex), clock_(clock), free_(places) {}

    /// False when the scope is closed before there is room. Who got in leaves again.
    Async<bool> enter();
    void leave();

  private:
    struct Waiting {
        Signal bell;
        bool is_let_in = false;
    };
    Executor ex_;
    Clock& clock_;
    std::size_t free_;
    std::list<Waiting> waiting_{};
};

}  // namespace meshai::mesh
