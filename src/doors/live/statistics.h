// doors/live/statistics.h
//
// How a tenant's tasks are doing, as numbers: the fold of its events since
// somebody began to watch, over the tasks that were open then. Rates are over
// the last kRateWindow, execution times over the last kTimesWindow, totals since
// the watch began. Whose step a task is makes no difference: children count as
// tasks. Pure: the time is given. One thread.
#pragma once

#include <deque>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "task/feed.h"

namespace meshai::doors::live {

inline constexpr Duration kRateWindow = std::chrono::seconds(10);
inline constexpr Duration kTimesWindow = std::chrono::seconds(60);

/// Execution times kept for the percentiles; the oldest give way.
inline constexpr std::size_t kTimesMax = 10'000;

/// Unfinished tasks that are counted; of more the newest are left out.
inline constexpr std::size_t kCountedTasksMax = 50'000;

class Statistics {
  public:
    Statistics(const std::vector<task::Summary>& open, MonoTime now, WallTime wall);

    /// One more event, seen at `now`. An event of a task's past that is seen again changes nothing for the
    /// worse.
    void note(const task::FeedItem& item, MonoTime now);

    /// {since, tasks, rates, execution_ms, totals}. Forgets what has left its window.
    json::object snapshot(MonoTime now);

  private:
    struct Open {
        task::State state = task::State::Pending;
        WallTime started_at{};
        bool is_composite = false;
        task::Usage spent{};                         ///< of the attempt that runs, counted already
        std::set<std::string, std::less<>> asked{};  ///< keys of questions without an answer
    };
    struct Counts {
        std::uint64_t submitted = 0, completed = 0, failed = 0, cancelled = 0;
        task::Usage usage{};
    };
    struct Bucket {
        MonoTime at{};
        Counts counts{};
    };
    struct Time {
        MonoTime at{};
        double ms = 0;
    };
    struct Note;

    Open* open(const task::FeedItem& item);
    void end(const task::FeedItem& item, MonoTime now);
    Counts& bucket(MonoTime now);
    void use(const task::Usage& usage, MonoTime now);
    void forget(MonoTime now);

    std::unordered_map<TaskId, Open> open_;
    std::deque<Bucket> buckets_;
    std::deque<Time> times_;
    Counts totals_;
    MonoTime began_;
    WallTime since_;
};

}  // namespace meshai::doors::live
