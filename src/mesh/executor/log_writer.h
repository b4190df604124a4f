// mesh/executor/log_writer.h
//
// How a run writes to its log. Every write names the last event that the run
// knows, so a run that lost its task (cancelled, ended, taken over by a newer
// attempt) learns it from the refusal and falls silent. A store that is full
// or away is tried again with growing pauses; nothing is dropped.
#pragma once

#include <optional>
#include <vector>

#include "mesh/executor/workshop.h"

namespace meshai::mesh {

enum class Wrote {
    Done,
    Over,     ///< the log is no longer this run's, or the run is asked to stop: write nothing more
    Refused,  ///< the events cannot be stored: over a bound of the log
    Late      ///< the store stayed away until the deadline
};

/// Whether an ending is written, which is tried until it is stored or the server stops.
enum class Patience { UntilDeadline, UntilStored };

Async<Wrote> write(Workshop& shop, Run& run, std::vector<task::Body> bodies,
                   Patience patience = Patience::UntilDeadline);

/// The same for what begins an attempt: from there on this server has the task.
Async<Wrote> write_beginning(Workshop& shop, Run& run, std::vector<task::Body> bodies);

/// How often a run looks up what came before it instead, before it gives up.
inline constexpr int kConflictsMax = 8;

}  // namespace meshai::mesh
