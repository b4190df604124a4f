// mesh/conductor/conductor.h
//
// Runs workflows. A workflow is a task; the conductor is what the executor asks
// instead of an agent. It begins the steps that may begin, has each piece of
// work done as a child task, and goes on from the log after a restart: what has
// ended is not run again. Whoever builds the server gives what is made here to
// the executor (TaskExecutor::set_conductor).
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "mesh/executor/executor.h"
#include "mesh/registry/registry.h"
#include "workflow/definition.h"

namespace meshai::mesh {

/// The definition of "name" or "name@version" that a tenant may call; nothing: there is none. Any thread.
using Library =
    std::function<std::optional<workflow::Definition>(const TenantId& tenant, std::string_view call)>;

/// `registry` outlives what is made. Without a library no workflow can call another.
Conductor make_conductor(Registry& registry, Library library);

}  // namespace meshai::mesh
