// task/steps.h
//
// What became of the steps of a task: the fold of the events that begin and
// end them. Whoever runs the steps goes on from here after a crash, and whoever
// shows a workflow shows this. Pure values.
#pragma once

#include <map>
#include <string>

#include "task/event.h"

namespace meshai::task {

/// One step, as its newest attempt left it.
struct StepView {
    StepStarted started{};
    std::optional<StepFinished> finished{};
    WallTime started_at{};
    WallTime finished_at{};
    Seq relayed{};  ///< newest event of the child's log that this log passes on

    bool is_running() const { return !finished; }
};

/// By path. Steps of steps are here as well, where their task was passed on.
using Steps = std::map<std::string, StepView, std::less<>>;

/// The steps after one more event; a step that starts again forgets its earlier
/// attempt. Of more than kStepsMax paths the later ones are left out.
void apply(Steps& steps, const Event& event);

/// What is known of the results: {path: result} of the steps that completed, as far
/// as their results stand in this log. For a task that ends without its own.
json::object partial_result(const Steps& steps);

}  // namespace meshai::task
