#include "agents/cost.h"

namespace meshai::agents {

task::Usage with_cost(task::Usage usage, const Cost& price) {
    if (price == Cost{}) return usage;
    constexpr double kTokensPerPrice = 1000;
    usage.cost = price.per_call +
                 price.per_1k_input_tokens * static_cast<double>(usage.input_tokens) / kTokensPerPrice +
                 price.per_1k_output_tokens * static_cast<double>(usage.output_tokens) / kTokensPerPrice;
    return usage;
}

}  // namespace meshai::agents
