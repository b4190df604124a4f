#include "mesh/router/rank.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <tuple>

namespace meshai::mesh {
namespace {

bool offers(const Agent& agent, const std::string& capability) {
    return std::ranges::find(agent.spec.capabilities, capability) != agent.spec.capabilities.end();
}

/// Share of the wanted capabilities, optional ones included, that the agent has.
double overlap(const Agent& agent, const Wish& wish) {
    const auto wanted = wish.required.size() + wish.optional.size();
    if (wanted == 0) return 1;
    const auto has = [&agent](const std::string& capability) { return offers(agent, capability); };
    const auto found = std::ranges::count_if(wish.required, has) + std::ranges::count_if(wish.optional, has);
    return static_cast<double>(found) / static_cast<double>(wanted);
}

/// Lowest and highest of one measure over all agents where it is known.
struct Span {
    double lowest = std::numeric_limits<double>::max();
    double highest = std::numeric_limits<double>::lowest();

    void add(double value) {
        lowest = std::min(lowest, value);
        highest = std::max(highest, value);
    }
    /// 0..1; where all are equal each has the best mark.
    double share(double value) const { return highest > lowest ? (value - lowest) / (highest - lowest) : 1; }
    double share_of_less(double value) const {
        return highest > lowest ? (highest - value) / (highest - lowest) : 1;
    }
};

struct Measures {
    Span time, success, load, trend;
};

/// A trend needs something to compare; so does a rate.
bool has_history(const Agent& agent) {
    return agent.calls > 0;
}

bool has_known_success(const Agent& agent) {
    return agent.calls > 0 || agent.success_rate < 1;
}

Measures measure(const std::vector<const Agent*>& agents) {
    Measures all;
    for (const auto* agent : agents) {
        if (agent->avg_response_time_ms > 0) all.time.add(agent->avg_response_time_ms);
        if (has_known_success(*agent)) all.success.add(agent->success_rate);
        if (has_history(*agent)) all.trend.add(agent->trend);
        all.load.add(agent->current_load);
    }
    return all;
}

/// 0.3 speed + 0.3 success + 0.2 load + 0.2 trend, each min-max normalised over
/// the agents in question; what is unknown counts as 1, so that a new agent is tried.
double performance(const Agent& agent, const Measures& all) {
    const double speed =
        agent.avg_response_time_ms > 0 ? all.time.share_of_less(agent.avg_response_time_ms) : 1;
    const double success = has_known_success(agent) ? all.success.share(agent.success_rate) : 1;
    const double load = all.load.share_of_less(agent.current_load);
    const double trend = has_history(agent) ? all.trend.share(agent.trend) : 1;
    return 0.3 * speed + 0.3 * success + 0.2 * load + 0.2 * trend;
}

double score_of(const Agent& agent, const Wish& wish, const Measures& all) {
    switch (wish.strategy) {
        case Strategy::Performance:
            return performance(agent, all);
        case Strategy::CostOptimized:
            return -expected_cost(agent.spec, wish.input_bytes);
        case Strategy::LeastLoaded:
            return -agent.current_load;
        case Strategy::RoundRobin:
            return 0;  // the router turns the ring
        case Strategy::CapabilityMatch:
        case Strategy::StickySession:
            return overlap(agent, wish);
    }
    return 0;
}

std::string reason_of(const Agent& agent, const Wish& wish) {
    std::string reason;
    switch (wish.strategy) {
        case Strategy::Performance:
            reason = agent.calls == 0 ? "no calls yet"
                                      : fmt::format("{:.0f} ms on average, {:.0f} % succeeded",
                                                    agent.avg_response_time_ms, 100 * agent.success_rate);
            break;
        case Strategy::CostOptimized:
            reason = fmt::format("about {:.6g} for this call", expected_cost(agent.spec, wish.input_bytes));
            break;
        case Strategy::CapabilityMatch:
        case Strategy::StickySession:
            reason = fmt::format("offers {:.0f} % of what the task may need", 100 * overlap(agent, wish));
            break;
        case Strategy::RoundRobin:
            reason = "takes its turn";
            break;
        case Strategy::LeastLoaded:
            reason = "by load";
            break;
    }
    reason += fmt::format(", {} of {} places taken", agent.running, agent.spec.max_concurrent_tasks);
    if (!wish.preferred_framework.empty() && agent.spec.framework == wish.preferred_framework)
        reason += ", of the preferred framework";
    if (agent.failed_over) reason += ", failed repeatedly in the last minutes";
    return reason;
}

}  // namespace

bool offers_all(const Agent& agent, const std::vector<std::string>& capabilities) {
    return std::ranges::all_of(capabilities, [&agent](const auto& wanted) { return offers(agent, wanted); });
}

bool has_free_place(const Agent& agent) {
    return agent.running < agent.spec.max_concurrent_tasks;
}

bool is_foreign(const Agent& agent, const Wish& wish) {
    return !wish.preferred_framework.empty() && agent.spec.framework != wish.preferred_framework;
}

double expected_cost(const agents::Spec& spec, std::size_t input_bytes) {
    const double input_tokens = static_cast<double>(input_bytes) / kBytesPerToken;
    return spec.cost.per_call + spec.cost.per_1k_input_tokens * input_tokens / 1000 +
           spec.cost.per_1k_output_tokens * kExpectedOutputTokens / 1000;
}

std::vector<Ranked> rank(const std::vector<const Agent*>& agents, const Wish& wish) {
    const auto all = measure(agents);
    std::vector<Ranked> ranked;
    ranked.reserve(agents.size());
    for (const auto* agent : agents)
        ranked.push_back({agent, score_of(*agent, wish, all), reason_of(*agent, wish)});

    const bool by_load = wish.strategy != Strategy::RoundRobin;
    const auto place = [&wish, by_load](const Ranked& one) {
        const auto& agent = *one.agent;
        return std::tuple{agent.failed_over,
                          !has_free_place(agent),
                          is_foreign(agent, wish),
                          -one.score,
                          by_load ? agent.current_load : 0.0,
                          by_load ? agent.running + agent.queued : 0,
                          by_load ? agent.spec.capabilities.size() : 0,
                          agent.spec.id.value};
    };
    std::ranges::sort(ranked, {}, place);
    return ranked;
}

}  // namespace meshai::mesh
