// mesh/executor/pending.h
//
// What an agent has said and the log has not yet: a bounded buffer between the
// adapter, which fills it, and the run, which appends all of it as one unit.
// Pieces of output that wait next to each other become one event, up to
// kOutputPieceBytesMax. Pure; one executor.
#pragma once

#include <vector>

#include "task/event.h"

namespace meshai::mesh {

inline constexpr std::size_t kPendingEventsMax = 256;
inline constexpr std::size_t kPendingBytesMax = 1U << 20U;

class Pending {
  public:
    /// Whether an agent that wants to say more has to wait.
    bool is_full() const { return bodies_.size() >= kPendingEventsMax || bytes_ >= kPendingBytesMax; }
    bool empty() const { return bodies_.empty(); }

    /// `bytes` is about how large the event is. May overshoot the bound by one event.
    void add(task::Body body, std::size_t bytes);

    /// All of it, in order; then it is empty.
    std::vector<task::Body> take();

  private:
    std::vector<task::Body> bodies_{};
    std::size_t bytes_ = 0;
};

}  // namespace meshai::mesh
