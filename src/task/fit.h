// task/fit.h
//
// Makes what an adapter wrote fit the bounds of a log, where that can be done
// without changing what it says: a long piece of output becomes several, a long
// message is cut, details that are too large are replaced by a word on their size. What cannot be made to fit
// is refused. Pure; only for this room.
#pragma once

#include "task/event.h"

namespace meshai::task {

/// InvalidArgument for bodies that no append may hold (a `submitted`, anything
/// behind a terminal event), TooLarge for a result over kResultBytesMax.
Result<std::vector<Body>> fit(std::vector<Body> bodies);

/// InvalidArgument or TooLarge for a request over its bounds.
Status check_request(const Request& request);

}  // namespace meshai::task
