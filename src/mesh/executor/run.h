// mesh/executor/run.h
//
// One task on its way through this process: what a run knows about itself.
// Made when a task is accepted or recovered, gone when the task has its ending
// or the server stops. It lives on one place (thread); others reach it through
// its mailbox only. The request is held only while the task really runs, so
// that a queue of thousands costs little memory.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agents/adapter.h"
#include "mesh/executor/fair_queue.h"
#include "mesh/executor/progress_clock.h"
#include "task/log.h"

namespace meshai::mesh {

class Attempt;
struct Run;

/// Whether an agent waits for the task and takes a place of the server meanwhile.
inline bool is_waited_for(const task::Request& request) {
    return !request.avoided.empty();
}

/// A client's wish that the task be cancelled, and how to tell what became of it.
struct CancelWish {
    std::string by{};
    std::string why{};
    std::function<void(Status)> answer{};
};

/// What a client answers to questions of the task; `reply` says when it is stored.
struct AnswerWish {
    agents::Answers answers{};
    Subject by{};
    std::function<void(Status)> reply{};
};

/// Answers that wait for one run; each has a client that waits.
inline constexpr std::size_t kAnswerWishesMax = 64;

/// What others put in for a run. Thread-safe.
class Mailbox {
  public:
    /// False when the run has ended: nobody will read it.
    bool put(CancelWish wish);

    /// The same for answers; over kAnswerWishesMax the wish is refused at once.
    bool put(AnswerWish wish);

    /// The answers that came since the last call. Whoever takes them replies.
    std::vector<AnswerWish> take_answers();

    /// The wish that came first, if any; it stays until the run ends.
    std::optional<std::pair<std::string, std::string>> cancel_wish() const;

    /// Asks the run to stop where it is and write nothing more.
    void ask_to_stop() { stop_ = true; }
    bool is_asked_to_stop() const { return stop_; }

    /// Takes no more, and answers what is in it.
    void close(const Status& for_first, const Status& for_others);

  private:
    mutable std::mutex mutex_;
    std::vector<CancelWish> wishes_{};   // guarded by mutex_
    std::vector<AnswerWish> answers_{};  // guarded by mutex_
    bool closed_ = false;                // guarded by mutex_
    std::atomic<bool> stop_{false};
};

/// Where a run stands with the server's places; kept by Admission, under its mutex.
enum class Standing { Outside, Waiting, Placed };

struct Run : std::enable_shared_from_this<Run> {
    Run(TenantId the_tenant, TaskId the_id, std::size_t the_place, Executor ex, Clock& clock)
        : tenant(std::move(the_tenant)),
          id(std::move(the_id)),
          place(the_place),
          wake(ex, clock),
          progress(clock.now()),
          begun_at(clock.now()) {}

    // Fixed once made; any thread.
    const TenantId tenant;
    const TaskId id;
    const std::size_t place;
    bool is_composite = false;         ///< fixed before it starts
    bool is_waited_for = false;        ///< by an agent that has a place already; fixed before it starts
    Subject subject{};                 ///< whose task it is; fixed before an agent is asked
    std::string conversation{};        ///< of which it is a turn; fixed before it starts
    std::atomic<bool> is_over{false};  ///< its ending is in the log
    const Signal wake;                 ///< rung whenever the run should look around
    MonoTime deadline = kNever;
    Mailbox mail{};
    std::atomic<bool> is_placed{false};  ///< has a place of the server

    /// On which budgets it draws: those above it, and its own.
    std::vector<TaskId> accounts() const;

    // On the run's own executor only.
    std::optional<task::Request> request{};  ///< absent while the task waits
    task::Request wish{};                    ///< the same without its burden: enough to choose an agent
    bool has_wish = false;
    Seq last{};              ///< the newest event of the log that this run knows
    int attempt = 0;         ///< the newest one started
    std::uint64_t hold = 0;  ///< version of the row that says who has the task
    double percent = 0;      ///< highest told
    task::Steps steps{};     ///< the fold of the log up to `last`
    task::Lineage lineage{};
    bool has_budget = false;      ///< of its own
    task::Usage spent{};          ///< of the running attempt, as far as the ledger knows
    task::Inquiries inquiries{};  ///< the fold of the log up to `last`
    AgentId agent{};              ///< of the newest attempt
    std::string agent_name{};
    std::string restart_reason{};          ///< of the next attempt, if the server was restarted
    std::optional<task::Body> foregone{};  ///< an ending decided before the run began (recovery)
    ProgressClock progress;
    const MonoTime begun_at;
    Attempt* now_running = nullptr;

    // Under the mutex of Admission.
    Standing standing = Standing::Outside;
    std::optional<FairQueue<std::shared_ptr<Run>>::Ticket> server_ticket{};
    bool is_urgent = false;
    std::string agent_queue{};  ///< key of the queue it waits in; empty: none
    std::optional<FairQueue<std::shared_ptr<Run>>::Ticket> agent_ticket{};
};

}  // namespace meshai::mesh
