// mesh/executor/follow_child.h
//
// The parent's ear: follows the log of one child to its end and passes on what
// it says. Adjacent pieces of output that come together become one event.
#pragma once

#include "mesh/executor/attempt.h"

namespace meshai::mesh {

/// How the child ended. What it says behind `after` goes into the parent's log, if
/// `passes_on`. Cancelled when the attempt is over.
Async<Result<agents::ChildEnding>> follow_child(Attempt& attempt, const agents::ChildTask& child, TaskId id,
                                                Seq after, bool passes_on);

}  // namespace meshai::mesh
