#include "mesh/executor/request_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace meshai::mesh {
namespace {

Error wrong(std::string message) {
    return Error{Code::InvalidArgument, std::move(message)};
}

Status check_words(std::string_view member, const std::vector<std::string>& words, std::size_t words_max) {
    if (words.size() > words_max) return wrong(fmt::format("{}: give at most {}.", member, words_max));
    for (const auto& word : words)
        if (word.empty() || word.size() > kWordBytesMax || !is_valid_utf8(word))
            return wrong(fmt::format("{}: each has 1 to {} bytes of text.", member, kWordBytesMax));
    return {};
}

Status check_word(std::string_view member, const std::string& word) {
    if (word.size() <= kWordBytesMax && is_valid_utf8(word)) return {};
    return wrong(fmt::format("{}: use at most {} bytes of text.", member, kWordBytesMax));
}

Status check_budget(const std::optional<task::Budget>& budget) {
    if (!budget) return {};
    const bool is_negative = budget->tokens.value_or(0) < 0 || budget->cost.value_or(0) < 0 ||
                             budget->calls.value_or(0) < 0 || budget->depth.value_or(0) < 0;
    if (is_negative || !std::isfinite(budget->cost.value_or(0)))
        return wrong("budget: tokens, cost, calls and depth are 0 or more.");
    return {};
}

}  // namespace

Result<task::Request> fit_request(task::Request request, const ExecutorLimits& limits) {
    if (auto fine = check_words("capabilities", request.capabilities, kWantedCapabilitiesMax); !fine)
        return fine.error();
    if (auto fine = check_words("agents", request.agents, kWantedAgentsMax); !fine) return fine.error();
    for (const auto& [member, word] : {std::pair{"affinity", &request.affinity},
                                       {"correlation_id", &request.correlation_id},
                                       {"preferred_framework", &request.preferred_framework},
                                       {"task_type", &request.task_type},
                                       {"parent_task_id", &request.parent_task_id}})
        if (auto fine = check_word(member, *word); !fine) return fine.error();

    if (request.routing_strategy.empty()) request.routing_strategy = "capability_match";
    const auto strategy = strategy_of(request.routing_strategy);
    if (!strategy)
        return wrong(
            fmt::format("routing_strategy: '{}' is unknown; use capability_match, performance, "
                        "cost_optimized, round_robin, sticky_session or least_loaded.",
                        utf8_prefix(valid_utf8(request.routing_strategy), 64)));
    request.routing_strategy = strategy_name(*strategy);
    if (request.timeout && *request.timeout <= Millis::zero())
        return wrong("timeout: must be more than 0 seconds.");
    const bool is_composite = request.is_composite();
    const auto usual = is_composite ? limits.composite_timeout_default : limits.timeout_default;
    const auto longest = is_composite ? limits.composite_timeout_max : limits.timeout_max;
    request.timeout = std::min(request.timeout.value_or(usual), longest);
    if (auto fine = check_budget(request.budget); !fine) return fine.error();
    if (request.retries_max < 0) return wrong("max_retries: must be 0 or more.");
    request.retries_max = std::min(request.retries_max, kRetriesMax);
    return request;
}

}  // namespace meshai::mesh
