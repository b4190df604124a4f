// mesh/executor/executor.h
//
// Runs tasks: accepts them durably, waits for room, asks the router, runs the
// adapter in a scope of its own, appends what the agent says to the log, and
// sees to it that each accepted task gets exactly one ending: also after a
// crash, a lost agent or a passed deadline. Doors call submit and cancel and
// follow the log; they never see an agent. Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agents/adapter.h"
#include "agents/delegation/delegation.h"
#include "base/async.h"
#include "base/metrics.h"
#include "mesh/registry/adapter_factory.h"
#include "mesh/registry/registry.h"
#include "mesh/router/router.h"
#include "task/log.h"

namespace meshai::mesh {

struct ExecutorLimits {
    std::size_t running_tasks = 1000;   ///< of the server
    std::size_t queued_tasks = 10'000;  ///< of the server; more is ResourceExhausted
    std::size_t queued_per_tenant = 5'000;
    std::size_t queued_per_agent = 1'000;
    Millis timeout_default = std::chrono::minutes(5);
    Millis timeout_max = std::chrono::hours(24);
    Duration grace = std::chrono::seconds(60);  ///< OnDisconnect::Grace
    std::size_t composite_tasks =
        2'000;  ///< that clients submitted and that are not over; they take no place
    Millis composite_timeout_default = std::chrono::hours(24);
    Millis composite_timeout_max = std::chrono::hours(24 * 30);
};

inline constexpr Duration kStatusLinePeriod = std::chrono::seconds(10);  ///< progress of a silent task…
inline constexpr Duration kStatusLineAfter = std::chrono::seconds(30);   ///< …that runs longer than this
inline constexpr Duration kStatusLineOften = std::chrono::minutes(10);   ///< so long; then each minute…
inline constexpr Duration kStatusLineSeldom = std::chrono::hours(6);     ///< …and then every ten
inline constexpr int kRetriesMax = 10;
inline constexpr Duration kBackoffFirst = std::chrono::milliseconds(500);
inline constexpr Duration kBackoffMax = std::chrono::seconds(30);

/// Servers that share a store need names of their own, the same after a restart.
/// An engine that lets one server in at a time needs no more than this one.
inline constexpr std::string_view kServerName = "main";

/// Of one attempt, begun by requests of its agent and not over.
inline constexpr std::size_t kErrandsMax = 64;

/// One thread of the server with what a run on it needs.
struct Place {
    Executor ex;
    agents::Tools tools;
};

struct ExecutorStats {
    std::uint64_t submitted = 0, completed = 0, failed = 0, cancelled = 0;
    std::size_t running = 0, queued = 0;
    double avg_execution_time_ms = 0;
    double success_rate = 1;
};

/// Who runs composite tasks (Request::workflow). Called from any thread.
struct Conductor {
    /// Whether the task can be run; the message names the place that is wrong. It may
    /// write the definition in its normal form.
    std::function<Status(const TenantId& tenant, task::Request& request)> check{};
    std::function<std::unique_ptr<agents::Adapter>(const TenantId& tenant, agents::Tools tools)> make{};
};

/// Keeps a task interested: while a door follows a task for its client it holds
/// one of these; when the last is gone, the task's OnDisconnect applies.
class Attachment {
  public:
    virtual ~Attachment() = default;
};

class TaskExecutor {
  public:
    TaskExecutor(task::TaskLog& log, Registry& registry, Router& router, std::vector<Place> places,
                 AdapterFactory make_adapter, ExecutorLimits limits, Clock& clock, Random& random, Log& sink,
                 Metrics& metrics, std::string server_name = std::string(kServerName));
    ~TaskExecutor();

    /// Before anything is submitted or recovered; without it composite tasks are refused.
    void set_conductor(Conductor conductor);

    /// Accepts a task: durable when this returns. ResourceExhausted when the
    /// queues are full, Unavailable when draining, InvalidArgument, Conflict
    /// (idempotency key with other arguments).
    Async<Result<task::Submission>> submit(task::Caller caller, task::Request request,
                                           std::optional<std::string> idempotency_key);

    /// Ends a task as cancelled; its agent hears of it within a second.
    /// NotFound, AlreadyFinished.
    Async<Result<task::Summary>> cancel(task::Caller caller, TaskId id, std::string why);

    /// Answers questions that the task has asked, some or all of them: durable when this
    /// returns. A key that the task has not asked, or that is answered already, is left
    /// out. NotFound, AlreadyFinished, TooLarge over task::kAnswerBytesMax.
    Async<Status> answer(task::Caller caller, TaskId id, agents::Answers answers);

    /// For an agent that hands part of its work to the mesh, or asks a person, by a request
    /// of its own: as if the adapter of the attempt that runs now had said so. What was
    /// begun goes on when the asker goes away, and whoever says the same again waits for
    /// the same. InvalidArgument, NotFound when that attempt is over, ResourceExhausted over
    /// kErrandsMax; nothing when `until` passes first.
    Async<std::optional<Result<agents::ChildEnding>>> delegate_for(TenantId tenant, TaskId id, int attempt,
                                                                   agents::Delegation work, MonoTime until);
    Async<std::optional<Result<json::object>>> ask_for(TenantId tenant, TaskId id, int attempt,
                                                       agents::PersonQuestion question, MonoTime until);

    /// A client now follows this task.
    std::unique_ptr<Attachment> attach(TenantId tenant, TaskId id, task::OnDisconnect policy);

    /// At start, before doors open: goes on with every unfinished task that nobody
    /// has or that this server had in an earlier life, or ends it with a stated
    /// reason, by its recovery policy. From then on it watches the other servers
    /// of the store, and does the same with what one leaves that is gone.
    Async<Status> recover();

    /// Accepts nothing more and lets running tasks go on for `grace`; what still runs then
    /// is left in the log for the next start to recover. Ends all scopes.
    Async<void> drain(Duration grace);

    ExecutorStats stats() const;

    /// Hears of each task that gets its ending through this executor, once the ending
    /// is durable. There is one listener, given before `recover`; it is called on the
    /// thread that wrote the ending and must not block.
    using EndedListener = std::function<void(const TenantId& tenant, const TaskId& id)>;
    void on_ended(EndedListener listener);

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace meshai::mesh
