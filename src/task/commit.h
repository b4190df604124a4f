// task/commit.h
//
// A commit that ends with an answer. The store may say that it does not know
// whether a unit happened; then the first event of the unit is looked for in
// its log, and the unit is tried again only when it is surely not there. Only
// for this room.
#pragma once

#include "store/engine.h"

namespace meshai::task {

/// The outcome of `unit`, with OutcomeUnknown only when reading back failed
/// kCommitTriesMax times. A unit without events must be harmless to repeat.
Async<Status> commit_surely(store::Engine& engine, Clock& clock, store::Unit unit);

}  // namespace meshai::task
