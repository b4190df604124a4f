// mesh/router/router.h
//
// Which agent does a task: a pure function of the task, the agents as they are
// now and a little memory (round robin position, sticky keys). The decision
// comes with its reasons and becomes an event of the task.
#pragma once

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

inline constexpr Duration kStickyTime = std::chrono::hours(1);
inline constexpr std::size_t kStickyKeysMax = 100'000;

class Router {
  public:
    Router(Registry& registry, Clock& clock);

    /// The best available agent that `tried` does not hold. NoAgent ("No suitable
    /// agent found for task", with the reason) when there is none.
    Result<task::Routed> choose(const TenantId& tenant, const task::Request& request,
                                const std::set<AgentId>& tried);

  private:
    Registry& registry_;
    Clock& clock_;
    std::mutex mutex_;
    std::map<std::string, std::size_t> round_robin_;
    struct Sticky {
        AgentId agent;
        MonoTime until;
    };
    std::map<std::string, Sticky> sticky_;
};

}  // namespace meshai::mesh
