#include "mesh/registry/entry.h"

#include <algorithm>

namespace meshai::mesh {
namespace {

/// How much of its success rate an agent keeps as score in each health.
double health_weight(Health health) {
    switch (health) {
        case Health::Unhealthy:
            return 0;
        case Health::Degraded:
            return 0.5;
        case Health::Unknown:
        case Health::Healthy:
            return 1;
    }
    return 1;
}

agents::Spec without_burden(const agents::Spec& spec) {
    agents::Spec light;
    light.id = spec.id;
    light.name = spec.name;
    light.kind = spec.kind;
    light.framework = spec.framework;
    light.capabilities = spec.capabilities;
    light.max_concurrent_tasks = spec.max_concurrent_tasks;
    light.idempotent = spec.idempotent;
    light.cost = spec.cost;
    return light;
}

}  // namespace

Lifecycle Entry::lifecycle(MonoTime now) const {
    return heartbeat_at && now - *heartbeat_at >= kOfflineAfter ? Lifecycle::Offline : Lifecycle::Active;
}

Health Entry::health(MonoTime now) const {
    if (heartbeat_at && now - *heartbeat_at >= kUnhealthyAfter) return Health::Unhealthy;
    // An agent that never answered a probe may simply not offer one.
    if (answered_probe && probe_failures >= kProbeFailuresMax) return Health::Unhealthy;
    if (breaker.state(now) != Breaker::Closed || record.is_failed_over(now) || record.is_slow())
        return Health::Degraded;
    const bool was_heard = heartbeat_at || answered_probe || record.response_time_ms() > 0;
    return was_heard ? Health::Healthy : Health::Unknown;
}

Agent Entry::snapshot(MonoTime now, bool light) const {
    Agent agent;
    agent.spec = light ? without_burden(spec) : spec;
    agent.is_configured = is_configured;
    agent.lifecycle = lifecycle(now);
    agent.health = health(now);
    agent.breaker = breaker.state(now);
    agent.failed_over = record.is_failed_over(now);
    agent.calls = record.calls();
    agent.avg_response_time_ms = record.response_time_ms();
    if (agent.avg_response_time_ms == 0)
        agent.avg_response_time_ms = reported.avg_response_time_ms.value_or(0);
    agent.success_rate = agent.calls > 0 ? record.success_rate() : reported.success_rate.value_or(1);
    agent.trend = record.trend();
    agent.running = running;
    agent.queued = queued;
    const auto own_load = static_cast<double>(running) / std::max(spec.max_concurrent_tasks, 1);
    agent.current_load = std::max(own_load, reported.current_load.value_or(0));
    agent.health_score = reported.health_score.value_or(agent.success_rate * health_weight(agent.health));
    agent.created_at = created_at;
    agent.updated_at = updated_at;
    agent.version = version;
    return agent;
}

}  // namespace meshai::mesh
