#include "mesh/registry/registry.h"

#include <fmt/format.h>

#include <algorithm>

#include "agents/address.h"
#include "mesh/registry/row.h"
#include "mesh/registry/state.h"

namespace meshai::mesh {
namespace {

constexpr std::string_view kAgentPrefix = "a_";

Error not_yours(const agents::Spec& spec) {
    return Error{Code::PermissionDenied,
                 fmt::format("Agent '{}' comes from the operator's configuration file and can be changed "
                             "there only.",
                             spec.name)};
}

Status check_share(std::string_view member, const std::optional<double>& share) {
    if (!share || (*share >= 0 && *share <= 1)) return {};
    return Error{Code::InvalidArgument, fmt::format("{}: must be between 0 and 1.", member)};
}

Status check_patch(const Patch& patch) {
    if (auto fine = check_share("health_score", patch.health_score); !fine) return fine;
    if (auto fine = check_share("success_rate", patch.success_rate); !fine) return fine;
    if (auto fine = check_share("current_load", patch.current_load); !fine) return fine;
    const auto& time = patch.avg_response_time_ms;
    if (time && !(*time >= 0 && *time <= 1e12))
        return Error{Code::InvalidArgument, "avg_response_time_ms: must be 0 or more."};
    return {};
}

template <class T>
void take(T& into, const std::optional<T>& from) {
    if (from) into = *from;
}

void take(std::optional<double>& into, const std::optional<double>& from) {
    if (from) into = from;
}

void apply(const Patch& patch, Entry& entry) {
    take(entry.spec.name, patch.name);
    take(entry.spec.tags, patch.tags);
    take(entry.spec.metadata, patch.metadata);
    take(entry.spec.instructions, patch.instructions);
    if (patch.capabilities) {
        entry.spec.capabilities.clear();
        for (const auto& capability : *patch.capabilities)
            entry.spec.capabilities.push_back(agents::normal_capability(capability));
    }
    take(entry.reported.health_score, patch.health_score);
    take(entry.reported.avg_response_time_ms, patch.avg_response_time_ms);
    take(entry.reported.success_rate, patch.success_rate);
    take(entry.reported.current_load, patch.current_load);
}

}  // namespace

std::string_view lifecycle_name(Lifecycle lifecycle) {
    return lifecycle == Lifecycle::Active ? "active" : "offline";
}

std::string_view health_name(Health health) {
    switch (health) {
        case Health::Unknown:
            return "unknown";
        case Health::Healthy:
            return "healthy";
        case Health::Degraded:
            return "degraded";
        case Health::Unhealthy:
            return "unhealthy";
    }
    return "unknown";
}

std::string_view breaker_name(Breaker breaker) {
    switch (breaker) {
        case Breaker::Closed:
            return "closed";
        case Breaker::Open:
            return "open";
        case Breaker::HalfOpen:
            return "half_open";
    }
    return "closed";
}

bool Agent::is_available() const {
    return lifecycle == Lifecycle::Active && health != Health::Unhealthy && breaker != Breaker::Open;
}

Error no_such_agent(std::string_view id_or_name) {
    return Error{Code::AgentNotFound, fmt::format("There is no agent '{}'.", id_or_name)};
}

Registry::Registry(store::Engine& engine, Clock& clock, Random& random, Log& log, Metrics& metrics,
                   PrivateAgents private_agents)
    : state_(std::make_unique<State>(engine, clock, random, log, metrics, private_agents)) {}

Registry::~Registry() = default;

Status Registry::configure(std::vector<agents::Spec> specs) {
    std::lock_guard lock(state_->mutex);
    for (auto& spec : specs) {
        if (spec.id.empty()) spec.id = AgentId{spec.name};
        for (auto& capability : spec.capabilities) capability = agents::normal_capability(capability);
        if (auto fine = agents::check(spec); !fine)
            return Error{Code::Configuration, fmt::format("agents.{}: {}", spec.name, fine.error().message)};
        for (const auto* word : {&spec.id.value, &spec.name})
            if (state_->find(TenantId{}, std::string_view(*word)))
                return Error{Code::Configuration,
                             fmt::format("agents.{}: there are two agents of this name; rename one.", *word)};
        Entry entry;
        entry.is_configured = true;
        entry.created_at = entry.updated_at = state_->clock.wall();
        const auto id = spec.id;
        entry.spec = std::move(spec);
        state_->configured.emplace(id, std::move(entry));
    }
    return {};
}

Async<Status> Registry::load() {
    auto tenants = co_await state_->engine.tenants();
    if (!tenants) co_return tenants.error();
    for (const auto& tenant : *tenants) {
        std::string after;
        for (;;) {
            auto rows = co_await state_->engine.scan(tenant, store::Table::Agents, "", after,
                                                     store::kScanRowsMax, store::Order::Ascending);
            if (!rows) co_return rows.error();
            if (rows->empty()) break;
            after = rows->back().key;
            std::lock_guard lock(state_->mutex);
            for (const auto& row : *rows) {
                auto entry = decode_row(row.value);
                if (!entry) co_return entry.error();
                state_->allow(entry->spec);
                entry->version = row.version;
                if (state_->configured.contains(entry->spec.id)) {
                    state_->log.warn("a registered agent is hidden by one of the operator's file",
                                     {{"agent", row.key}, {"tenant", tenant.value}});
                    continue;
                }
                state_->registered[tenant].insert_or_assign(entry->spec.id, std::move(*entry));
            }
        }
    }
    co_return Status{};
}

Async<Result<Agent>> Registry::add(TenantId tenant, agents::Spec spec) {
    if (spec.id.empty())
        spec.id = AgentId{new_id(kAgentPrefix, unix_ms(state_->clock.wall()), state_->random)};
    for (auto& capability : spec.capabilities) capability = agents::normal_capability(capability);
    if (auto fine = agents::check(spec); !fine) co_return fine.error();
    state_->allow(spec);
    if (auto fine = agents::check_reach(spec); !fine) co_return fine.error();

    Entry entry;
    entry.created_at = entry.updated_at = state_->clock.wall();
    entry.spec = std::move(spec);
    const auto id = entry.spec.id;
    const std::set<std::string> words{id.value, entry.spec.name};
    {
        std::lock_guard lock(state_->mutex);
        if (auto fine = state_->check_free(tenant, entry.spec); !fine) co_return fine.error();
        state_->arriving[tenant].insert(words.begin(), words.end());
    }
    auto done = co_await state_->put_row(tenant, id, 0, encode_row(entry));

    std::lock_guard lock(state_->mutex);
    auto arriving = state_->arriving.find(tenant);
    for (const auto& word : words) arriving->second.erase(word);
    if (arriving->second.empty()) state_->arriving.erase(arriving);
    if (!done && done.error().code == Code::Conflict)
        co_return Error{Code::Conflict, fmt::format("There is an agent '{}' already.", id.value)};
    if (!done) co_return done.error();
    auto [at, is_new] = state_->registered[tenant].insert_or_assign(id, std::move(entry));
    state_->log.info("an agent was registered",
                     {{"agent", id.value}, {"tenant", tenant.value}, {"name", at->second.spec.name}});
    state_->tell(tenant, at->second.spec);
    co_return at->second.snapshot(state_->clock.now());
}

Async<Result<Agent>> Registry::update(TenantId tenant, AgentId id, Patch patch) {
    if (auto fine = check_patch(patch); !fine) co_return fine.error();
    for (int tries = 0; tries < kUpdateTriesMax; ++tries) {
        Entry changed;
        {
            std::lock_guard lock(state_->mutex);
            const auto* entry = state_->find(tenant, id);
            if (!entry) co_return no_such_agent(id.value);
            if (entry->is_configured) co_return not_yours(entry->spec);
            changed = *entry;
            apply(patch, changed);
            const auto* namesake = state_->find(tenant, std::string_view(changed.spec.name));
            if (namesake && namesake != entry)
                co_return Error{Code::Conflict,
                                fmt::format("There is an agent '{}' already.", changed.spec.name)};
        }
        if (auto fine = agents::check(changed.spec); !fine) co_return fine.error();
        changed.updated_at = state_->clock.wall();
        auto done = co_await state_->put_row(tenant, id, changed.version, encode_row(changed));
        if (!done && done.error().code == Code::Conflict) {
            if (auto read = co_await state_->refresh(tenant, id); !read) co_return read.error();
            continue;
        }
        if (!done) co_return done.error();

        std::lock_guard lock(state_->mutex);
        auto* entry = state_->find(tenant, id);
        if (!entry) co_return no_such_agent(id.value);
        // Calls may have begun and ended meanwhile: only what was patched is taken over.
        entry->spec = std::move(changed.spec);
        entry->reported = changed.reported;
        entry->updated_at = changed.updated_at;
        entry->version = changed.version + 1;
        state_->tell(tenant, entry->spec);
        co_return entry->snapshot(state_->clock.now());
    }
    co_return Error{Code::Conflict, "The agent is being changed by others; read it and try again."};
}

void Registry::on_change(Listener listener) {
    std::lock_guard lock(state_->mutex);
    state_->listener = std::move(listener);
}

Async<Status> Registry::remove(TenantId tenant, AgentId id) {
    {
        std::lock_guard lock(state_->mutex);
        const auto* entry = state_->find(tenant, id);
        if (!entry) co_return no_such_agent(id.value);
        if (entry->is_configured) co_return not_yours(entry->spec);
    }
    auto done = co_await state_->put_row(tenant, id, store::kAnyVersion, std::nullopt);
    if (!done) co_return done.error();
    std::lock_guard lock(state_->mutex);
    auto own = state_->registered.find(tenant);
    if (own == state_->registered.end()) co_return no_such_agent(id.value);
    auto gone = own->second.extract(id);
    if (gone.empty()) co_return no_such_agent(id.value);
    state_->tell(tenant, gone.mapped().spec);
    if (own->second.empty()) state_->registered.erase(own);
    state_->log.info("an agent was removed", {{"agent", id.value}, {"tenant", tenant.value}});
    co_return Status{};
}

}  // namespace meshai::mesh
