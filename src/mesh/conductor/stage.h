// mesh/conductor/stage.h
//
// What all steps of one run of a workflow share: the sink that has the log
// behind it, the definition, the percentage, and what the children used. Made
// for one run; one thread.
#pragma once

#include <string>

#include "agents/adapter.h"
#include "mesh/conductor/pinned.h"
#include "mesh/conductor/sight.h"
#include "mesh/conductor/turnstile.h"
#include "workflow/graph.h"

namespace meshai::mesh {

/// Children of one workflow that run at the same time; the others wait for their turn.
inline constexpr std::size_t kStepsAtOnceMax = 128;

class Stage {
  public:
    Stage(agents::Sink& the_sink, const agents::Tools& tools, Executor the_ex, const agents::Call& the_call,
          Pinned the_pinned);

    agents::Sink& sink;
    Clock& clock;
    Random& random;
    Log& log;
    const Executor ex;
    const agents::Call& call;
    const Pinned pinned;
    workflow::Percent percent;
    task::Usage usage{};  ///< of all children so far
    Memory memory{};
    Turnstile places;

    /// What the log has of a step; null: nothing.
    const task::StepView* known(const std::string& path) const;
    /// The same for one attempt.
    const task::StepView* known(const std::string& path, int attempt) const;

    /// A child says how far it is.
    void moved(const std::string& path, double percent);
    /// Tells the whole percentage each time it has grown. Until its scope is closed.
    Async<void> tell_moves();
    /// A step is over: tells so, with the whole percentage.
    Async<void> tell_settled(std::string path, std::string_view verb, std::size_t settled, std::size_t of);
    Async<void> tell(std::string path, std::string message);

    /// The time on the clock for waiting at which the wall clock will show `at`.
    MonoTime mono_of(WallTime at) const;

  private:
    double told_ = 0;
    std::string moving_{};
    Signal has_moved_;
};

}  // namespace meshai::mesh
