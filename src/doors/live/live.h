// doors/live/live.h
//
// A tenant live: everything that happens in it, and how it is doing once a
// second. Every door that shows this (server-sent events, WebSocket) takes
// lines of JSON from here, with the cursor behind each. However many watch, the
// feed of a tenant is read and counted once; a watcher that reads slowly holds a
// cursor and nothing else. One per server; any thread. A watch is used on one
// executor, and ends before Live does.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "base/scope.h"
#include "base/signal.h"
#include "doors/live/filter.h"
#include "mesh/registry/registry.h"
#include "task/feed.h"

namespace meshai::doors::live {

/// Watches of one tenant at a time; more are refused.
inline constexpr std::size_t kWatchesPerTenantMax = 1000;

/// An event as clients read it, and where to go on behind it.
struct Line {
    std::string cursor;
    std::shared_ptr<const std::string> json;
};

/// What a watcher wants to see, and from where.
struct EventsWanted {
    Filter filter{};
    std::string after{};      ///< a cursor; empty: what comes from now on…
    bool from_start = false;  ///< …or everything the store still has
};

class Channel;

/// Follows the events of a tenant for one client.
class EventWatch {
  public:
    ~EventWatch();
    EventWatch(const EventWatch&) = delete;
    EventWatch& operator=(const EventWatch&) = delete;

    /// The next lines in order, at most `max`; waits until there is one, until
    /// `deadline`, or until signal() is rung (then empty). Unavailable when the
    /// server goes down, Cancelled when the scope is closed.
    Async<Result<std::vector<Line>>> next(MonoTime deadline, std::size_t max = 64);

    /// Where a client goes on later: behind everything that was looked at, also what its filter left out.
    const std::string& cursor() const { return cursor_; }

    /// A client that has gone, and a server that drains, ring it.
    Signal signal() const { return bell_; }

  private:
    friend class Live;
    struct State;
    EventWatch(std::unique_ptr<State> state, Executor ex, Clock& clock, std::string cursor);

    Async<Result<std::vector<Line>>> take(MonoTime deadline, std::size_t max);
    Async<Result<std::vector<Line>>> read_store(std::size_t max, bool& is_end);
    Async<bool> is_called();

    std::unique_ptr<State> state_;
    Signal news_;  // rung by the channel and, through bell_, by others
    Signal bell_;
    std::string cursor_;
};

/// Hears the numbers of a tenant once a second.
class MetricsWatch {
  public:
    ~MetricsWatch();
    MetricsWatch(const MetricsWatch&) = delete;
    MetricsWatch& operator=(const MetricsWatch&) = delete;

    /// The newest snapshot that was not given yet, shared by all who watch; null at
    /// `deadline` and when signal() is rung. Who is slow misses snapshots.
    Async<Result<std::shared_ptr<const std::string>>> next(MonoTime deadline);

    Signal signal() const { return bell_; }

  private:
    friend class Live;
    struct State;
    MetricsWatch(std::unique_ptr<State> state, Executor ex, Clock& clock);

    std::unique_ptr<State> state_;
    Signal news_;
    Signal bell_;
};

class Live {
  public:
    /// What it is built of; everything outlives it. `ex` is the thread it reads and counts on.
    struct Parts {
        task::TaskLog& tasks;
        mesh::Registry& registry;
        Executor ex;
        Clock& clock;
        Log& log;
        Metrics& metrics;
    };

    explicit Live(Parts parts);
    ~Live();
    Live(const Live&) = delete;
    Live& operator=(const Live&) = delete;

    /// InvalidArgument for a cursor that is none of this tenant, ResourceExhausted
    /// over kWatchesPerTenantMax, Unavailable after `close`. Agents may be named by
    /// id or name. On the executor that is to use the watch.
    Async<Result<std::unique_ptr<EventWatch>>> watch_events(task::Caller caller, EventsWanted wanted);

    /// The numbers are of the whole tenant, whoever asks.
    Async<Result<std::unique_ptr<MetricsWatch>>> watch_metrics(task::Caller caller);

    /// Ends all reading; watches hear Unavailable. On Parts::ex, once.
    Async<void> close();

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace meshai::doors::live
