// mesh/executor/children.h
//
// Tasks that belong to another one: how they are submitted, and what becomes
// of them when their parent ends. A child never outlives its parent, and a
// server that stops ends neither.
#pragma once

#include "mesh/executor/workshop.h"

namespace meshai::mesh {

/// Submits `request` as the child `id` of `parent`, whose log names it. Waits for room
/// in the queues as long as the parent may run. Gives the task that is there where it
/// was submitted before.
Async<Result<task::Submission>> submit_child(std::shared_ptr<Workshop> shop, std::shared_ptr<Run> parent,
                                             TaskId id, task::Request request);

/// The parent's ending is in the log: what it began and did not see the end of is cancelled.
Async<void> cancel_children(std::shared_ptr<Workshop> shop, std::shared_ptr<Run> parent);

/// Whether the task that this one belongs to is over; no for a task of its own.
Async<Result<bool>> is_orphan(Workshop& shop, TenantId tenant, task::Lineage lineage);

/// A child whose parent ended while it was being submitted is cancelled.
Async<void> cancel_if_orphaned(Workshop& shop, std::shared_ptr<Run> child);

task::Cancelled parent_is_over();

inline constexpr std::string_view kHouse = "meshai";  ///< who cancels children
/// Why a child is cancelled whose parent goes on without it.
inline constexpr std::string_view kStepGivenUp = "The task it belongs to needs it no more.";

}  // namespace meshai::mesh
