#include "mesh/conductor/graph.h"

#include "workflow/graph.h"

namespace meshai::mesh {

Graph::Graph(Stage& stage, const std::vector<workflow::Step>& steps, const json::value& input)
    : stage_(stage), steps_(steps), sight_(stage.memory, input), crew_(stage, nullptr, kNever) {}

Graph::Graph(Stage& stage, const std::vector<workflow::Step>& steps, const Trial& trial)
    : stage_(stage),
      steps_(steps),
      parent_(trial.here.path),
      round_(trial.attempt),
      item_(trial.here.item),
      sight_(*trial.here.sight, nullptr),
      crew_(stage, trial.here.cut, trial.until) {}

Async<std::optional<Outcome>> Graph::run() {
    while (crew_.goes_on()) {
        const auto now = workflow::ready(steps_, settled_, begun_);
        for (const auto* step : now) {
            if (!crew_.goes_on()) break;
            begun_.insert(step->id);
            crew_.begin(step->id, one(step),
                        [this, step](const Outcome& outcome) { return settle(*step, outcome); });
        }
        // A step that the log knows may be over before it has waited for anything: then others are ready.
        if (now.empty() && crew_.running() == 0) break;
        co_await crew_.news();
    }
    co_return co_await crew_.end();
}

Async<Outcome> Graph::one(const workflow::Step* step) {
    Here here;
    here.step = step;
    here.path = workflow::path_of(parent_, step->id);
    here.sight = &sight_;
    here.cut = &crew_.cut();
    here.round = round_;
    here.item = item_;
    const auto path = here.path;
    const bool is_old = is_old_news(stage_, path);
    auto outcome = co_await run_step(stage_, std::move(here));
    if (!outcome.is_settled()) co_return outcome;
    stage_.percent.settled(path);
    settled_.insert(step->id);
    if (is_old) co_return outcome;
    const auto verb = outcome.how == Outcome::How::Done      ? "is done"
                      : outcome.how == Outcome::How::Skipped ? "is skipped"
                                                             : "failed, and the others go on";
    co_await stage_.tell_settled(path, verb, settled_.size(), steps_.size());
    co_return outcome;
}

Status Graph::settle(const workflow::Step& step, const Outcome& outcome) {
    return sight_.settle(step.id, outcome);
}

bool is_old_news(const Stage& stage, const std::string& path) {
    const auto* known = stage.known(path);
    return known && known->finished &&
           (known->finished->status == "completed" || known->finished->status == "skipped");
}

}  // namespace meshai::mesh
