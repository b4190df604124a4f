// mesh/registry/state.h
//
// What the registry holds: the operator's agents, and per tenant those that
// were registered. Private to this folder. `mutex` guards all of it and is
// never held across a wait: a change of a durable agent is committed first and
// enters memory when it is durable.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>

#include "mesh/registry/entry.h"

namespace meshai::mesh {

/// How often a change is tried again when somebody else changed the same agent.
inline constexpr int kUpdateTriesMax = 5;

using Entries = std::map<AgentId, Entry>;

struct Registry::State {
    State(store::Engine& the_engine, Clock& the_clock, Random& the_random, Log& the_log, Metrics& metrics,
          PrivateAgents the_private_agents);

    store::Engine& engine;
    Clock& clock;
    Random& random;
    Log& log;
    Gauge& known;
    Gauge& healthy;
    Gauge& unhealthy;
    const PrivateAgents private_agents;

    mutable std::mutex mutex;
    Entries configured;                                  // guarded by mutex
    std::map<TenantId, Entries> registered;              // guarded by mutex
    std::map<TenantId, std::set<std::string>> arriving;  // names and ids that are being committed
    Listener listener{};                                 // guarded by mutex

    /// With the mutex held: by id first, then by name; configured agents before
    /// registered ones. Null if there is none that the tenant sees.
    Entry* find(const TenantId& tenant, std::string_view id_or_name);
    Entry* find(const TenantId& tenant, const AgentId& id);

    /// Calls `visit` for every entry the tenant sees, in order of id.
    template <class Visit>
    void each(const TenantId& tenant, Visit visit) const {
        static const Entries kNone;
        const auto own = registered.find(tenant);
        const auto& theirs = own == registered.end() ? kNone : own->second;
        auto a = configured.begin();
        auto b = theirs.begin();
        while (a != configured.end() || b != theirs.end()) {
            const bool take_a = b == theirs.end() || (a != configured.end() && a->first < b->first);
            visit(take_a ? a->second : b->second);
            take_a ? ++a : ++b;
        }
    }

    /// Puts the row, and finds out what happened where the store cannot tell.
    Async<Status> put_row(TenantId tenant, AgentId id, std::uint64_t expected_version,
                          std::optional<std::string> value);

    /// Takes over the row as it is in the store, after somebody else changed it.
    Async<Status> refresh(TenantId tenant, AgentId id);

    /// Says in the spec of a registered agent how far its calls may reach.
    void allow(agents::Spec& spec) const { spec.allow_private = private_agents == PrivateAgents::Allowed; }

    /// Tells the listener, with the mutex held.
    void tell(const TenantId& tenant, const agents::Spec& changed) const {
        if (listener) listener(tenant, changed);
    }

    /// Whether name and id are free for a new agent of the tenant, with the mutex held.
    Status check_free(const TenantId& tenant, const agents::Spec& spec);
};

/// Whether an agent is among the answers to a query. Pure.
bool matches(const Agent& agent, const AgentQuery& query);

/// A sentence for a client that asks for an agent it does not have.
Error no_such_agent(std::string_view id_or_name);

}  // namespace meshai::mesh
