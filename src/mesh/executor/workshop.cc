#include "mesh/executor/workshop.h"

#include <cassert>

namespace meshai::mesh {

Workshop::Workshop(task::TaskLog& the_log, Registry& the_registry, Router& the_router,
                   std::vector<Place> places, AdapterFactory factory, ExecutorLimits the_limits,
                   Clock& the_clock, Random& the_random, Log& the_sink, Metrics& metrics,
                   std::string server_name)
    : log(the_log),
      registry(the_registry),
      router(the_router),
      make_adapter(std::move(factory)),
      limits(the_limits),
      clock(the_clock),
      random(the_random),
      sink(the_sink),
      presence(log.engine(), clock, std::move(server_name)),
      tallies(metrics),
      admission(limits) {
    assert(!places.empty());
    for (auto& place : places) floors.push_back(std::make_unique<Floor>(place, clock, sink));
}

void Workshop::on_floor(std::size_t index, std::string name, std::function<Async<void>()> work,
                        std::function<void()> refused) {
    auto& floor = *floors[index];
    asio::post(floor.place.ex, [self = shared_from_this(), &floor, name = std::move(name),
                                work = std::move(work), refused = std::move(refused)] {
        if (!floor.runs.spawn(name, work()) && refused) refused();
    });
}

std::shared_ptr<Run> Workshop::find(const TenantId& tenant, const TaskId& id) const {
    std::lock_guard lock(mutex);
    const auto found = runs.find(id);
    return found == runs.end() || found->second->tenant != tenant ? nullptr : found->second;
}

void Workshop::start(const std::shared_ptr<Run>& run) {
    {
        std::lock_guard lock(mutex);
        runs[run->id] = run;
    }
    if (run->is_composite && run->lineage.parent.empty()) ++composites;
    if (!floor_of(*run).runs.spawn("run " + run->id.value, run_task(shared_from_this(), run))) leave(run);
}

void Workshop::leave(const std::shared_ptr<Run>& run) {
    admission.leave(run);
    ledger.close(run->id);
    tell_standing();
    std::lock_guard lock(mutex);
    if (runs.erase(run->id) > 0 && run->is_composite && run->lineage.parent.empty()) --composites;
    if (runs.empty() && emptied) emptied->give(true);
}

}  // namespace meshai::mesh
