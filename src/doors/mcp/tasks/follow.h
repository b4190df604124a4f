// doors/mcp/tasks/follow.h
//
// Follows one task for one request: what happens becomes progress, what the
// task asks is put to the client, and what the client answers goes back to the
// task. Used by the call that is answered with the task's result, and by
// tasks/result. Ends with the task, at a time, or when the client must first
// come back with answers. One executor.
#pragma once

#include <variant>

#include "doors/house.h"
#include "doors/toolbox/context.h"
#include "task/view.h"

namespace meshai::doors::mcp {

/// What the client hears while it waits.
enum class Telling { Nothing, Progress, ProgressAndOutput };

struct FollowWish {
    TaskId task;
    MonoTime until = kNever;
    Telling telling = Telling::Nothing;
};

/// The task as it was at its end, or at `until`. Error: Cancelled when the request is over.
using FollowOutcome = std::variant<task::View, Paused, Error>;

Async<FollowOutcome> follow_task(const House& house, Context& context, FollowWish wish);

/// Keys of the client's questions: those of a task cannot be taken for the
/// questions that the tool asked before there was a task.
std::string key_at_client(const std::string& key_of_task);

}  // namespace meshai::doors::mcp
