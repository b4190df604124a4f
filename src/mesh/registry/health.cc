#include <algorithm>

#include "mesh/registry/state.h"

namespace meshai::mesh {

Result<Duration> Registry::heartbeat(const TenantId& tenant, const AgentId& id) {
    const auto now = state_->clock.now();
    std::lock_guard lock(state_->mutex);
    auto* entry = state_->find(tenant, id);
    if (!entry) return no_such_agent(id.value);
    entry->heartbeat_at = now;
    entry->probe_failures = 0;
    return kHeartbeatPeriod;
}

bool Registry::try_take_place(const TenantId& tenant, const AgentId& id) {
    const auto now = state_->clock.now();
    std::lock_guard lock(state_->mutex);
    auto* entry = state_->find(tenant, id);
    if (!entry || entry->running >= entry->spec.max_concurrent_tasks) return false;
    if (!entry->breaker.lets_through(now, entry->running)) return false;
    ++entry->running;
    return true;
}

void Registry::give_place_back(const TenantId& tenant, const AgentId& id) {
    std::lock_guard lock(state_->mutex);
    // An agent that was removed meanwhile has no places to keep count of.
    if (auto* entry = state_->find(tenant, id)) entry->running = std::max(0, entry->running - 1);
}

void Registry::add_queued(const TenantId& tenant, const AgentId& id, int change) {
    std::lock_guard lock(state_->mutex);
    if (auto* entry = state_->find(tenant, id)) entry->queued = std::max(0, entry->queued + change);
}

void Registry::report(const TenantId& tenant, const AgentId& id, const CallReport& report) {
    const auto now = state_->clock.now();
    std::lock_guard lock(state_->mutex);
    auto* entry = state_->find(tenant, id);
    if (!entry) return;
    const auto before = entry->breaker.state(now);
    if (report.succeeded) {
        entry->breaker.succeeded(now);
        entry->record.succeeded(now, report.duration);
        entry->probe_failures = 0;
    } else if (report.counts_as_failure) {
        entry->breaker.failed(now);
        entry->record.failed(now, report.duration);
    }
    const auto after = entry->breaker.state(now);
    if (after == before) return;
    state_->log.warn("the circuit breaker of an agent changed", {{"agent", entry->spec.name},
                                                                 {"from", breaker_name(before)},
                                                                 {"to", breaker_name(after)},
                                                                 {"calls", entry->record.calls()}});
}

void Registry::report_probe(const TenantId& tenant, const AgentId& id, bool answered) {
    std::lock_guard lock(state_->mutex);
    auto* entry = state_->find(tenant, id);
    if (!entry) return;
    if (!answered) {
        entry->probe_failures = std::min(entry->probe_failures + 1, kProbeFailuresMax);
        return;
    }
    entry->answered_probe = true;
    entry->probe_failures = 0;
    entry->record.answered_probe();
}

void Registry::sweep() {
    const auto now = state_->clock.now();
    const auto look = [this, now](Entry& entry) {
        const auto health = entry.health(now);
        if (health == entry.health_told) return;
        const auto level = health == Health::Unhealthy ? Level::Warn : Level::Info;
        state_->log.write(level, "the health of an agent changed",
                          {{"agent", entry.spec.name},
                           {"from", health_name(entry.health_told)},
                           {"to", health_name(health)},
                           {"status", lifecycle_name(entry.lifecycle(now))}});
        entry.health_told = health;
    };
    {
        std::lock_guard lock(state_->mutex);
        for (auto& [id, entry] : state_->configured) look(entry);
        for (auto& [tenant, entries] : state_->registered)
            for (auto& [id, entry] : entries) look(entry);
    }
    const auto now_known = counts();
    state_->known.set(static_cast<double>(now_known.total));
    state_->healthy.set(static_cast<double>(now_known.healthy));
    state_->unhealthy.set(static_cast<double>(now_known.unhealthy));
}

}  // namespace meshai::mesh
