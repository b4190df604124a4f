// mesh/executor/accept.h
//
// How a task comes into the books: a place in the queues, the commit, a run.
// Carried through once it has begun, whoever asked for it, so that no accepted
// task is left without a run. The same for what clients submit and for the
// children of a task.
#pragma once

#include "mesh/executor/workshop.h"

namespace meshai::mesh {

/// What shall become a task. `request` is fitted (request_check.h).
struct Application {
    task::Caller caller{};
    task::Request request{};
    std::optional<std::string> key{};
    std::optional<TaskId> child{};  ///< the id that the parent's log names
};

/// Durable when this returns. ResourceExhausted, Unavailable when draining, Conflict.
Async<Result<task::Submission>> accept_task(std::shared_ptr<Workshop> shop, Application application);

Error draining();

}  // namespace meshai::mesh
