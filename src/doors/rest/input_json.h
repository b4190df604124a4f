// doors/rest/input_json.h
//
// How the questions of a task look in JSON: for whoever reads the task, and for
// whoever may answer. Pure.
#pragma once

#include "base/json.h"
#include "doors/stream/encoder.h"
#include "task/view.h"

namespace meshai::doors {

/// The questions that wait for an answer now; each with a link where `link_of` gives one.
json::array questions_json(const TaskId& id, const task::View& view, const LinkOf& link_of);

/// The same beside how the task is, and who has answered which before.
json::object input_json(const TaskId& id, const task::View& view, const LinkOf& link_of);

}  // namespace meshai::doors
