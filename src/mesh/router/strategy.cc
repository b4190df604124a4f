#include <array>

#include "mesh/router/router.h"

namespace meshai::mesh {
namespace {

struct Named {
    std::string_view name;
    Strategy strategy;
};

constexpr std::array kNames = {
    Named{"capability_match", Strategy::CapabilityMatch},
    Named{"performance", Strategy::Performance},
    Named{"cost_optimized", Strategy::CostOptimized},
    Named{"round_robin", Strategy::RoundRobin},
    Named{"sticky_session", Strategy::StickySession},
    Named{"least_loaded", Strategy::LeastLoaded},
    // Names of other members of the family, after the canonical ones.
    Named{"capability_based", Strategy::CapabilityMatch},
    Named{"capability", Strategy::CapabilityMatch},
    Named{"performance_based", Strategy::Performance},
    Named{"performance_optimized", Strategy::Performance},
    Named{"cost_optimised", Strategy::CostOptimized},
    Named{"cost", Strategy::CostOptimized},
    Named{"sticky", Strategy::StickySession},
    Named{"least_load", Strategy::LeastLoaded},
};

constexpr std::array<std::string_view, 4> kCollaborations = {"sequential", "parallel", "collaborative",
                                                             "hierarchical"};

std::string folded(std::string_view name) {
    std::string out(name);
    for (auto& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (c == '-' || c == ' ') c = '_';
    }
    return out;
}

}  // namespace

std::string_view strategy_name(Strategy strategy) {
    for (const auto& named : kNames)
        if (named.strategy == strategy) return named.name;
    return "capability_match";
}

std::optional<Strategy> strategy_of(std::string_view name) {
    const auto word = folded(name);
    for (const auto& named : kNames)
        if (named.name == word) return named.strategy;
    return std::nullopt;
}

bool is_collaboration(std::string_view name) {
    const auto word = folded(name);
    for (const auto collaboration : kCollaborations)
        if (collaboration == word) return true;
    return false;
}

}  // namespace meshai::mesh
