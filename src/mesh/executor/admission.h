// mesh/executor/admission.h
//
// Who may run now and who waits: the places of the server with a bounded queue
// in front in which tenants take turns, and a bounded queue in front of each
// agent whose places are taken. A run that waits for an agent holds no place
// of the server, so one slow agent cannot stop the others. Thread-safe; rings
// the `wake` of a run when its turn has come.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "mesh/executor/fair_queue.h"
#include "mesh/executor/run.h"

namespace meshai::mesh {

class Admission {
  public:
    explicit Admission(const ExecutorLimits& limits) : limits_(limits) {}

    /// Room for one more task of the tenant; ResourceExhausted when the queues
    /// are full. Followed by `admit` or by `give_up_reservation`.
    Status reserve(const TenantId& tenant);
    void give_up_reservation(const TenantId& tenant);

    /// The run is in: it uses its reservation. A recovered one has none and is let in anyway.
    void admit(const std::shared_ptr<Run>& run, bool has_reservation);

    /// Asks for a place of the server. Granted at once or later: `run.is_placed`.
    /// An urgent one has an agent's place already and goes first; one that an agent
    /// waits for goes at once, in the place of that agent's task: it is the places of
    /// agents that bound those.
    void ask_for_place(const std::shared_ptr<Run>& run, bool is_urgent);

    /// The run waits for something else; its place goes to the next.
    void give_place_back(const std::shared_ptr<Run>& run);

    /// The run is over, wherever it stands.
    void leave(const std::shared_ptr<Run>& run);

    /// Joins the queue of an agent; ResourceExhausted when that is full.
    Status join(const std::string& agent_key, const std::string& agent_name, const std::shared_ptr<Run>& run);
    void quit(const std::shared_ptr<Run>& run);

    /// Whether `run` may try to take a place of the agent: nobody waits before it.
    bool may_try(const std::string& agent_key, const std::shared_ptr<Run>& run);

    /// Wakes whoever waits first for the agent.
    void agent_place_freed(const std::string& agent_key);

    std::size_t running() const;
    std::size_t waiting() const;

  private:
    using Queue = FairQueue<std::shared_ptr<Run>>;

    void grant_places();
    void settle(Run& run, Standing standing);
    void quit_locked(Run& run);
    void leave_server_queue(Run& run);

    const ExecutorLimits limits_;
    mutable std::mutex mutex_;  // guards all below
    std::size_t running_ = 0;
    std::size_t waiting_ = 0;  // tasks accepted, or about to be, without a place
    std::map<TenantId, std::size_t> waiting_of_{};
    Queue urgent_{};
    Queue queue_{};
    std::map<std::string, Queue> agent_queues_{};
};

}  // namespace meshai::mesh
