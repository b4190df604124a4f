#include "mesh/conductor/turnstile.h"

namespace meshai::mesh {

Async<bool> Turnstile::enter() {
    if (free_ > 0) {
        --free_;
        co_return true;
    }
    const auto mine = waiting_.emplace(waiting_.end(), Waiting{Signal(ex_, clock_), false});
    const auto bell = mine->bell;
    const auto woken = co_await bell.wait_until(kNever);
    const bool is_in = mine->is_let_in;
    waiting_.erase(mine);
    if (woken != Wake::Cancelled) co_return is_in;
    if (is_in) leave();
    co_return false;
}

void Turnstile::leave() {
    for (auto& next : waiting_) {
        if (next.is_let_in) continue;
        next.is_let_in = true;
        next.bell.notify();
        return;
    }
    ++free_;
}

}  // namespace meshai::mesh
