// mesh/executor/prepare_talk.h
//
// What a turn of a conversation does before an agent is looked for: where the
// conversation has grown over its bound, the oldest turns are summarised, if it
// wants that, by a task of its own (a child of the turn, so that it ends with it
// and is gone on with after a crash), and the log says what the agent will be
// told and what not. What was summarised once serves the later turns.
#pragma once

#include "mesh/executor/turn.h"

namespace meshai::mesh {

/// For a run that has a place of the server, which it gives back while it waits for
/// a summary, or for a composite one, which needs none. A summary that fails is no reason to fail: the turns
/// are left out then, and the log says why. Nothing to do for a task that is no turn.
Async<std::optional<Verdict>> prepare_talk(Workshop& shop, std::shared_ptr<Run> run);

}  // namespace meshai::mesh
