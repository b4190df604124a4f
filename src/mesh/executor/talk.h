// mesh/executor/talk.h
//
// A turn of a conversation is a task that says only what is new. Here the
// agent that runs it is told what was said before: the earlier turns, read from
// their logs when the task runs, in front of the new message. So a turn is
// stored once, however long the conversation grows.
#pragma once

#include "task/log.h"

namespace meshai::mesh {

/// Turns an agent is reminded of, and what all they said may have together; the oldest go first.
inline constexpr std::size_t kTalkTurnsMax = 20;
inline constexpr std::size_t kTalkBytesMax = 256U << 10U;

/// `request`, of the turn `id` of `subject`, with {"messages": […]} as its input:
/// what was said in the turns before it that were answered, then its own input.
/// Unchanged for a task that is no turn, or the first.
Async<Result<task::Request>> with_talk(task::TaskLog& log, TenantId tenant, TaskId id, Subject subject,
                                       task::Request request);

}  // namespace meshai::mesh
