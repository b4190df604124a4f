// store/sqlite/writer.h
//
// The one thread that writes. It commits whatever queued while the last commit
// ran: no timers, one fsync for many callers. A unit whose expectations do not
// hold is left out and told so; the others of its group are committed. When it
// has nothing else to do it removes the events of erased logs, a few at a time,
// and gives free pages back.
#pragma once

#include <deque>
#include <functional>
#include <thread>

#include "base/log.h"
#include "store/sqlite/ledger.h"
#include "store/sqlite/queue.h"
#include "store/sqlite/tail.h"

namespace meshai::store {

/// Events of an erased log that are removed in one go, between two commits.
inline constexpr std::size_t kSweepRecordsMax = 500;

/// Free pages that are kept for new events; what is more goes back to the disk.
inline constexpr std::int64_t kFreePagesKept = 2048;
inline constexpr std::int64_t kShrinkPagesMax = 256;

class Writer {
  public:
    Writer(std::unique_ptr<Ledger> ledger, WriterQueue& queue, Tail& tail, Watches& watches, Log& log);
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    /// Waits until everything in the closed queue is done.
    void join();

  private:
    /// A log that is hidden; whoever asked for its removal waits until it is empty.
    struct Sweep {
        std::int64_t log_key;
        std::optional<Reply<Status>> reply;
    };

    void work();
    void run(std::vector<Job> jobs);
    void commit_group(std::vector<UnitJob>& group);
    std::vector<Status> try_group(std::vector<UnitJob*> group);
    std::vector<Status> commit_checked(const std::vector<UnitJob*>& group, std::vector<Status> outcomes);
    void publish(const Unit& unit);
    void erase(EraseJob job);
    Result<std::int64_t> hide(const LogKey& log);
    bool has_chores() const;
    void do_a_chore();
    void sweep_a_little();
    Error failed_commit(Error error) const;

    std::unique_ptr<Ledger> ledger_;
    WriterQueue& queue_;
    Tail& tail_;
    Watches& watches_;
    Log& log_;
    std::deque<Sweep> sweeps_;
    bool may_shrink_ = true;
    bool chores_blocked_ = false;  // after a failure, until a commit has worked again
    std::thread thread_;
};

}  // namespace meshai::store
