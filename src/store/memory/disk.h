// store/memory/disk.h
//
// The "disk" of the memory engine: what survives when a test ends the server
// in the middle of something and starts another one on the same data. It also
// is where tests put the trouble: a full disk, a commit whose outcome stays
// unknown, a slow disk, a pulled plug. `meshai dev` uses it untroubled.
// Any thread.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <unordered_map>
#include <unordered_set>

#include "store/engine.h"
#include "store/position.h"

namespace meshai::store {

/// What goes wrong with one commit.
enum class Fault {
    None,
    Full,             ///< StorageFull, nothing happened
    UnknownHappened,  ///< OutcomeUnknown, and the unit is there
    UnknownLost,      ///< OutcomeUnknown, and it is not
};

class MemoryDisk {
  public:
    /// The commit after `skip` good ones, and the `times` - 1 behind it, end with `fault`.
    void fail(Fault fault, int times = 1, int skip = 0);

    /// Every commit fails with StorageFull until there is room again.
    void set_full(bool full);

    /// Every commit takes this long, by the engine's clock.
    void set_delay(Duration delay);

    /// Engines made before see nothing but Unavailable from now on and can write
    /// no more, as if their process had been killed; the next one starts on what is there.
    void pull_plug();

    /// Commits that have happened since the disk was made.
    std::uint64_t commits() const;

  private:
    friend class MemoryEngine;

    /// Where a record of the feed stands.
    struct Place {
        std::string log;
        Seq seq;
    };

    struct Content {
        std::unordered_map<std::string, std::vector<StoredRecord>> logs{};
        std::unordered_map<std::string, std::vector<std::uint64_t>>
            numbers{};  ///< of a log's records in the feed
        std::map<std::uint64_t, Place> feed{};
        std::map<Table, std::map<std::string, Row>> rows{};
    };

    using Lock = std::lock_guard<std::mutex>;

    std::uint64_t generation() const;
    Duration delay() const;
    Status apply(const Unit& unit, std::uint64_t generation);
    Status conflict(const Unit& unit) const;
    void write(const Unit& unit);
    Fault next_fault();

    mutable std::mutex mutex_;  // guards all below
    std::map<TenantId, Content> tenants_;
    std::unordered_set<EventId> event_ids_;
    std::deque<Fault> faults_;
    Duration delay_{};
    bool full_ = false;
    std::uint64_t generation_ = 1;
    std::uint64_t commits_ = 0;
    std::uint64_t bytes_ = 0;
    std::uint64_t newest_ = 0;                ///< number of the newest record in the feed; never used again
    std::optional<Positions::Key> feed_key_;  ///< chosen by the first engine
};

}  // namespace meshai::store
