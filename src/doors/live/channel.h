// doors/live/channel.h
//
// What all watchers of one tenant share: one reader of its feed, who makes a
// line of each event once, keeps the newest lines, and counts. A watcher takes
// lines from here while it keeps up; whoever falls behind, or comes back with an
// old cursor, reads the store until it has caught up. So a watcher costs a
// cursor and a filter, and the reading costs the same for one and for a thousand.
// Lives while somebody watches, and kLinger longer. `run` belongs to one
// executor; everything else is for any thread.
#pragma once

#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "base/log.h"
#include "base/signal.h"
#include "doors/live/filter.h"
#include "doors/live/live.h"
#include "doors/live/statistics.h"
#include "mesh/registry/registry.h"

namespace meshai::doors::live {

/// Lines that are kept for watchers who keep up.
inline constexpr std::size_t kLinesKept = 2048;
inline constexpr std::size_t kLineBytesKept = 4U << 20U;

/// Events that the reader takes at once, and how often before it looks at the time.
inline constexpr std::size_t kPageEventsMax = 256;
inline constexpr int kPagesAtOnce = 16;

/// A channel that nobody watches goes on for so long: who comes back finds the totals going on.
inline constexpr Duration kLinger = std::chrono::seconds(60);

/// After a look at the store that failed.
inline constexpr Duration kRetryPause = std::chrono::seconds(1);

inline constexpr Duration kMetricsPeriod = std::chrono::seconds(1);

/// Agents in one snapshot, those with most to do first.
inline constexpr std::size_t kAgentsShownMax = 100;

/// Which agent has a task, as far as its events say; and else its index row.
class WorkingAgents {
  public:
    static constexpr std::size_t kTasksMax = 8192;  ///< with more, all are forgotten and looked up again

    /// The agent that has the task when `item` happens.
    Async<AgentId> of(task::TaskLog& tasks, const TenantId& tenant, const task::FeedItem& item);

  private:
    std::unordered_map<TaskId, AgentId> known_;
};

class Channel {
  public:
    struct Parts {
        task::TaskLog& tasks;
        task::Feed& feed;
        mesh::Registry& registry;
        Executor ex;
        Clock& clock;
        Log& log;
    };

    Channel(Parts parts, TenantId tenant);

    /// Reads and counts, until its scope is closed or `may_end` says that nobody
    /// came meanwhile: it is asked when nobody has watched for kLinger.
    static Async<void> run(std::shared_ptr<Channel> self, std::function<bool()> may_end);

    struct Taken {
        std::vector<Line> lines{};
        std::string cursor{};    ///< behind all that was looked at
        bool is_behind = false;  ///< what follows is not kept here: read the store
    };
    /// The lines that `caller` may see and `filter` wants, from number `next` on.
    Taken take(std::uint64_t& next, const task::Caller& caller, const Filter& filter, std::size_t max);

    /// The number from which a watcher at `cursor` goes on here; nothing if that is not kept.
    std::optional<std::uint64_t> number_behind(std::string_view cursor) const;

    /// The newest snapshot with its number; 0 before the first.
    struct Snapshot {
        std::uint64_t number = 0;
        MonoTime at{};
        std::shared_ptr<const std::string> json{};
    };
    Snapshot snapshot() const;

    /// Whoever watches rings when there are lines or a snapshot, and at the end.
    struct Watcher {
        Signal bell;
        bool wants_metrics = false;
        bool wants_bulk = false;
    };
    using Watchers = std::list<Watcher>;
    Watchers::iterator enter(Watcher watcher);
    void leave(Watchers::iterator watcher);
    std::size_t watchers() const;

    /// Whoever watches hears that nothing more comes.
    void end();
    bool is_over() const;
    const TenantId& tenant() const { return tenant_; }

  private:
    struct Kept {
        Facts facts;
        std::string cursor;
        std::shared_ptr<const std::string> json;  ///< null: bulky, and nobody wanted it
    };

    Async<Status> begin();
    Async<Result<bool>> read_on();
    Async<void> add(std::vector<task::FeedItem> items, std::string cursor);
    void keep(Kept kept);
    void measure();
    json::array agents() const;
    bool wants_metrics() const;
    bool has_been_alone() const;
    MonoTime next_look() const;

    Parts parts_;
    TenantId tenant_;
    Signal news_;

    // Of `run` alone.
    std::string read_to_;
    std::optional<Statistics> statistics_;
    WorkingAgents working_;
    MonoTime measured_at_{};

    mutable std::mutex mutex_;  // guards all below
    std::deque<Kept> kept_;
    std::uint64_t first_ = 0;   // number of the front of kept_
    std::string before_first_;  // the cursor in front of it
    std::size_t bytes_ = 0;
    std::unordered_map<std::string, std::uint64_t> numbers_;  // by cursor
    std::string cursor_;                                      // behind all that was read
    bool has_begun_ = false;
    Snapshot snapshot_;
    Watchers watchers_;
    MonoTime alone_since_{};
    bool over_ = false;
};

}  // namespace meshai::doors::live
