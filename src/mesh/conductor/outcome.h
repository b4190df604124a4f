// mesh/conductor/outcome.h
//
// How a step of a workflow ended, and the rules of what comes after a failure:
// another attempt, another agent, or nothing. Pure values.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "base/random.h"
#include "base/result.h"
#include "workflow/definition.h"

namespace meshai::mesh {

struct StepFailure {
    Code code = Code::Internal;
    std::string message{};  ///< one sentence, without the name of the step
    std::string step{};     ///< the path of the step that failed
    json::object details{};
    bool is_final = false;       ///< it would fail in the same way again, whoever does it
    bool ends_workflow = false;  ///< nothing else may run: a budget is used up
};

struct Outcome {
    enum class How { Done, Skipped, Failed, Cut };
    How how = How::Done;
    json::value result{};   ///< Done
    StepFailure failure{};  ///< Failed
    bool goes_on = false;   ///< Failed, and the others go on without it

    static Outcome done(json::value result);
    static Outcome skipped();
    static Outcome failed(StepFailure failure);
    /// Cancelled together with the others, or the run is over: nothing is said of it.
    static Outcome cut();

    /// Settled for whoever waits for it: not cut, and no failure of the whole.
    bool is_settled() const {
        return how == How::Done || how == How::Skipped || (how == How::Failed && goes_on);
    }
    /// "completed", "skipped", "failed": what expressions read.
    std::string_view status() const;
};

/// Attempts of one step are numbered through all rounds of what it is part of, which may be tried again
/// itself: each round has a range of its own, so that after a restart a number says to which round it
/// belongs.
int attempts_per_round(const workflow::Step& step);
int first_attempt(const workflow::Step& step, int round);
bool is_fallback(const workflow::Step& step, int attempt);

/// The attempt after one that failed; nothing: there is none.
std::optional<int> next_attempt(const workflow::Step& step, int attempt, const StepFailure& failure);

/// How long to wait before attempt `next`.
Duration backoff_before(const workflow::Step& step, int next, Random& random);

}  // namespace meshai::mesh
