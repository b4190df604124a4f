#include "mesh/registry/state.h"

#include <fmt/format.h>

#include "mesh/registry/row.h"

namespace meshai::mesh {
namespace {

/// How long a change of an agent may wait for room in the store's queue.
constexpr Duration kCommitWaitMax = std::chrono::seconds(10);

Entry* find_in(Entries& entries, std::string_view id) {
    const auto found = entries.find(AgentId{std::string(id)});
    return found == entries.end() ? nullptr : &found->second;
}

Entry* find_name_in(Entries& entries, std::string_view name) {
    for (auto& [id, entry] : entries)
        if (entry.spec.name == name) return &entry;
    return nullptr;
}

}  // namespace

Registry::State::State(store::Engine& the_engine, Clock& the_clock, Random& the_random, Log& the_log,
                       Metrics& metrics, PrivateAgents the_private_agents)
    : engine(the_engine),
      clock(the_clock),
      random(the_random),
      log(the_log),
      known(metrics.gauge("meshai_agents", "Agents that the registry knows")),
      healthy(metrics.gauge("meshai_agents_healthy", "Agents that are known to be healthy")),
      unhealthy(metrics.gauge("meshai_agents_unhealthy", "Agents that are known to be unhealthy")),
      private_agents(the_private_agents) {}

Entry* Registry::State::find(const TenantId& tenant, std::string_view id_or_name) {
    const auto own = registered.find(tenant);
    if (auto* entry = find_in(configured, id_or_name)) return entry;
    if (own != registered.end())
        if (auto* entry = find_in(own->second, id_or_name)) return entry;
    if (auto* entry = find_name_in(configured, id_or_name)) return entry;
    return own == registered.end() ? nullptr : find_name_in(own->second, id_or_name);
}

Entry* Registry::State::find(const TenantId& tenant, const AgentId& id) {
    if (auto* entry = find_in(configured, id.value)) return entry;
    const auto own = registered.find(tenant);
    return own == registered.end() ? nullptr : find_in(own->second, id.value);
}

Status Registry::State::check_free(const TenantId& tenant, const agents::Spec& spec) {
    const auto coming = arriving.find(tenant);
    for (const auto* word : {&spec.id.value, &spec.name}) {
        const bool is_coming = coming != arriving.end() && coming->second.contains(*word);
        if (is_coming || find(tenant, std::string_view(*word)))
            return Error{Code::Conflict, fmt::format("There is an agent '{}' already.", *word)};
    }
    const auto own = registered.find(tenant);
    const auto here = own == registered.end() ? 0 : own->second.size();
    const auto on_the_way = coming == arriving.end() ? 0 : coming->second.size();
    if (here + on_the_way < kAgentsPerTenantMax) return {};
    return Error{Code::ResourceExhausted,
                 fmt::format("There are {} agents already, which is the most; remove one first.",
                             kAgentsPerTenantMax)};
}

Async<Status> Registry::State::put_row(TenantId tenant, AgentId id, std::uint64_t expected_version,
                                       std::optional<std::string> value) {
    store::Unit unit{tenant, {}, {}};
    unit.puts.push_back({store::Table::Agents, id.value, expected_version, value});
    auto done = co_await engine.commit(std::move(unit), clock.in(kCommitWaitMax));
    if (done || done.error().code != Code::OutcomeUnknown) co_return done;

    // The store could not tell. What lies there now can.
    auto row = co_await engine.get(tenant, store::Table::Agents, id.value);
    if (!row) co_return row.error();
    const bool happened = value ? *row && (*row)->value == *value : !*row;
    if (happened) co_return Status{};
    co_return done;
}

Async<Status> Registry::State::refresh(TenantId tenant, AgentId id) {
    auto row = co_await engine.get(tenant, store::Table::Agents, id.value);
    if (!row) co_return row.error();
    std::lock_guard lock(mutex);
    if (!*row) {
        registered[tenant].erase(id);
        co_return no_such_agent(id.value);
    }
    auto entry = decode_row((*row)->value);
    if (!entry) co_return entry.error();
    auto* here = find(tenant, id);
    if (!here) co_return no_such_agent(id.value);
    allow(entry->spec);
    here->spec = std::move(entry->spec);
    here->reported = entry->reported;
    here->updated_at = entry->updated_at;
    here->version = (*row)->version;
    co_return Status{};
}

}  // namespace meshai::mesh
