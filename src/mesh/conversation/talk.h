// mesh/conversation/talk.h
//
// A turn of a conversation is a task that says only what is new. Here what was
// said before (recall.h) is put in front of it for the agent that runs it, and
// what is left out is said in words for the client. So a turn is stored once,
// however long the conversation grows.
#pragma once

#include "mesh/conversation/recall.h"

namespace meshai::mesh {

/// `request` with {"messages": […]} as its input: the summary, what was said in the
/// turns before, then its own input. Unchanged where there is nothing before it.
task::Request with_talk(task::Request request, const Recall& recalled);

/// The same with what the log says of the turn `id` of `subject`; a task that is no
/// turn comes back as it is.
Async<Result<task::Request>> with_talk(task::TaskLog& log, TenantId tenant, TaskId id, Subject subject,
                                       task::Request request);

/// The event that says what the agent is told and what not; `why_not` is why turns
/// that should have been summarised are left out instead, or empty.
task::Progress context_event(const Recall& recalled, const std::string& why_not);

/// Whether `event` is what context_event makes.
bool is_context_event(const task::Event& event);

/// The task that makes the summary which `overdue` wants.
task::Request summary_request(const Overdue& overdue);

/// Of the answer to that task: at most so much text as the bound leaves for it.
task::TalkSummary summary_of(const Overdue& overdue, const json::value& answer);

/// A summary is made of everything else while its turn waits: no longer than this.
inline constexpr Millis kSummaryTime = std::chrono::seconds(60);

/// The step of a turn that makes a summary.
inline constexpr std::string_view kContextStep = "context";

}  // namespace meshai::mesh
