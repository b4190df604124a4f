// doors/mcp/tasks/seen.h
//
// What the methods of both forms share: finding the task that a request names,
// as far as the caller may see it, and saying so when there is none. For this
// folder only.
#pragma once

#include <expected>

#include "doors/mcp/core/dispatch.h"
#include "task/view.h"

namespace meshai::doors::mcp {

struct SeenTask {
    TaskId id;
    task::View view;
};

/// The id in `taskId`, well-formed or not.
std::expected<TaskId, wire::jsonrpc::Fault> named_task(const Asked& asked);

/// K7, K9: an unknown task, one of somebody else and one that is past its
/// retention get the same answer, -32602.
wire::jsonrpc::Fault fault_of_task(const Asked& asked, const Error& error);

/// The task that the request names, with its whole view.
Async<std::expected<SeenTask, wire::jsonrpc::Fault>> see_task(Asked asked);

/// -32021: the client has not declared io.modelcontextprotocol/tasks.
wire::jsonrpc::Fault extension_needed(const Asked& asked);

/// The result, or the fault, that the task came to; for one that still runs, its handle.
Answer result_answer(const Asked& asked, const TaskId& id, const task::View& view);

}  // namespace meshai::doors::mcp
