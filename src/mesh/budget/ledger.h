// mesh/budget/ledger.h
//
// What trees of tasks have used of their budgets. A task with a budget has an
// account; its children draw on it, and on every account above. The accounts
// are only a sum of what stands in the logs (tree.h): after a restart they are
// opened again from there. A call is counted before it is made, what it used
// when it is known, so a tree passes its bound by the calls in flight at most.
// Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <vector>

#include "task/event.h"

namespace meshai::mesh {

/// What a tree of tasks has used.
struct Used {
    std::int64_t calls = 0;
    task::Usage usage{};
};

/// The accounts of one task: the root's first, its own last.
using Accounts = std::vector<TaskId>;

class Ledger {
  public:
    /// The first opening counts. `depth` is the owner's own (task::Lineage).
    void open(const TaskId& owner, const task::Budget& budget, int depth, const Used& used);
    bool is_open(const TaskId& owner) const;
    void close(const TaskId& owner);

    /// One more call, on all accounts or on none. BudgetExhausted where one has nothing
    /// left; its message names the bound.
    Status draw(const Accounts& accounts);

    /// What a call used.
    void spend(const Accounts& accounts, const task::Usage& usage);

    /// Whether a task at `depth` may be begun. BudgetExhausted.
    Status check_depth(const Accounts& accounts, int depth) const;

    /// Whose budget it is that has nothing left, for a failure's details; empty: nobody's.
    TaskId exhausted(const Accounts& accounts) const;

    std::size_t size() const;

  private:
    struct Account {
        task::Budget budget{};
        int depth = 0;
        Used used{};
    };
    const Account* find_locked(const TaskId& owner) const;

    mutable std::mutex mutex_;
    std::map<TaskId, Account> accounts_{};  // guarded by mutex_
};

}  // namespace meshai::mesh
