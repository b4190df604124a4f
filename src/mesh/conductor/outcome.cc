#include "mesh/conductor/outcome.h"

#include <algorithm>

namespace meshai::mesh {
namespace {

bool has_fallback(const workflow::Step& step) {
    return step.on_error.then == workflow::OnError::Then::Fallback;
}

/// 1 for the first attempt of a round.
int place_in_round(const workflow::Step& step, int attempt) {
    return (attempt - 1) % attempts_per_round(step) + 1;
}

bool may_help_again(const StepFailure& failure) {
    switch (failure.code) {
        case Code::InvalidArgument:
        case Code::PermissionDenied:
        case Code::BudgetExhausted:
        case Code::Cancelled:
        case Code::TooLarge:
            return false;
        default:
            return !failure.is_final && !failure.ends_workflow;
    }
}

bool may_help_elsewhere(const StepFailure& failure) {
    return !failure.is_final && !failure.ends_workflow && failure.code != Code::Cancelled &&
           failure.code != Code::BudgetExhausted;
}

}  // namespace

Outcome Outcome::done(json::value result) {
    return {How::Done, std::move(result), {}, false};
}
Outcome Outcome::skipped() {
    return {How::Skipped, {}, {}, false};
}
Outcome Outcome::failed(StepFailure failure) {
    return {How::Failed, {}, std::move(failure), false};
}
Outcome Outcome::cut() {
    return {How::Cut, {}, {}, false};
}

std::string_view Outcome::status() const {
    switch (how) {
        case How::Done:
            return "completed";
        case How::Skipped:
            return "skipped";
        case How::Failed:
            return "failed";
        case How::Cut:
            break;
    }
    return "cancelled";
}

int attempts_per_round(const workflow::Step& step) {
    return 1 + step.retry.attempts + (has_fallback(step) ? 1 : 0);
}

int first_attempt(const workflow::Step& step, int round) {
    return (round - 1) * attempts_per_round(step) + 1;
}

bool is_fallback(const workflow::Step& step, int attempt) {
    return has_fallback(step) && place_in_round(step, attempt) == attempts_per_round(step);
}

std::optional<int> next_attempt(const workflow::Step& step, int attempt, const StepFailure& failure) {
    const auto place = place_in_round(step, attempt);
    if (place <= step.retry.attempts && may_help_again(failure)) return attempt + 1;
    // The last number of a round is the fallback's, also where the ones before it were not all used.
    if (has_fallback(step) && !is_fallback(step, attempt) && may_help_elsewhere(failure))
        return attempt - place + attempts_per_round(step);
    return std::nullopt;
}

Duration backoff_before(const workflow::Step& step, int next, Random& random) {
    if (is_fallback(step, next)) return Duration::zero();
    Duration wait = step.retry.backoff;
    for (int i = 2; i < place_in_round(step, next) && wait < workflow::kBackoffMax; ++i) wait *= 2;
    wait = std::min<Duration>(wait, workflow::kBackoffMax);
    // Steps that failed together do not all come back in the same moment.
    return std::chrono::duration_cast<Duration>(wait * (0.5 + random.fraction() / 2));
}

}  // namespace meshai::mesh
