// doors/ws/turns.h
//
// Who may send next on one connection. Each line needs a turn; turns are given
// in the order in which they were asked for, while the connection has room. A
// task that says much and one that says little so go forward by the same number
// of lines. One executor.
#pragma once

#include <deque>
#include <functional>

#include "base/signal.h"

namespace meshai::doors::ws {

class Turns {
  public:
    /// `has_room` is asked before every turn.
    Turns(Executor ex, Clock& clock, std::function<bool()> has_room)
        : ex_(ex), clock_(clock), has_room_(std::move(has_room)) {}

    /// Waits for a turn: one line may be sent, at once. False when there is none
    /// any more.
    Async<bool> take();

    /// There is room (again), or a line was sent: the next one may look.
    void look();

    /// No more turns; whoever waits is told.
    void close();

    std::size_t waiting() const { return waiting_.size(); }

  private:
    Executor ex_;
    Clock& clock_;
    std::function<bool()> has_room_;
    std::deque<Signal> waiting_{};
    bool is_closed_ = false;
};

}  // namespace meshai::doors::ws
