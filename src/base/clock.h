// base/clock.h
//
// Time as the server sees it. Nothing outside base/ asks the operating system
// for the time: a test runs hours in a millisecond on the manual clock. Two
// kinds of time: MonoTime for waiting and measuring, never stepped back;
// WallTime (UTC, milliseconds) for people and for storage. Any thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/async.h"

namespace meshai {

using namespace std::chrono_literals;
using Duration = std::chrono::nanoseconds;
using Millis = std::chrono::milliseconds;
using MonoTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

/// A wait without an end; still ended by cancellation.
inline constexpr MonoTime kNever = MonoTime::max();

/// Destroying it takes the alarm back. On the alarm's own executor that is
/// exact: `fire` does not run afterwards.
class Alarm {
  public:
    virtual ~Alarm() = default;
};

class Clock {
  public:
    virtual ~Clock() = default;

    virtual MonoTime now() const = 0;
    virtual WallTime wall() const = 0;

    /// Runs `fire` once on `ex`, no earlier than `when`. Call it on `ex`.
    virtual std::unique_ptr<Alarm> alarm(Executor ex, MonoTime when, std::function<void()> fire) = 0;

    MonoTime in(Duration wait) const { return now() + wait; }
};

/// The operating system's clocks.
class SystemClock final : public Clock {
  public:
    MonoTime now() const override;
    WallTime wall() const override;
    std::unique_ptr<Alarm> alarm(Executor ex, MonoTime when, std::function<void()> fire) override;
};

/// RFC 3339, UTC, whole seconds: "2025-01-16T12:00:00Z".
std::string rfc3339(WallTime time);

/// RFC 3339, UTC, with milliseconds: "2025-01-16T12:00:00.125Z".
std::string rfc3339_ms(WallTime time);

inline std::int64_t unix_ms(WallTime time) {
    return time.time_since_epoch().count();
}

inline WallTime wall_of(std::int64_t unix_ms) {
    return WallTime{Millis{unix_ms}};
}

}  // namespace meshai
