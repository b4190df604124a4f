// mesh/executor/state.h
//
// What TaskExecutor hides: the workshop itself. Private to this folder.
#pragma once

#include "mesh/executor/workshop.h"

namespace meshai::mesh {

struct TaskExecutor::State final : Workshop {
    using Workshop::Workshop;
};

}  // namespace meshai::mesh
