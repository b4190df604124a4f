// mesh/executor/call_agent.h
//
// One attempt from `started` to the agent's ending: appends what the agent
// says as it says it, speaks for it when it is silent, and ends early when the
// run is interrupted. What the ending means is decided elsewhere (work.cc).
#pragma once

#include "mesh/executor/attempt.h"
#include "mesh/executor/turn.h"

namespace meshai::mesh {

/// How an attempt went. `rest` is what the agent said and the log has not yet:
/// it goes in front of whatever is written next.
struct CallResult {
    std::vector<task::Body> rest{};
    std::optional<agents::Ending> ending{};  ///< absent: interrupted
    std::optional<Verdict> verdict{};        ///< of the interruption
    Duration took{};
};

/// The run holds its request and a place on the seat's agent; `reason` is why there is another attempt.
Async<CallResult> call_agent(Workshop& shop, std::shared_ptr<Run> run, const Seat& seat, std::string reason);

}  // namespace meshai::mesh
