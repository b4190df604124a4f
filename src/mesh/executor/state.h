// mesh/executor/state.h
//
// What TaskExecutor hides: the workshop itself. The files that implement
// TaskExecutor include it; nobody outside this folder does, so that executor.h
// shows doors nothing of runs and queues.
#pragma once

#include "mesh/executor/workshop.h"

namespace meshai::mesh {

struct TaskExecutor::State final : Workshop {
    using Workshop::Workshop;
};

}  // namespace meshai::mesh
