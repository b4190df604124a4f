#include "doors/ws/turns.h"

namespace meshai::doors::ws {

Async<bool> Turns::take() {
    if (is_closed_) co_return false;
    if (waiting_.empty() && has_room_()) co_return true;
    Signal mine(ex_, clock_);
    waiting_.push_back(mine);
    for (;;) {
        // Whoever is cancelled here is so because the connection ends: the place
        // in the queue ends with it.
        if (co_await mine.wait_until(kNever) == Wake::Cancelled || is_closed_) co_return false;
        if (has_room_()) co_return true;
        // Somebody was quicker; the first stays the first.
        waiting_.push_front(mine);
    }
}

void Turns::look() {
    if (waiting_.empty() || !has_room_()) return;
    const auto first = waiting_.front();
    waiting_.pop_front();
    first.notify();
}

void Turns::close() {
    is_closed_ = true;
    for (const auto& each : std::exchange(waiting_, {})) each.notify();
}

}  // namespace meshai::doors::ws
