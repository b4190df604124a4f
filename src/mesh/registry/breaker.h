// mesh/registry/breaker.h
//
// A circuit breaker: stops calling an agent that keeps failing, and tries it
// again with care after a while. Closed: calls go through. Open: none do, for
// kBreakerOpenTime. Half open: a few at a time do; enough successes close it,
// one failure opens it again. Pure: it is told the time. Not thread-safe.
//
// A slow call never opens it. A model that thinks for a minute is slow and
// well; kSlowCall therefore only shows in the agent's health.
#pragma once

#include <cstdint>
#include <deque>

#include "mesh/registry/registry.h"

namespace meshai::mesh {

class CircuitBreaker {
  public:
    Breaker state(MonoTime now) const;

    /// Whether one more call may begin while `running` are on their way.
    bool lets_through(MonoTime now, int running) const;

    void succeeded(MonoTime now);
    void failed(MonoTime now);

  private:
    void open(MonoTime now);
    void remember(bool success);

    bool is_tripped_ = false;  ///< open, or half open once opened_at_ is long enough ago
    MonoTime opened_at_{};
    int failures_in_a_row_ = 0;
    int successes_half_open_ = 0;
    std::deque<bool> window_{};  ///< newest last, at most kBreakerWindowCalls
    int window_failures_ = 0;
};

}  // namespace meshai::mesh
