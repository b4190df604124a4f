// doors/mcp/guide/execute.h
//
// mesh_execute as the guide has it: the task is submitted, or found again by its
// key, and followed from where the client was (Last-Event-ID). One executor.
#pragma once

#include "doors/mcp/guide/guide.h"
#include "doors/stream/stream.h"

namespace meshai::doors::mcp {

Async<void> execute(Call& call, Dialect dialect, wire::jsonrpc::Request request);

/// Answers with a task, in the dialect: its stream, its progress, or its end within kAnswerWaitMax.
Async<void> follow_task(Call& call, Dialect dialect, const wire::jsonrpc::Request& request, Followed what);

}  // namespace meshai::doors::mcp
