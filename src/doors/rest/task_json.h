// doors/rest/task_json.h
//
// How tasks look in REST answers: accepted, under way, ended, one line of a
// list, one event of the log. The REST doors use it; it makes JSON of views of
// the log and never asks anybody anything. Pure.
#pragma once

#include "base/json.h"
#include "mesh/executor/executor.h"
#include "task/log.h"
#include "task/view.h"

namespace meshai::doors {

/// The answer to a task that was just accepted.
json::object submitted_json(const TaskId& id);

/// Everything about a task that its client may want to know.
json::object status_json(const TaskId& id, const task::View& view);

/// One line of a list.
json::object summary_json(const task::Summary& summary);

/// One event of the log, as it is stored: its place, kind and time beside what it says.
json::object event_json(const TaskId& id, const task::Event& event);

/// What the server counted since it began.
json::object stats_json(const mesh::ExecutorStats& stats);

/// The whole result, or how far the task is.
json::object result_json(const TaskId& id, const task::View& view);

}  // namespace meshai::doors
