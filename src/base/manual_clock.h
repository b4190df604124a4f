// base/manual_clock.h
//
// The clock of the tests: time stands still until a test lets it pass. Alarms
// fire in order of their time. Used with test_loop.h, on one thread.
#pragma once

#include <map>
#include <mutex>

#include "base/clock.h"

namespace meshai {

class ManualClock final : public Clock {
  public:
    MonoTime now() const override;
    WallTime wall() const override;
    std::unique_ptr<Alarm> alarm(Executor ex, MonoTime when, std::function<void()> fire) override;

    /// The time of the next alarm, or kNever.
    MonoTime next_alarm() const;

    /// Moves time to `when` (never back) and posts every alarm that is due.
    void move_to(MonoTime when);

    /// Steps the wall clock alone, as an operator or NTP would.
    void step_wall(Millis by);

  private:
    struct Waiting {
        Executor ex;
        std::shared_ptr<std::function<void()>> fire;
    };
    class ManualAlarm;
    using Queue = std::multimap<MonoTime, Waiting>;

    mutable std::mutex mutex_;
    MonoTime now_{std::chrono::hours(1)};
    Millis wall_offset_{1'737'028'800'000 - 3'600'000};  // 2025-01-16T12:00:00Z at the start
    Queue queue_;
};

}  // namespace meshai
