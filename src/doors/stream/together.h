// doors/stream/together.h
//
// The events in which a client sees several agents at work on one task: steps,
// what agents say to each other, and the words of a step while they are
// written. What a child of the task says comes as the same events, under the
// path of its step. Pure.
#pragma once

#include <optional>

#include "doors/stream/encoder.h"

namespace meshai::doors {

/// The event as a "step" or an "agent_message" of the guide's dialect, without an id;
/// nothing for other events. `context` has noted it.
std::optional<GuideEvent> together_of(const task::Event& event, const Backstory& context);

/// The pieces of text in the event, a frame each; none for other events.
std::vector<std::string> tokens_of(const task::Event& event);

}  // namespace meshai::doors
