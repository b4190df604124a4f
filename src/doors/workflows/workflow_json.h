// doors/workflows/workflow_json.h
//
// A workflow as clients see it: one line of a list, the whole of one version,
// and how a family client is told of what several agents did. Pure.
#pragma once

#include "mesh/library/library.h"
#include "task/view.h"

namespace meshai::doors {

/// {name, description, category?, tags, version, source, agents, parameters, step_count, created_at?}
json::object workflow_line(const mesh::Kept& kept);

/// The line with its definition.
json::object workflow_json(const mesh::Kept& kept);

/// {name: {"type", "description"?, "required"}} of what the workflow takes, from its input_schema.
json::object workflow_parameters(const workflow::Definition& definition);

/// [{"place", "what"}]
json::array problems_json(const std::vector<workflow::Problem>& problems);

/// Steps that one answer shows, and their results together, as JSON.
inline constexpr std::size_t kShownStepsMax = 1'000;
inline constexpr std::size_t kShownResultsBytesMax = 256U << 10U;

/// The steps of a task, in order of their paths: [{step, state, agent?, task_id?, attempt, …}].
json::array steps_json(const task::Steps& steps);

}  // namespace meshai::doors
