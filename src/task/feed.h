// task/feed.h
//
// Everything that happens in a tenant, in one order: the events of all its
// tasks as they were committed, each with the cursor behind it. A cursor is a
// place that only the store understands; it stays good when what lay around it
// is past its retention. A caller reads only the events of tasks they may see.
// Follows nothing by itself: read, and wait at `watch` for more. Any thread.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "store/watches.h"
#include "task/log.h"

namespace meshai::task {

/// What never changes about a task, and its events alone do not say.
struct Origin {
    Subject subject{};
    TaskId parent{};         ///< whose child the task is; may be empty
    TaskId root{};           ///< the task that a client submitted: itself, or the first of its parents
    std::string workflow{};  ///< that the root runs; empty for a task of one agent
    std::string task_type{};
    bool is_composite = false;

    friend bool operator==(const Origin&, const Origin&) = default;
};

struct FeedItem {
    TaskId task;
    Origin origin;
    Event event;
    std::string cursor;  ///< behind this event
};

/// An empty page is no end: others write to the same store, and a look is
/// bounded. `is_end` says that nothing followed when it was read.
struct FeedPage {
    std::vector<FeedItem> items;
    std::string cursor;  ///< where to go on
    bool is_end = false;
};

/// Origins that are kept in memory; the least recently used is forgotten first.
inline constexpr std::size_t kOriginsMax = 8192;

/// Unfinished tasks that one look gives.
inline constexpr std::size_t kOpenTasksMax = 20'000;

class Feed {
  public:
    /// `log` outlives it; `lines` hears of events that cannot be read.
    Feed(TaskLog& log, Log& lines) : log_(log), lines_(lines) {}

    /// At most `max` events behind `cursor` ("": the beginning). InvalidArgument for
    /// what is no cursor of this tenant and store.
    Async<Result<FeedPage>> read(Caller caller, std::string cursor, std::size_t max);

    /// The cursor behind everything that has happened.
    Async<Result<std::string>> end(TenantId tenant);

    /// Rings after each event of the tenant: a hint, with store::kWatchPoll behind it.
    std::unique_ptr<store::Watch> watch(const TenantId& tenant, Signal signal);

    /// The tasks of the tenant that have no ending, at most kOpenTasksMax.
    Async<Result<std::vector<Summary>>> open_tasks(TenantId tenant);

  private:
    struct Entry {
        store::LogKey key;
        Origin origin;
    };
    using Entries = std::list<Entry>;

    Async<Result<Origin>> origin_of(TenantId tenant, TaskId id, const Event* event);
    Async<Result<Origin>> look_up(TenantId tenant, TaskId id, int levels_left);
    std::optional<Origin> find(const store::LogKey& key);
    void keep(const store::LogKey& key, const Origin& origin);

    TaskLog& log_;
    Log& lines_;
    std::mutex mutex_;  // guards all below
    Entries entries_;   // most recently used first
    std::unordered_map<store::LogKey, Entries::iterator, store::LogKeyHash> by_key_;
};

}  // namespace meshai::task
