#include <fmt/format.h>

#include <algorithm>

#include "mesh/conductor/steps.h"

namespace meshai::mesh {
namespace {

/// The wall clock may be set while a step waits: it is looked at so often.
constexpr Duration kLookAtWallPeriod = std::chrono::minutes(10);

Result<WallTime> end_of(const Trial& trial, const workflow::Wait& wait) {
    if (wait.for_) return trial.began_at + *wait.for_;
    if (const auto time = workflow::time_of(wait.until)) return *time;
    auto value = trial.here.sight->evaluate(wait.until);
    if (!value) return value.error();
    const auto time = value->is_string() ? workflow::time_of(value->get_string()) : std::nullopt;
    if (!time)
        return Error{Code::InvalidArgument,
                     fmt::format("'{}' gives no time; write it as 2026-01-31T09:00:00Z.", wait.until)};
    if (*time - trial.began_at > workflow::kWaitMax)
        return Error{Code::InvalidArgument, fmt::format("'{}' is more than {} away.", wait.until,
                                                        workflow::duration_text(workflow::kWaitMax))};
    return *time;
}

}  // namespace

Async<Outcome> run_wait(Stage& stage, Trial trial) {
    const auto& wait = std::get<workflow::Wait>(trial.here.step->work);
    const auto end = end_of(trial, wait);
    if (!end) co_return Outcome::failed(wrong(wait.for_ ? "for" : "until", end.error()));
    const json::value result(rfc3339_ms(*end));
    if (trial.is_over) co_return Outcome::done(result);
    if (stage.clock.wall() < *end)
        co_await stage.tell(trial.here.path,
                            fmt::format("Step \"{}\" waits until {}", trial.here.path, rfc3339(*end)));
    const Signal never_rung(stage.ex, stage.clock);
    while (stage.clock.wall() < *end) {
        if (stage.clock.now() >= trial.until)
            co_return Outcome::failed({Code::Timeout, "It did not end in its time.", trial.here.path});
        const auto next = std::min({stage.mono_of(*end), stage.clock.in(kLookAtWallPeriod), trial.until});
        if (co_await never_rung.wait_until(next) == Wake::Cancelled) co_return Outcome::cut();
    }
    co_return Outcome::done(result);
}

}  // namespace meshai::mesh
