// workflow/cost.h
//
// What an expression may cost, computed from its text while it is read, so that
// one that grows its value again and again is refused before it runs. Private
// to this room; pure.
#pragma once

#include <algorithm>
#include <cstdint>

#include "workflow/functions.h"

namespace meshai::workflow::detail {

/// Costs per unit of the size of the value that an expression is applied to (jmespath.h: size_of): an
/// expression over a value of size s takes at most work·s steps and gives at most growth·s. That holds for
/// the parts as for the whole, because nothing in JMESPath sees two values at once except where it names
/// both; so the costs of parts add up side by side and multiply one behind the other.
struct Cost {
    std::uint64_t growth = 1;
    std::uint64_t work = 1;
};
inline constexpr std::uint64_t kCostMax = 1'000'000'000;

/// Bytes of text that count as one unit of size.
inline constexpr std::uint64_t kUnitBytes = 64;

/// Products and sums that stay at kCostMax instead of overflowing.
std::uint64_t times(std::uint64_t a, std::uint64_t b);
std::uint64_t plus(std::uint64_t a, std::uint64_t b);

/// Of two parts that are applied to the same value.
Cost beside(Cost a, Cost b);
/// Of a part that is applied to what another one gives.
Cost behind(Cost first, Cost then);
/// Of a function: `arguments` are those that are values, `each` is the `&expression`.
Cost called(const Function& function, Cost arguments, Cost each);

}  // namespace meshai::workflow::detail
