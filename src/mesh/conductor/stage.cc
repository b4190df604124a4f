#include "mesh/conductor/stage.h"

#include <fmt/format.h>

#include <algorithm>

namespace meshai::mesh {

Stage::Stage(agents::Sink& the_sink, const agents::Tools& tools, Executor the_ex,
             const agents::Call& the_call, Pinned the_pinned)
    : sink(the_sink),
      clock(tools.clock),
      random(tools.random),
      log(tools.log),
      ex(the_ex),
      call(the_call),
      pinned(std::move(the_pinned)),
      percent(pinned.definition),
      places(the_ex, tools.clock, kStepsAtOnceMax),
      has_moved_(the_ex, tools.clock) {}

const task::StepView* Stage::known(const std::string& path) const {
    const auto found = sink.steps().find(path);
    return found == sink.steps().end() ? nullptr : &found->second;
}

const task::StepView* Stage::known(const std::string& path, int attempt) const {
    const auto* step = known(path);
    return step && step->started.attempt == attempt ? step : nullptr;
}

void Stage::moved(const std::string& path, double how_far) {
    percent.moved(path, how_far);
    moving_ = path;
    has_moved_.notify();
}

Async<void> Stage::tell(std::string path, std::string message) {
    task::Progress progress;
    progress.message = std::move(message);
    progress.percent = percent.now();
    progress.step = std::move(path);
    told_ = *progress.percent;
    // Where nobody listens any more the next call says so, too.
    (void)co_await sink.progress(std::move(progress));
}

Async<void> Stage::tell_moves() {
    while (co_await has_moved_.wait_until(kNever) != Wake::Cancelled)
        if (percent.now() > told_) co_await tell(moving_, fmt::format("Step \"{}\" goes on", moving_));
}

Async<void> Stage::tell_settled(std::string path, std::string_view verb, std::size_t settled,
                                std::size_t of) {
    auto line = fmt::format("Step \"{}\" {} ({} of {})", path, verb, settled, of);
    co_await tell(std::move(path), std::move(line));
}

MonoTime Stage::mono_of(WallTime at) const {
    return clock.in(std::max<Duration>(at - clock.wall(), Duration::zero()));
}

}  // namespace meshai::mesh
