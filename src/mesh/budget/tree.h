// mesh/budget/tree.h
//
// What a task and all its children have used, summed up from their logs: the
// truth that the ledger starts from.
#pragma once

#include "mesh/budget/ledger.h"
#include "task/log.h"

namespace meshai::mesh {

/// Tasks of one tree that are looked at; a larger tree is not summed up.
inline constexpr std::size_t kTreeTasksMax = 20'000;

/// The fold of one log: what this task itself used, and whose parent it is.
struct OwnUse {
    Used used{};
    task::Usage attempt{};  ///< spent by the attempt that runs, part of `used`
    bool is_composite = false;
    std::vector<TaskId> children{};
};
OwnUse fold(OwnUse use, const task::Event& event);

/// Sums up the tree below `root`, a task of this tenant. A child whose log is not there
/// (not submitted yet, or past retention) has used nothing. TooLarge over kTreeTasksMax.
Async<Result<Used>> used_by_tree(task::TaskLog& log, TenantId tenant, TaskId root);

/// Opens the accounts that the ledger does not have: of a task that goes on after a restart.
Async<Status> open_accounts(Ledger& ledger, task::TaskLog& log, TenantId tenant, Accounts accounts);

}  // namespace meshai::mesh
