// net/memory/pipe.h
//
// One direction of a connection in memory: what one side writes, the other
// reads, through a buffer with a bound, so that a slow reader holds up its
// writer as a socket does. Faults are set per pipe. One thread.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "base/signal.h"

namespace meshai::net {

struct PipeFaults {
    std::optional<std::size_t> cut_after{};     ///< after so many bytes the connection breaks
    bool is_cut_orderly = false;                ///< the cut looks like an end, not like a reset
    Duration delay{};                           ///< from write to read
    std::optional<std::uint64_t> split_seed{};  ///< reads give pieces of random length
};

class Pipe {
  public:
    Pipe(Executor reader, Executor writer, Clock& clock, std::size_t bytes_max, PipeFaults faults);

    Async<Status> readable(MonoTime deadline);

    /// After `readable`; 0 at the end.
    std::size_t take(std::span<char> into);

    Async<Status> write(std::string_view bytes, MonoTime deadline);

    /// The writer says no more.
    void finish();

    /// The reader is gone: what it has not read breaks the other direction,
    /// as TCP does; tells whether there was any.
    bool abandon();

    /// Both sides fail from now on, and what was not read is lost.
    void reset();

    bool is_reset() const { return reset_; }
    std::size_t bytes() const { return bytes_; }

  private:
    struct Segment {
        MonoTime ready;
        std::string bytes;
        std::size_t taken = 0;
    };

    bool has_something(MonoTime now) const;
    void put(std::string_view bytes);
    void break_off();  // what was written before can still be read

    Clock& clock_;
    std::size_t bytes_max_;
    PipeFaults faults_;
    std::optional<SeededRandom> split_{};
    Signal filled_;
    Signal emptied_;
    std::deque<Segment> segments_{};
    std::size_t bytes_ = 0;
    std::size_t passed_ = 0;
    bool finished_ = false;
    bool abandoned_ = false;
    bool reset_ = false;
};

}  // namespace meshai::net
