// mesh/router/router.h
//
// Which agent does a task: a pure function of the task, the agents as they are
// now and a little memory (round robin position, sticky keys). The decision
// comes with its reasons and becomes an event of the task.
#pragma once

#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "mesh/registry/registry.h"
#include "task/event.h"

namespace meshai::mesh {

enum class Strategy { CapabilityMatch, Performance, CostOptimized, RoundRobin, StickySession, LeastLoaded };

/// Canonical name: "capability_match", "performance", "cost_optimized", "round_robin", "sticky_session",
/// "least_loaded".
std::string_view strategy_name(Strategy strategy);

/// Any name or alias ("performance_based", "PERFORMANCE_BASED", "least-loaded", …). The collaboration words
/// (sequential, parallel, collaborative, hierarchical) are not strategies: nothing.
std::optional<Strategy> strategy_of(std::string_view name);
bool is_collaboration(std::string_view name);

/// What a task text asks for: one capability that the agent must have, and
/// others that it may have (wire section 4.5). Pure.
struct Detected {
    std::string primary;
    std::vector<std::string> optional;
};
Detected detect_capabilities(std::string_view text, std::string_view task_type);

/// Text behind this is not searched for capabilities: what a task is about is said at its beginning.
inline constexpr std::size_t kDetectedBytesMax = 16U << 10U;

/// The text in which a task's capabilities are looked for: the input itself, or
/// of an object the member that holds the words.
std::string text_of_input(const json::value& input);

inline constexpr Duration kStickyTime = std::chrono::hours(1);
inline constexpr std::size_t kStickyKeysMax = 100'000;  ///< beyond, the key unused for longest is forgotten
inline constexpr std::size_t kRoundRobinRingsMax = 10'000;  ///< beyond, all rings start anew

struct Wish;
struct Ranked;

/// Thread-safe.
class Router {
  public:
    Router(Registry& registry, Clock& clock);

    /// The best available agent that `tried` does not hold. NoAgent ("No suitable
    /// agent found for task", with the reason) when there is none. It may have no
    /// free place: then no better fitting one has, and the task waits for it.
    Result<task::Routed> choose(const TenantId& tenant, const task::Request& request,
                                const std::set<AgentId>& tried);

  private:
    struct Sticky {
        std::string key;
        AgentId agent;
        MonoTime until;
    };

    /// Brings the memory of the strategy to bear on the order: the agent whose
    /// turn it is, or that the affinity key had before, comes first.
    void apply_memory(const TenantId& tenant, const task::Request& request, const Wish& wish,
                      std::vector<Ranked>& ranked);
    void turn_ring(const std::string& ring, const Wish& wish, std::vector<Ranked>& ranked);
    void stick(const std::string& key, std::vector<Ranked>& ranked);

    Registry& registry_;
    Clock& clock_;
    std::mutex mutex_;
    std::map<std::string, std::size_t> round_robin_;
    std::list<Sticky> sticky_;  ///< used longest ago first
    std::map<std::string, std::list<Sticky>::iterator> sticky_keys_;
};

}  // namespace meshai::mesh
