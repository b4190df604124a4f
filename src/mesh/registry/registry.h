// mesh/registry/registry.h
//
// Who can work: the agents of the operator's file (every tenant sees them,
// nobody changes them over REST) and those that tenants registered (durable,
// theirs alone), with their health as heartbeats, probes and results tell it.
// Doors ask it, the router ranks from it, the executor reports into it.
// Thread-safe; reads give values.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "agents/spec.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "store/engine.h"

namespace meshai::mesh {

enum class Lifecycle { Active, Offline };
enum class Health { Unknown, Healthy, Degraded, Unhealthy };
enum class Breaker { Closed, Open, HalfOpen };

std::string_view lifecycle_name(Lifecycle lifecycle);  ///< "active", "offline"
std::string_view health_name(Health health);           ///< "unknown", "healthy", "degraded", "unhealthy"
std::string_view breaker_name(Breaker breaker);        ///< "closed", "open", "half_open"

/// An agent with what is known about it right now.
struct Agent {
    agents::Spec spec;
    bool is_configured = false;  ///< from the operator's file
    Lifecycle lifecycle = Lifecycle::Active;
    Health health = Health::Unknown;
    Breaker breaker = Breaker::Closed;
    double health_score = 1.0;        ///< 0..1
    double avg_response_time_ms = 0;  ///< 0: unknown
    double success_rate = 1.0;        ///< 0..1
    std::uint64_t calls = 0;
    int running = 0;           ///< tasks on it now
    int queued = 0;            ///< tasks that wait for it
    double current_load = 0;   ///< running / max_concurrent_tasks, or as reported
    double trend = 0;          ///< -1..1, newer calls against older ones
    bool failed_over = false;  ///< failed repeatedly: used only where no other agent fits
    WallTime created_at{};
    WallTime updated_at{};
    std::uint64_t version = 1;

    bool is_available() const;  ///< active, not unhealthy, breaker lets a call through
};

/// What PATCH and PUT may change; absent members stay.
struct Patch {
    std::optional<std::string> name;
    std::optional<std::vector<std::string>> capabilities;
    std::optional<std::vector<std::string>> tags;
    std::optional<json::object> metadata;
    std::optional<double> health_score;
    std::optional<double> avg_response_time_ms;
    std::optional<double> success_rate;
    std::optional<double> current_load;
    std::optional<json::value> instructions;
};

struct AgentQuery {
    std::vector<std::string> capabilities;  ///< any of them
    std::string framework;
    std::vector<std::string> tags;  ///< any of them
    std::optional<double> min_success_rate;
    std::optional<double> max_response_time_ms;
    std::optional<double> max_load;
    std::vector<std::string> exclude_agents;
    std::size_t skip = 0;
    std::size_t limit = 100;
    std::string status;  ///< "active", "offline"/"inactive", "all" or ""
    bool include_offline = false;
};

/// How a call of an agent went, for its breaker and its statistics.
struct CallReport {
    bool succeeded = false;
    bool counts_as_failure = true;  ///< a task that was cancelled or refused says nothing about the agent
    Millis duration{};
};

inline constexpr std::size_t kAgentsPerTenantMax = 1000;
inline constexpr Duration kHeartbeatPeriod = std::chrono::seconds(30);
inline constexpr Duration kUnhealthyAfter = 3 * kHeartbeatPeriod;
inline constexpr Duration kOfflineAfter = 5 * kHeartbeatPeriod;
inline constexpr Duration kSweepPeriod = std::chrono::seconds(60);
inline constexpr int kBreakerFailuresMax = 5;
inline constexpr Duration kBreakerOpenTime = std::chrono::seconds(30);
inline constexpr int kBreakerSuccessesToClose = 3;
inline constexpr int kBreakerWindowCalls = 100;
inline constexpr int kBreakerRateCallsMin = 10;
inline constexpr double kBreakerErrorRateMax = 0.5;
inline constexpr Millis kSlowCall{5000};
inline constexpr int kFailoverFailures = 3;
inline constexpr Duration kFailoverWindow = std::chrono::minutes(5);
inline constexpr int kFailoverSuccesses = 3;
inline constexpr int kProbeFailuresMax = 3;          ///< in a row, of an agent that answered before
inline constexpr std::size_t kQueryLimitMax = 1000;  ///< agents one list gives

/// Whether agents that tenants register may live on loopback and private
/// addresses: the operator's word of today, not of the day of a registration.
enum class PrivateAgents { Refused, Allowed };

class Registry {
  public:
    Registry(store::Engine& engine, Clock& clock, Random& random, Log& log, Metrics& metrics,
             PrivateAgents private_agents = PrivateAgents::Refused);
    ~Registry();

    /// The operator's agents; before anything else. Configuration on a double name.
    Status configure(std::vector<agents::Spec> specs);

    /// Reads what tenants registered. At start.
    Async<Status> load();

    /// Registers durably. Conflict for an id or name that exists, ResourceExhausted
    /// over kAgentsPerTenantMax, InvalidArgument for an address that may not be called
    /// (a name is judged when it is called). An empty id is made.
    Async<Result<Agent>> add(TenantId tenant, agents::Spec spec);
    Async<Result<Agent>> update(TenantId tenant, AgentId id, Patch patch);
    Async<Status> remove(TenantId tenant, AgentId id);

    /// Hears of every agent that a tenant adds, changes or removes, when it is durable. There is one
    /// listener; an empty one takes its place. It is called with the registry's mutex held, so that none is
    /// called after it was replaced, and must not call back.
    using Listener = std::function<void(const TenantId& tenant, const agents::Spec& changed)>;
    void on_change(Listener listener);

    /// By id, or else by name. AgentNotFound.
    Result<Agent> get(const TenantId& tenant, const std::string& id_or_name) const;
    std::vector<Agent> list(const TenantId& tenant, const AgentQuery& query) const;
    std::vector<std::string> capabilities(const TenantId& tenant) const;

    /// Every agent the tenant sees, in order of id, without what only a call needs (instructions,
    /// metadata, schemas, key): for routing.
    std::vector<Agent> routable(const TenantId& tenant) const;

    /// Whom to probe: every agent with the tenant it belongs to (empty for configured ones).
    std::vector<std::pair<TenantId, agents::Spec>> probe_targets() const;

    /// Makes the agent active and healthy; says when the next one is due.
    Result<Duration> heartbeat(const TenantId& tenant, const AgentId& id);

    /// Health by time: unhealthy, then offline, for agents that once sent
    /// heartbeats and stopped. Called every kSweepPeriod and before each read that matters.
    void sweep();

    // For the executor: places on an agent, and how calls went.
    /// False when all its places are taken or its breaker refuses.
    bool try_take_place(const TenantId& tenant, const AgentId& id);
    void give_place_back(const TenantId& tenant, const AgentId& id);
    void add_queued(const TenantId& tenant, const AgentId& id, int change);
    void report(const TenantId& tenant, const AgentId& id, const CallReport& report);
    void report_probe(const TenantId& tenant, const AgentId& id, bool answered);

    /// Total, healthy, unhealthy: for /health and statistics.
    struct Counts {
        std::size_t total = 0, healthy = 0, unhealthy = 0;
    };
    Counts counts() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace meshai::mesh
