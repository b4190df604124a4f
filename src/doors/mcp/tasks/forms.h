// doors/mcp/tasks/forms.h
//
// The methods of tasks, one function each. get and cancel differ between the
// forms in what they answer; result and list are of the core of 2025-11-25,
// update is of the extension. For this folder only.
#pragma once

#include "doors/mcp/core/dispatch.h"

namespace meshai::doors::mcp {

Async<Answer> get_task(Asked asked);

// core.cc: tasks of 2025-11-25 (K1, K2).
Async<Answer> core_result(Asked asked);
Async<Answer> core_list(Asked asked);
Async<Answer> core_cancel(Asked asked);

// extension.cc: io.modelcontextprotocol/tasks (K3 to K8).
Async<Answer> extension_update(Asked asked);
Async<Answer> extension_cancel(Asked asked);

/// Tasks on one page of tasks/list. Each is read whole, for what it came to.
inline constexpr std::size_t kTaskPageEntries = 20;

}  // namespace meshai::doors::mcp
