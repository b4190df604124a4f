// agents/delegation/messages.h
//
// What a log says around work that was handed on: that it was, and what came of
// it. Whoever runs a child of the type kDelegationStep tells these, each in one
// unit with the step it belongs to, so that a crash neither loses nor repeats
// them. Pure values.
#pragma once

#include "agents/adapter.h"

namespace meshai::agents {

/// From the agent that waits for `child`, to the one that is wanted for it.
task::AgentMessage handover_message(const ChildTask& child);

/// From the agent that did it, to the one that waits.
task::AgentMessage answer_message(const ChildTask& child, const ChildEnding& ending);

}  // namespace meshai::agents
