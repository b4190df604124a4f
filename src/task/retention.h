// task/retention.h
//
// Forgets finished tasks: those that are older than the operator wants to keep,
// and the oldest ones when there are too many or the store has grown too big.
// Unfinished tasks are never touched. A forgotten task leaves a tombstone, so
// that its reader hears "gone" and not "never heard of"; tombstones and
// idempotency keys are forgotten by age as well. Works in small units with
// pauses, so that nobody notices. One per server; runs in a scope of the app.
#pragma once

#include "task/log.h"

namespace meshai::task {

struct RetentionRules {
    Duration age_max = std::chrono::hours(24 * 30);  ///< of a task, after its end
    std::uint64_t tasks_max = 1'000'000;             ///< finished ones, of all tenants
    std::uint64_t bytes_max = 20ULL << 30U;          ///< of the store, in use
    Duration tombstones_kept = std::chrono::hours(24 * 30);
};

/// Between two rounds.
inline constexpr Duration kRetentionPeriod = std::chrono::minutes(1);

/// Between two rounds over keys and tombstones, which read all of them.
inline constexpr Duration kKeysPeriod = std::chrono::hours(1);

/// After each removed task, and after each page of keys, so that the store's
/// writer is free for tasks that run.
inline constexpr Duration kRetentionPause = std::chrono::milliseconds(5);

/// Tasks that one round removes; the next round goes on.
inline constexpr std::size_t kRoundRemovesMax = 5'000;

class Retention {
  public:
    Retention(store::Engine& engine, Clock& clock, Log& log, RetentionRules rules);

    /// Rounds until the scope is closed.
    Async<void> run();

    /// One round over the tasks; gives how many it removed.
    Async<Result<std::size_t>> forget_tasks();

    /// One round over idempotency keys, tombstones and conversations of which nothing is left; gives how
    /// many rows it removed, a conversation counted as one.
    Async<Result<std::size_t>> forget_keys();

  private:
    struct Victim {
        TenantId tenant;
        std::string done_key;
    };

    Async<Result<std::vector<Victim>>> oldest();
    Async<Result<std::uint64_t>> unfinished();
    Async<Result<std::uint64_t>> surplus(std::uint64_t open);
    Async<Status> remove(Victim victim);
    Async<Result<std::size_t>> forget_old_rows(TenantId tenant, store::Table table, std::string prefix,
                                               Duration kept);
    bool is_too_old(const std::string& done_key) const;

    store::Engine& engine_;
    Clock& clock_;
    Log& log_;
    RetentionRules rules_;
};

}  // namespace meshai::task
