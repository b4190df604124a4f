// store/sqlite/tail.h
//
// The newest events of the logs that are being written, in memory: followers
// are served from here, at once and without SQL. A copy of what is committed,
// never the truth; bounded in bytes, the least recently used logs are forgotten
// first. Any thread.
#pragma once

#include <array>
#include <deque>
#include <list>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "store/watches.h"

namespace meshai::store {

class Tail {
  public:
    static constexpr std::size_t kLogBytesMax = 1U << 20U;  ///< of one log

    explicit Tail(std::size_t bytes_max) : shard_bytes_max_(bytes_max / kShards) {}

    /// What follows `after`, if that is known here; otherwise ask the disk.
    std::optional<std::vector<StoredRecord>> read(const LogKey& key, Seq after, std::size_t max);

    /// `records` have been committed behind `before`.
    void append(const LogKey& key, Seq before, const std::vector<Record>& records);

    void forget(const LogKey& key);

    std::size_t bytes() const;

  private:
    static constexpr std::size_t kShards = 16;

    struct Entry {
        LogKey key;
        Seq before;                          // the number in front of the oldest record kept
        std::deque<StoredRecord> records{};  // without gaps up to the newest of the log
        std::size_t bytes = 0;
    };
    using Entries = std::list<Entry>;

    struct Shard {
        mutable std::mutex mutex{};
        Entries entries{};  // most recently used first
        std::unordered_map<LogKey, Entries::iterator, LogKeyHash> by_key{};
        std::size_t bytes = 0;
    };

    Shard& shard(const LogKey& key) { return shards_[LogKeyHash{}(key) / 7 % kShards]; }
    static void remove(Shard& shard, Entries::iterator entry);

    std::size_t shard_bytes_max_;
    std::array<Shard, kShards> shards_{};
};

}  // namespace meshai::store
