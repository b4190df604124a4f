// doors/stream/words.h
//
// What an event of a task says to a person: one line for each kind that a
// client sees as progress. Pure.
#pragma once

#include <optional>

#include "doors/stream/encoder.h"

namespace meshai::doors {

/// The event as progress; nothing for submitted, output and the terminal ones.
/// `context` has noted the event. A dialect that has a frame for a kind (the
/// guide's has them for questions and answers) does not ask for its line.
std::optional<wire::guide::Progress> progress_of(const task::Event& event, const Backstory& context);

}  // namespace meshai::doors
