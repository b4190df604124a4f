#include "mesh/executor/request_check.h"

#include <fmt/format.h>

#include <algorithm>

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
    request.timeout = std::min(request.timeout.value_or(limits.timeout_default), limits.timeout_max);
    if (request.retries_max < 0) return wrong("max_retries: must be 0 or more.");
    request.retries_max = std::min(request.retries_max, kRetriesMax);
    return request;
}

}  // namespace meshai::mesh
