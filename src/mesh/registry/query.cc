#include <algorithm>

#include "mesh/registry/state.h"

namespace meshai::mesh {
namespace {

bool has_any(const std::vector<std::string>& wanted, const std::vector<std::string>& has, bool normalise) {
    return std::ranges::any_of(wanted, [&](const std::string& one) {
        const auto name = normalise ? agents::normal_capability(one) : one;
        return std::ranges::find(has, name) != has.end();
    });
}

bool has_status(const Agent& agent, const AgentQuery& query) {
    if (query.status == "offline" || query.status == "inactive") return agent.lifecycle == Lifecycle::Offline;
    if (query.status == "active") return agent.lifecycle == Lifecycle::Active;
    if (query.status == "all" || query.include_offline) return true;
    return agent.lifecycle == Lifecycle::Active;
}

bool is_excluded(const Agent& agent, const AgentQuery& query) {
    const auto is_it = [&agent](const std::string& name) {
        return name == agent.spec.id.value || name == agent.spec.name;
    };
    return std::ranges::any_of(query.exclude_agents, is_it);
}

}  // namespace

bool matches(const Agent& agent, const AgentQuery& query) {
    if (!has_status(agent, query) || is_excluded(agent, query)) return false;
    if (!query.framework.empty() && agent.spec.framework != query.framework) return false;
    if (!query.capabilities.empty() && !has_any(query.capabilities, agent.spec.capabilities, true))
        return false;
    if (!query.tags.empty() && !has_any(query.tags, agent.spec.tags, false)) return false;
    // What is not known about an agent does not speak against it.
    if (query.min_success_rate && agent.calls > 0 && agent.success_rate < *query.min_success_rate)
        return false;
    const bool has_time = agent.avg_response_time_ms > 0;
    if (query.max_response_time_ms && has_time && agent.avg_response_time_ms > *query.max_response_time_ms)
        return false;
    return !query.max_load || agent.current_load <= *query.max_load;
}

Result<Agent> Registry::get(const TenantId& tenant, const std::string& id_or_name) const {
    std::lock_guard lock(state_->mutex);
    const auto* entry = state_->find(tenant, std::string_view(id_or_name));
    if (!entry) return no_such_agent(id_or_name);
    return entry->snapshot(state_->clock.now());
}

std::vector<Agent> Registry::list(const TenantId& tenant, const AgentQuery& query) const {
    std::vector<Agent> found;
    auto to_skip = query.skip;
    const auto limit = std::min(query.limit, kQueryLimitMax);
    const auto now = state_->clock.now();
    std::lock_guard lock(state_->mutex);
    state_->each(tenant, [&](const Entry& entry) {
        if (found.size() >= limit) return;
        auto agent = entry.snapshot(now);
        if (!matches(agent, query)) return;
        if (to_skip > 0)
            --to_skip;
        else
            found.push_back(std::move(agent));
    });
    return found;
}

std::vector<std::string> Registry::capabilities(const TenantId& tenant) const {
    std::set<std::string> all;
    std::lock_guard lock(state_->mutex);
    state_->each(tenant, [&all](const Entry& entry) {
        all.insert(entry.spec.capabilities.begin(), entry.spec.capabilities.end());
    });
    return {all.begin(), all.end()};
}

std::vector<Agent> Registry::routable(const TenantId& tenant) const {
    std::vector<Agent> all;
    const auto now = state_->clock.now();
    std::lock_guard lock(state_->mutex);
    state_->each(tenant, [&](const Entry& entry) { all.push_back(entry.snapshot(now, true)); });
    return all;
}

std::vector<std::pair<TenantId, agents::Spec>> Registry::probe_targets() const {
    std::vector<std::pair<TenantId, agents::Spec>> targets;
    std::lock_guard lock(state_->mutex);
    for (const auto& [id, entry] : state_->configured) targets.emplace_back(TenantId{}, entry.spec);
    for (const auto& [tenant, entries] : state_->registered)
        for (const auto& [id, entry] : entries) targets.emplace_back(tenant, entry.spec);
    return targets;
}

Registry::Counts Registry::counts() const {
    Counts counts;
    const auto now = state_->clock.now();
    const auto add = [&counts, now](const Entry& entry) {
        ++counts.total;
        const auto health = entry.health(now);
        if (health == Health::Unhealthy)
            ++counts.unhealthy;
        else if (health == Health::Healthy)
            ++counts.healthy;
    };
    std::lock_guard lock(state_->mutex);
    for (const auto& [id, entry] : state_->configured) add(entry);
    for (const auto& [tenant, entries] : state_->registered)
        for (const auto& [id, entry] : entries) add(entry);
    return counts;
}

}  // namespace meshai::mesh
