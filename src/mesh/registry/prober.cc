#include "mesh/registry/prober.h"

namespace meshai::mesh {

struct Prober::Round {
    std::vector<std::pair<TenantId, agents::Spec>> targets{};
    std::size_t next = 0;
    std::size_t workers = 0;
    Signal done;
};

Prober::Prober(Registry& registry, AdapterFactory make_adapter, agents::Tools tools)
    : registry_(registry), make_adapter_(std::move(make_adapter)), tools_(tools) {}

Async<void> Prober::run() {
    for (;;) {
        const auto jitter = std::chrono::duration_cast<Duration>(kProbeJitter * tools_.random.fraction());
        if (auto waited = co_await pause(tools_.clock, kProbePeriod + jitter); !waited) co_return;
        co_await round();
        registry_.sweep();
    }
}

Async<void> Prober::round() {
    const auto ex = co_await this_executor();
    Round round{registry_.probe_targets(), 0, 0, Signal(ex, tools_.clock)};
    Scope workers(ex, tools_.clock, tools_.log);
    // A worker may end inside the call that spawns it, so all are counted before.
    const auto wanted = std::min(kProbesAtOnce, round.targets.size());
    round.workers = wanted;
    for (std::size_t i = 0; i < wanted; ++i) workers.spawn("probe", work(round));
    while (round.workers > 0) {
        if (co_await round.done.wait_until(kNever) != Wake::Cancelled) continue;
        co_await workers.close();
        co_return;
    }
}

Async<void> Prober::work(Round& round) {
    while (round.next < round.targets.size() && !co_await is_cancelled()) {
        auto& [tenant, spec] = round.targets[round.next++];
        co_await probe(tenant, spec);
    }
    --round.workers;
    round.done.notify();
}

Async<void> Prober::probe(TenantId tenant, agents::Spec spec) {
    auto adapter = make_adapter_(spec, tools_);
    if (!adapter) co_return;  // told when the agent was registered, and again by its first task
    auto answer = co_await (*adapter)->probe(tools_.clock.in(kProbeTime));
    if (!answer && answer.error().code == Code::Cancelled) co_return;
    registry_.report_probe(tenant, spec.id, answer.has_value());
}

}  // namespace meshai::mesh
