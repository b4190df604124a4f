// mesh/executor/progress_clock.h
//
// When a task that says nothing should be spoken for. The guide: "Send regular
// progress updates for long tasks: Every 5-10 seconds for tasks > 30 seconds".
// Pure; it is told the time.
#pragma once

#include <string>
#include <string_view>

#include "mesh/executor/executor.h"

namespace meshai::mesh {

class ProgressClock {
  public:
    explicit ProgressClock(MonoTime begun) : begun_(begun), said_(begun) {}

    /// Something was said to the client.
    void said(MonoTime now) { said_ = now; }

    /// When the next status line is due if nothing is said before.
    MonoTime due() const { return std::max(begun_ + kStatusLineAfter, said_ + period(said_ - begun_)); }

    /// A task that takes days, for a timer or a person, must not fill its log by saying so.
    static Duration period(Duration age) {
        if (age < kStatusLineOften) return kStatusLinePeriod;
        return age < kStatusLineSeldom ? 6 * kStatusLinePeriod : 60 * kStatusLinePeriod;
    }

    /// "40 s", "12 min"
    std::string age(MonoTime now) const;

  private:
    MonoTime begun_;
    MonoTime said_;
};

/// "Still working: agent "writer", 40 s, 1532 characters so far".
std::string working_line(std::string_view who, std::string_view age, std::size_t characters);

/// "Waiting for the client's answer, 40 s": nobody is told that an agent works which waits.
std::string waiting_line(std::string_view age);

}  // namespace meshai::mesh
