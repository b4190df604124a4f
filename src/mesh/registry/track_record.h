// mesh/registry/track_record.h
//
// How an agent's calls went: average response time, success rate, trend, and
// whether it has failed so often lately that others should be asked first
// (failover). Pure: it is told the time. Not thread-safe.
#pragma once

#include <cstdint>
#include <deque>

#include "mesh/registry/registry.h"

namespace meshai::mesh {

/// Weight of the newest call in the average response time.
inline constexpr double kResponseTimeWeight = 0.2;

/// Calls from which on a trend means something.
inline constexpr std::size_t kTrendCallsMin = 4;

class TrackRecord {
  public:
    void succeeded(MonoTime now, Millis duration);
    void failed(MonoTime now, Millis duration);

    /// An active probe that was answered: counts towards recovery, not as a call.
    void answered_probe() { recover_a_step(); }

    /// Bad after kFailoverFailures in kFailoverWindow; good again after
    /// kFailoverSuccesses in a row, or when the last failure is a window ago.
    bool is_failed_over(MonoTime now) const;

    std::uint64_t calls() const { return calls_; }
    double response_time_ms() const { return response_time_ms_; }  ///< of successes; 0: unknown
    double success_rate() const;                                   ///< over the window; 1 where unknown
    double trend() const;                                          ///< -1..1; 0 where unknown
    bool is_slow() const { return response_time_ms_ > static_cast<double>(kSlowCall.count()); }

  private:
    struct Call {
        bool success = false;
        double ms = 0;
    };
    void remember(Call call);
    void recover_a_step();

    std::uint64_t calls_ = 0;
    double response_time_ms_ = 0;
    std::deque<Call> window_{};        ///< newest last, at most kBreakerWindowCalls
    std::deque<MonoTime> failures_{};  ///< newest last, at most kFailoverFailures
    bool failed_over_ = false;
    int successes_in_a_row_ = 0;
};

}  // namespace meshai::mesh
