// mesh/executor/workshop.h
//
// What all runs share: the log, the agents, the places with their scopes, the
// queues and the counters. Private to this folder. Runs and whatever else goes
// on hold it by shared_ptr; the things it refers to outlive it because
// TaskExecutor::drain ends every coroutine first. `mutex` is never held across
// a wait.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "base/scope.h"
#include "mesh/budget/ledger.h"
#include "mesh/executor/admission.h"
#include "mesh/executor/attachments.h"
#include "mesh/executor/executor.h"
#include "mesh/executor/presence.h"
#include "mesh/executor/reply.h"
#include "mesh/executor/run.h"
#include "mesh/executor/tallies.h"

namespace meshai::mesh {

/// A place with the scopes of what happens on it.
struct Floor {
    Floor(Place the_place, Clock& clock, Log& log)
        : place(the_place), runs(place.ex, clock, log), keeper(place.ex, clock, log) {}

    Place place;
    Scope runs;    ///< runs, submissions, cancellations; on place.ex only
    Scope keeper;  ///< waits until `runs` has ended; on place.ex only
};

struct Workshop : std::enable_shared_from_this<Workshop> {
    Workshop(task::TaskLog& the_log, Registry& the_registry, Router& the_router, std::vector<Place> places,
             AdapterFactory factory, ExecutorLimits the_limits, Clock& the_clock, Random& the_random,
             Log& the_sink, Metrics& metrics, std::string server_name);

    task::TaskLog& log;
    Registry& registry;
    Router& router;
    const AdapterFactory make_adapter;
    const ExecutorLimits limits;
    Clock& clock;
    Random& random;
    Log& sink;
    Presence presence;
    Tallies tallies;
    Admission admission;
    Attachments attachments;
    std::vector<std::unique_ptr<Floor>> floors;

    mutable std::mutex mutex;
    std::map<TaskId, std::shared_ptr<Run>> runs;  // guarded by mutex
    std::shared_ptr<Reply<bool>> emptied;         // guarded by mutex; set while draining
    std::atomic<bool> is_draining{false};
    TaskExecutor::EndedListener ended{};  ///< fixed once work has begun
    std::atomic<std::size_t> next_floor{0};

    Conductor conductor{};                   ///< set before anything runs
    std::atomic<std::size_t> composites{0};  ///< composite runs in the books that clients submitted
    Ledger ledger;

    Floor& floor_of(const Run& run) { return *floors[run.place]; }
    std::size_t pick_floor() { return next_floor++ % floors.size(); }

    /// Starts `work` on a floor, in its scope; false when that is closed. Any thread.
    void on_floor(std::size_t floor, std::string name, std::function<Async<void>()> work,
                  std::function<void()> refused);

    std::shared_ptr<Run> find(const TenantId& tenant, const TaskId& id) const;

    /// Enters a run into the books and starts it. On its floor's executor.
    void start(const std::shared_ptr<Run>& run);

    /// The run is over: out of the books and the queues.
    void leave(const std::shared_ptr<Run>& run);

    void tell_standing() { tallies.stand(admission.running(), admission.waiting()); }
};

/// The whole life of a run: waits for its turn, works, writes the ending.
Async<void> run_task(std::shared_ptr<Workshop> shop, std::shared_ptr<Run> run);

/// Ends a task as cancelled: through its run if this process has it, else in the log.
Async<Status> cancel_task(std::shared_ptr<Workshop> shop, TenantId tenant, TaskId id, std::string by,
                          std::string why);

}  // namespace meshai::mesh
