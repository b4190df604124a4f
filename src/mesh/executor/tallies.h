// mesh/executor/tallies.h
//
// What the executor counts, for statistics and for metrics: tasks by outcome,
// calls of agents, how long tasks took. Since the process began; nothing here
// is durable, and no label comes from a client. Thread-safe.
#pragma once

#include <mutex>
#include <string_view>

#include "base/metrics.h"
#include "mesh/executor/executor.h"

namespace meshai::mesh {

class Tallies {
  public:
    explicit Tallies(Metrics& metrics);

    void submitted();
    void ended(const task::Body& ending, Duration took);
    void called(std::string_view outcome);  ///< of a call of an agent: "completed", "failed", "cancelled"
    void stand(std::size_t running, std::size_t queued);

    ExecutorStats stats() const;

  private:
    Counter& submitted_;
    Counter& completed_;
    Counter& failed_;
    Counter& cancelled_;
    Gauge& running_;
    Gauge& queued_;
    Histogram& duration_;
    Metrics& metrics_;

    mutable std::mutex mutex_;
    ExecutorStats stats_{};         // guarded by mutex_
    double completed_seconds_ = 0;  // guarded by mutex_
};

}  // namespace meshai::mesh
