// mesh/conductor/steps.h
//
// A step from its condition to its ending, and each kind of work that a step can
// be. All of them go by what the log has: a step that has ended gives its ending
// again, one that was begun goes on. Private to this folder.
#pragma once

#include <string>

#include "mesh/conductor/crew.h"
#include "mesh/conductor/outcome.h"
#include "mesh/conductor/sight.h"
#include "mesh/conductor/stage.h"

namespace meshai::mesh {

/// Where a step stands. What it points to outlives the step.
struct Here {
    const workflow::Step* step = nullptr;
    std::string path{};
    const Sight* sight = nullptr;
    const Cut* cut = nullptr;
    int round = 1;         ///< attempt of what the step is part of
    std::size_t item = 0;  ///< of a map
};

/// One attempt of a step that is no child.
struct Trial {
    Here here{};
    int attempt = 1;
    WallTime began_at{};
    MonoTime until = kNever;  ///< by the step's timeout
    bool is_over = false;     ///< the log has its ending: what it gave is found again
};

/// The whole of a step: whether it runs, its attempts, and what its failure means.
Async<Outcome> run_step(Stage& stage, Here here);

/// An agent, another workflow or a collaboration, as a child.
Async<Outcome> run_child_step(Stage& stage, Here here, int attempt);

Async<Outcome> run_parallel(Stage& stage, Trial trial);
Async<Outcome> run_condition(Stage& stage, Trial trial);
Async<Outcome> run_map(Stage& stage, Trial trial);
Async<Outcome> run_wait(Stage& stage, Trial trial);
Async<Outcome> run_approval(Stage& stage, Trial trial);

/// What cannot be evaluated: the member of the step is named, and trying again does not help.
StepFailure wrong(std::string_view member, const Error& error);

}  // namespace meshai::mesh
