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
    std::string conversation{};  ///< of which the task is a turn; may be empty
    TaskId parent{};             ///< whose child the task is; may be empty
    std::string workflow{};      ///< name of the one it runs; may be empty
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

    /// Of the request as it is stored: a workflow's definition may say it.
    OnDisconnect on_disconnect() const;
};

/// Which server has an unfinished task. The row is put in the unit that makes it
/// so, and goes in the unit of the ending.
struct Holder {
    std::string server;
    int attempt = 0;  ///< of the task when the row was put; 0: no agent had been asked
    std::uint64_t version = 0;
};

struct Filter {
    std::optional<State> state;
    std::optional<TaskId> parent{};  ///< its children only…
    bool with_children = false;      ///< …or children of any task beside what clients submitted
    std::size_t skip = 0;
    std::size_t limit = 100;  ///< 1..1000
};

inline constexpr std::size_t kIdempotencyKeyBytesMax = 256;

/// How long a key stands for its task; afterwards it makes a new one.
inline constexpr Duration kIdempotencyKept = std::chrono::hours(24);

/// How long one commit may wait for room in the store's queue.
inline constexpr Duration kCommitWaitMax = std::chrono::seconds(10);

/// How often a commit is tried whose outcome the store could not tell.
inline constexpr int kCommitTriesMax = 5;

/// Rows that one list looks at before it gives what it has.
inline constexpr std::size_t kListRowsMax = 200'000;

class Tracks;

class TaskLog {
  public:
    TaskLog(store::Engine& engine, Clock& clock, Random& random, Log& log);
    ~TaskLog();
    TaskLog(const TaskLog&) = delete;
    TaskLog& operator=(const TaskLog&) = delete;

    /// Commits a new task: its `submitted` event, index row and idempotency
    /// key in one unit. The same key of the same tenant with equal `request`
    /// and subject gives the task that is there; with another, Code::Conflict.
    /// A turn of a conversation is refused as well while the turn before it runs
    /// (Conflict), and behind kConversationTurnsMax turns (TooLarge).
    /// A new task is held by `server`; empty: by nobody.
    Async<Result<Submission>> submit(Caller caller, Request request, WallTime deadline,
                                     std::optional<std::string> idempotency_key, std::string server = {});

    /// Commits the task `id`, which the log of its parent names already. If it is
    /// there (the submission happened before a crash) it is given as it is.
    Async<Result<Submission>> submit_child(Caller caller, TaskId id, Request request, WallTime deadline,
                                           std::string server);

    /// An id that no task has, for `submit_child`.
    TaskId make_id();

    /// Appends `bodies` behind `expected_last`, and brings the index row up to
    /// date. Gives the events as stored: an output over kOutputPieceBytesMax
    /// becomes several, a message over kMessageBytesMax is cut, a percentage
    /// below the one before is raised to it, and time never runs backwards.
    /// Code::Conflict when the log has gone on; Code::AlreadyFinished when it is
    /// closed; Code::TooLarge over kEventsMax, kOutputBytesMax or kResultBytesMax.
    /// An unknown outcome is resolved inside by reading back; only if that
    /// fails as well, Code::OutcomeUnknown. With `holder`, these events make its
    /// server the task's holder, if the row still has its version (0: there is
    /// none): row and `started` are one unit, and each fences the other.
    Async<Result<std::vector<Event>>> append(TenantId tenant, TaskId id, Seq expected_last,
                                             std::vector<Body> bodies, std::optional<Holder> holder = {});

    /// Who holds the task; nothing where nobody does.
    Async<Result<std::optional<Holder>>> holder(TenantId tenant, TaskId id);

    /// Makes `server` the holder, if the task has not gone on behind `expected_last`
    /// and is still held as `from` says: of several that try, one succeeds, the
    /// others hear Conflict.
    Async<Status> take_over(TenantId tenant, TaskId id, Seq expected_last, Holder from, std::string server);

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
    /// What to say about a task without a log or a row: NotFound, or Gone.
    Async<Error> missing(TenantId tenant, TaskId id);

    store::Engine& engine_;
    Clock& clock_;
    Random& random_;
    Log& log_;
    std::unique_ptr<Tracks> tracks_;
};

/// Follows one task: a cursor, no queue. A slow reader costs nothing but its
/// position. Used on one executor.
class Follower {
  public:
    Follower(TaskLog& log, Executor ex, TenantId tenant, TaskId id, Seq after);

    /// The next events in order, as many as are there (at most `max`); waits
    /// until there is one, until `deadline` has passed, or until signal() is
    /// rung by somebody else (then empty). Code::Cancelled when the scope is
    /// closed. Code::AlreadyFinished when the terminal event has been given or
    /// lies before the start: nothing can follow. Code::InvalidArgument when
    /// `after` is a number that the log does not have yet.
    Async<Result<std::vector<Event>>> next(MonoTime deadline, std::size_t max = 256);

    Seq after() const { return after_; }

    /// Whether the terminal event has been given; next() would say AlreadyFinished.
    bool is_finished() const { return finished_; }

    /// A client that has gone may ring it to end the wait of next() early.
    Signal signal() const { return bell_; }

  private:
    Async<Result<std::vector<Event>>> take(std::size_t max);
    Async<Status> check_start();

    TaskLog& log_;
    TenantId tenant_;
    TaskId id_;
    Seq after_;
    Signal news_;  // rung by the store and, through bell_, by others
    Signal bell_;
    bool start_checked_ = false;
    bool finished_ = false;
    std::unique_ptr<store::Watch> watch_;
};

}  // namespace meshai::task
