// mesh/conductor/graph.h
//
// One list of steps while it runs: each begins as soon as those it waits for are
// over. The steps of the workflow itself, of a parallel, of a branch. Private
// to this folder; one thread.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mesh/conductor/crew.h"
#include "mesh/conductor/sight.h"
#include "mesh/conductor/steps.h"

namespace meshai::mesh {

class Graph {
  public:
    /// The steps of the workflow itself, which read its input.
    Graph(Stage& stage, const std::vector<workflow::Step>& steps, const json::value& input);
    /// Steps within the step of `trial`.
    Graph(Stage& stage, const std::vector<workflow::Step>& steps, const Trial& trial);

    /// Runs all. Nothing: all are settled.
    Async<std::optional<Outcome>> run();

    const Sight& sight() const { return sight_; }

  private:
    Async<Outcome> one(const workflow::Step* step);
    Status settle(const workflow::Step& step, const Outcome& outcome);

    Stage& stage_;
    const std::vector<workflow::Step>& steps_;
    std::string parent_{};
    int round_ = 1;
    std::size_t item_ = 0;
    Sight sight_;
    Crew crew_;
    std::set<std::string> begun_{};
    std::set<std::string> settled_{};
};

/// Whether the log has it that the step is over, so that nobody needs to hear of it again.
bool is_old_news(const Stage& stage, const std::string& path);

}  // namespace meshai::mesh
