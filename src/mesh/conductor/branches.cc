#include <fmt/format.h>

#include "mesh/conductor/graph.h"
#include "mesh/conductor/steps.h"
#include "workflow/graph.h"

namespace meshai::mesh {

Async<Outcome> run_parallel(Stage& stage, Trial trial) {
    const auto& parallel = std::get<workflow::Parallel>(trial.here.step->work);
    Graph graph(stage, parallel.steps, trial);
    if (auto ended = co_await graph.run()) co_return std::move(*ended);
    co_return Outcome::done(workflow::results_by_id(parallel.steps, graph.sight().results()));
}

Async<Outcome> run_condition(Stage& stage, Trial trial) {
    const auto& condition = std::get<workflow::Condition>(trial.here.step->work);
    auto value = trial.here.sight->evaluate(condition.if_);
    if (!value) co_return Outcome::failed(wrong("if", value.error()));
    const bool is_then = !workflow::is_false(*value);
    stage.percent.branch_taken(trial.here.path, is_then);
    const auto& taken = is_then ? condition.then : condition.else_;
    Graph graph(stage, taken, trial);
    if (auto ended = co_await graph.run()) co_return std::move(*ended);
    if (taken.empty()) co_return Outcome::done(nullptr);
    co_return Outcome::done(workflow::result_of(taken, graph.sight().results()));
}

}  // namespace meshai::mesh
