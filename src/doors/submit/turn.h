// doors/submit/turn.h
//
// From what a client says in a conversation to the task that is its next turn:
// the same steps for the tool stream_chat and for REST. What a turn leaves open
// (who answers, how) its conversation says.
#pragma once

#include "doors/submit/submit.h"
#include "task/conversation.h"

namespace meshai::doors {

/// A new conversation's id: that of the call's idempotency key, where it has one, so
/// that a repeated call is a turn of the same conversation.
std::string new_conversation_id(const std::optional<std::string>& key, Clock& clock, Random& random);

/// Makes `request` a turn of the conversation `id`. Where neither it nor the
/// conversation says who answers, somebody who can write does: nothing in the words
/// decides that.
task::Request turn_request(task::Request request, const std::string& id, const task::TalkSettings& settings);

/// Which turn of `from` a fork begins at: "t_…", a number (the first has 1), or null
/// for the newest that has ended. NotFound, or InvalidArgument for anything else.
Async<Result<TaskId>> fork_place(task::TaskLog& log, TenantId tenant, task::Conversation from,
                                 json::value turn);

}  // namespace meshai::doors
