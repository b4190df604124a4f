#include "workflow/cost.h"

namespace meshai::workflow::detail {
namespace {

/// A sort looks at each of its items so often: log2 of what is bounded by kEvaluationWorkMax.
constexpr std::uint64_t kSortWork = 24;

}  // namespace

std::uint64_t times(std::uint64_t a, std::uint64_t b) {
    return a != 0 && b > kCostMax / a ? kCostMax : std::min(a * b, kCostMax);
}

std::uint64_t plus(std::uint64_t a, std::uint64_t b) {
    return std::min(a + b, kCostMax);
}

Cost beside(Cost a, Cost b) {
    return {plus(a.growth, b.growth), plus(a.work, b.work)};
}

Cost behind(Cost first, Cost then) {
    return {times(first.growth, then.growth), plus(first.work, times(first.growth, then.work))};
}

Cost called(const Function& function, Cost arguments, Cost each) {
    const auto items = arguments.growth;
    const auto visits = function.sorts ? times(kSortWork, items) : items;
    return {times(times(items, function.growth), function.name == "map" ? each.growth : 1),
            plus(arguments.work, plus(times(visits, each.work), times(function.growth, items)))};
}

}  // namespace meshai::workflow::detail
