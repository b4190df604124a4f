// store/sqlite/queue.h
//
// The units and removals that wait for the writer, bounded in number and in
// bytes. A caller first reserves its place, and waits for one when the queue is
// full; what has a place is always taken in. The writer takes everything that
// waits in one go: that is the group commit. Any thread.
#pragma once

#include <condition_variable>
#include <list>
#include <mutex>
#include <variant>
#include <vector>

#include "store/sqlite/hand_over.h"
#include "store/watches.h"

namespace meshai::store {

struct UnitJob {
    Unit unit;
    Reply<Status> reply;
};
struct EraseJob {
    LogKey log;
    Reply<Status> reply;
};
using Job = std::variant<UnitJob, EraseJob>;

class WriterQueue {
  public:
    static constexpr std::size_t kJobsMax = 8192;
    static constexpr std::size_t kBytesMax = 64U << 20U;

    /// Callers that wait for a place; one more is told that the store is busy.
    static constexpr std::size_t kWaitersMax = 16384;

    /// A place for a job of `bytes`. Unavailable after `deadline` or `close`, Cancelled.
    Async<Status> reserve(std::size_t bytes, MonoTime deadline, Clock& clock);

    /// Takes in a job that has its place. False after `close`; the job is then untouched.
    bool push(Job& job, std::size_t bytes);

    /// Everything that waits. Waits for something if `patient`. Nothing comes
    /// back empty-handed from a patient call but a closed and empty queue.
    std::vector<Job> take(bool patient);

    void close();
    bool is_closed() const;

  private:
    struct Waiting {
        Job job;
        std::size_t bytes;
    };

    void wake_waiters();

    mutable std::mutex mutex_;  // guards all below
    std::condition_variable filled_;
    std::vector<Waiting> jobs_;
    std::size_t places_ = 0;
    std::size_t bytes_ = 0;
    std::list<Signal> waiters_;
    bool closed_ = false;
};

}  // namespace meshai::store
