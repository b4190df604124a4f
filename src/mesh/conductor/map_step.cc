#include <fmt/format.h>

#include <memory>
#include <vector>

#include "mesh/conductor/graph.h"
#include "mesh/conductor/steps.h"
#include "workflow/graph.h"

namespace meshai::mesh {
namespace {

/// A map while it runs: an item begins whenever there is room.
class MapRun {
  public:
    MapRun(Stage& stage, const Trial& trial, const workflow::Map& map, const json::array& items)
        : stage_(stage),
          trial_(trial),
          map_(map),
          items_(items),
          crew_(stage, trial.here.cut, trial.until),
          results_(items.size()),
          sights_(items.size()) {}

    Async<Outcome> run() {
        stage_.percent.length_known(trial_.here.path, items_.size());
        while (crew_.goes_on()) {
            const auto width = static_cast<std::size_t>(map_.width);
            while (next_ < items_.size() && crew_.running() < width && crew_.goes_on()) begin(next_++);
            if (crew_.running() == 0) break;
            co_await crew_.news();
        }
        if (auto ended = co_await crew_.end()) co_return std::move(*ended);
        json::array list;
        for (auto& result : results_) list.push_back(std::move(result));
        co_return Outcome::done(std::move(list));
    }

  private:
    const workflow::Step& step() const { return map_.step.front(); }

    void begin(std::size_t index) {
        // What an item gives counts as held until the whole list is there.
        sights_[index] = std::make_unique<Sight>(*trial_.here.sight, nullptr);
        sights_[index]->set_item(items_[index], index);
        crew_.begin(workflow::path_of_item({}, step().id, index), one(index),
                    [this, index](const Outcome& outcome) {
                        if (outcome.how == Outcome::How::Done) results_[index] = outcome.result;
                        return sights_[index]->settle(step().id, outcome);
                    });
    }

    Async<Outcome> one(std::size_t index) {
        Here here;
        here.step = &step();
        here.path = workflow::path_of_item(trial_.here.path, step().id, index);
        here.sight = sights_[index].get();
        here.cut = &crew_.cut();
        here.round = trial_.attempt;
        here.item = index;
        const auto path = here.path;
        const bool is_old = is_old_news(stage_, path);
        auto outcome = co_await run_step(stage_, std::move(here));
        if (!outcome.is_settled()) co_return outcome;
        stage_.percent.settled(path);
        ++settled_;
        if (is_old) co_return outcome;
        const auto verb = outcome.how == Outcome::How::Done      ? "is done"
                          : outcome.how == Outcome::How::Skipped ? "is skipped"
                                                                 : "failed, and the others go on";
        co_await stage_.tell_settled(path, verb, settled_, items_.size());
        co_return outcome;
    }

    Stage& stage_;
    const Trial& trial_;
    const workflow::Map& map_;
    const json::array& items_;
    Crew crew_;
    std::vector<json::value> results_;
    std::vector<std::unique_ptr<Sight>> sights_;
    std::size_t next_ = 0;
    std::size_t settled_ = 0;
};

}  // namespace

Async<Outcome> run_map(Stage& stage, Trial trial) {
    const auto& map = std::get<workflow::Map>(trial.here.step->work);
    auto value = trial.here.sight->evaluate(map.over);
    if (!value) co_return Outcome::failed(wrong("over", value.error()));
    const auto* items = value->if_array();
    if (!items)
        co_return Outcome::failed(
            wrong("over", Error{Code::InvalidArgument, fmt::format("'{}' gives no list.", map.over)}));
    if (items->size() > workflow::kMapItemsMax)
        co_return Outcome::failed(
            wrong("over", Error{Code::TooLarge, fmt::format("'{}' gives {} items, {} are the most.", map.over,
                                                            items->size(), workflow::kMapItemsMax)}));
    MapRun run(stage, trial, map, *items);
    co_return co_await run.run();
}

}  // namespace meshai::mesh
