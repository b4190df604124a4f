// doors/mcp/tasks/shown.h
//
// A task of the log as MCP shows it: the fold of its events as the value that
// both forms of MCP's tasks are written from. Made from a view and nothing else,
// so that a poll, a notification and the answer to a call say the same. Pure.
#pragma once

#include "doors/toolbox/toolbox.h"
#include "task/view.h"
#include "wire/mcp/task.h"

namespace meshai::doors::mcp {

/// How long a client should wait between two looks.
inline constexpr Millis kTaskPollInterval{1'000};

/// `kept`: how long the server keeps a task after its end; absent: without end.
wire::mcp::Task shown_task(Toolbox& toolbox, std::optional<Millis> kept, const TaskId& id,
                           const task::View& view);

/// The questions that the task waits for, as MCP asks them. One that is not of
/// MCP's kinds is put as a form with one line of text.
wire::mcp::Questions open_questions(const task::View& view);
wire::mcp::Question question_from(const json::value& stored);

/// "Reading the sources (40 %)"
std::string status_line(const task::View& view);

}  // namespace meshai::doors::mcp
