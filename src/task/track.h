// task/track.h
//
// What an append must know about the task so far: the index row, the highest
// percentage, the bytes of output. It is the fold of the log, kept for the
// tasks that are being written so that an append need not read; a track that
// does not fit the expected number is thrown away and folded again. Never the
// truth: the store checks the number. Only for this room; any thread.
#pragma once

#include <list>
#include <mutex>
#include <set>
#include <unordered_map>

#include "store/watches.h"
#include "task/log.h"

namespace meshai::task {

struct Track {
    Seq last;
    WallTime last_at{};
    double percent = 0;
    std::uint64_t output_bytes = 0;    ///< of the newest attempt
    std::set<std::string> open{};      ///< keys of questions that wait for an answer
    std::set<std::string> answered{};  ///< keys of questions that have one
    Summary summary;                   ///< `version` is that of the stored row

    bool is_closed() const { return is_final(summary.state); }
};

/// The track after one more event. A pure function.
Track follow(Track track, const Event& event);

/// The tasks that are being written, the least recently used forgotten first.
class Tracks {
  public:
    static constexpr std::size_t kTracksMax = 4096;

    std::optional<Track> find(const store::LogKey& key);

    /// Keeps `track` unless a newer one is there.
    void keep(const store::LogKey& key, Track track);
    void forget(const store::LogKey& key);

  private:
    struct Entry {
        store::LogKey key;
        Track track;
    };
    using Entries = std::list<Entry>;

    std::mutex mutex_;
    Entries entries_;  // most recently used first
    std::unordered_map<store::LogKey, Entries::iterator, store::LogKeyHash> by_key_;
};

/// Folds the whole log and reads the row. NotFound as the store says it.
Async<Result<Track>> load_track(store::Engine& engine, TenantId tenant, TaskId id);

/// The events in `records`, or Corrupt.
Result<std::vector<Event>> to_events(const std::vector<store::StoredRecord>& records);

}  // namespace meshai::task
