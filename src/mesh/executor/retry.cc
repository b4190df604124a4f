#include "mesh/executor/retry.h"

#include <algorithm>

namespace meshai::mesh {

bool may_try_again(const agents::Failure& failure, bool agent_is_idempotent) {
    if (failure.error.code == Code::Cancelled || failure.error.code == Code::BudgetExhausted) return false;
    return !failure.was_sent || (agent_is_idempotent && failure.is_transient);
}

bool may_try_same_agent(const agents::Failure& failure, bool agent_is_idempotent) {
    const bool is_hopeless =
        failure.error.code == Code::Configuration || failure.error.code == Code::InvalidArgument;
    return !is_hopeless && failure.is_transient && may_try_again(failure, agent_is_idempotent);
}

bool speaks_against_agent(const agents::Failure& failure) {
    switch (failure.error.code) {
        case Code::Cancelled:
        case Code::RateLimited:
        case Code::TooLarge:
        case Code::InvalidArgument:
        case Code::StorageFull:
        case Code::BudgetExhausted:
            return false;
        default:
            break;
    }
    const auto status = find_int(failure.details, "http_status").value_or(0);
    const bool is_about_request = status >= 400 && status < 500;
    const bool is_about_agent = status == 401 || status == 403 || status == 404 || status == 408;
    return !is_about_request || is_about_agent;
}

Duration backoff(int retry, const std::optional<Millis>& retry_after, Random& random) {
    auto wait = kBackoffFirst;
    for (int i = 1; i < retry && wait < kBackoffMax; ++i) wait *= 2;
    wait = std::min(wait, kBackoffMax);
    wait = std::chrono::duration_cast<Duration>(wait * (0.5 + random.fraction() / 2));
    return retry_after ? std::max<Duration>(wait, *retry_after) : wait;
}

}  // namespace meshai::mesh
