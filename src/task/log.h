// task/log.h
//
// The append-only log of every task: the one truth of this server. Runs
// append; doors, webhooks and the console follow. An event is durable before a
// follower sees it, and every follower sees all events once, in order, from
// any start. Beside the logs this file keeps a small index row per task, put in
// the same unit as the events it summarises, so that lists need no fold.
// Never here: JSON-RPC, HTTP, clients, agents. Any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "store/engine.h"
#include "task/event.h"
#include "task/view.h"

namespace meshai::task {

/// Who asks. `sees_tenant` is true for a caller who may see the tasks of every
/// subject of the tenant; otherwise only the subject's own exist for them.
struct Caller {
    TenantId tenant;
    Subject subject;
    bool sees_tenant = false;
};

/// One line of a list of tasks: the index row.
struct Summary {
    TaskId id;
    State state = State::Pending;
    Subject subject;
    std::string task_type;
    AgentId agent;
    int attempt = 0;
    WallTime submitted_at{};
    WallTime started_at{};
    WallTime finished_at{};
    std::string error_code;  ///< of a failed task
    std::uint64_t version = 0;
};

/// A new task, or the one that had the same idempotency key before.
struct Submission {
    TaskId id;
    bool is_new = true;
    Event submitted;
};

struct Filter {
    std::optional<State> state;
    std::size_t skip = 0;
    std::size_t limit = 100;  ///< 1..1000
};

inline constexpr std::size_t kIdempotencyKeyBytesMax = 256;

class TaskLog {
  public:
    TaskLog(store::Engine& engine, Clock& clock, Random& random, Log& log);

    /// Commits a new task: its `submitted` event, index row and idempotency
    /// key in one unit. The same key of the same tenant with equal `request`
    /// and subject gives the task that is there; with another, Code::Conflict.
    Async<Result<Submission>> submit(Caller caller, Request request, WallTime deadline,
                                     std::optional<std::string> idempotency_key);

    /// Appends `bodies` behind `expected_last`, and brings the index row up to
    /// date. Gives the events as stored. Code::Conflict when the log has gone on;
    /// Code::AlreadyFinished when it is closed. An unknown outcome is resolved
    /// inside by reading back.
    Async<Result<std::vector<Event>>> append(TenantId tenant, TaskId id, Seq expected_last,
                                             std::vector<Body> bodies);

    /// Events after `after`, at most `max`. NotFound for an unknown or foreign
    /// task (the same answer); Gone for one past retention.
    Async<Result<std::vector<Event>>> read(TenantId tenant, TaskId id, Seq after, std::size_t max);

    /// The fold of the whole log.
    Async<Result<View>> view(TenantId tenant, TaskId id);

    /// The index row, if `caller` may see the task; NotFound otherwise, Gone past retention.
    Async<Result<Summary>> summary(Caller caller, TaskId id);

    /// Newest first.
    Async<Result<std::vector<Summary>>> list(Caller caller, Filter filter);

    /// Every task of every tenant without a terminal event; for recovery at start.
    struct Unfinished {
        TenantId tenant;
        TaskId id;
    };
    Async<Result<std::vector<Unfinished>>> unfinished();

    store::Engine& engine() { return engine_; }
    Clock& clock() { return clock_; }

  private:
    store::Engine& engine_;
    Clock& clock_;
    Random& random_;
    Log& log_;
};

/// Follows one task: a cursor, no queue. A slow reader costs nothing but its
/// position. Used on one executor.
class Follower {
  public:
    Follower(TaskLog& log, Executor ex, TenantId tenant, TaskId id, Seq after);

    /// The next events in order, as many as are there (at most `max`); waits
    /// until there is one or `deadline` has passed (then empty).
    /// Code::Cancelled when the scope is closed.
    Async<Result<std::vector<Event>>> next(MonoTime deadline, std::size_t max = 256);

    Seq after() const { return after_; }

    /// Rings whenever the follower should look again: a client that has gone
    /// may ring it too, to end the wait early (next() then gives empty).
    Signal signal() const { return signal_; }

  private:
    TaskLog& log_;
    TenantId tenant_;
    TaskId id_;
    Seq after_;
    Signal signal_;
    std::unique_ptr<store::Watch> watch_;
};

}  // namespace meshai::task
