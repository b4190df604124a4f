#include "mesh/budget/ledger.h"

#include <fmt/format.h>

namespace meshai::mesh {
namespace {

std::int64_t tokens(const task::Usage& usage) {
    return usage.input_tokens + usage.output_tokens;
}

/// What is used up, in words; empty: nothing.
std::string exhausted_bound(const task::Budget& budget, const Used& used) {
    if (budget.calls && used.calls >= *budget.calls) return fmt::format("{} calls", *budget.calls);
    if (budget.tokens && tokens(used.usage) >= *budget.tokens)
        return fmt::format("{} tokens ({} used)", *budget.tokens, tokens(used.usage));
    if (budget.cost && used.usage.cost >= *budget.cost)
        return fmt::format("a cost of {} ({} used)", *budget.cost, used.usage.cost);
    return {};
}

}  // namespace

void Ledger::open(const TaskId& owner, const task::Budget& budget, int depth, const Used& used) {
    std::lock_guard lock(mutex_);
    accounts_.try_emplace(owner, Account{budget, depth, used});
}

bool Ledger::is_open(const TaskId& owner) const {
    std::lock_guard lock(mutex_);
    return accounts_.contains(owner);
}

void Ledger::close(const TaskId& owner) {
    std::lock_guard lock(mutex_);
    accounts_.erase(owner);
}

const Ledger::Account* Ledger::find_locked(const TaskId& owner) const {
    const auto found = accounts_.find(owner);
    return found == accounts_.end() ? nullptr : &found->second;
}

Status Ledger::draw(const Accounts& accounts) {
    std::lock_guard lock(mutex_);
    for (const auto& owner : accounts) {
        const auto* account = find_locked(owner);
        if (!account) continue;
        const auto bound = exhausted_bound(account->budget, account->used);
        if (!bound.empty())
            return Error{Code::BudgetExhausted, fmt::format("The budget of {} is used up.", bound)};
    }
    for (const auto& owner : accounts)
        if (const auto found = accounts_.find(owner); found != accounts_.end()) ++found->second.used.calls;
    return {};
}

void Ledger::spend(const Accounts& accounts, const task::Usage& usage) {
    std::lock_guard lock(mutex_);
    for (const auto& owner : accounts)
        if (const auto found = accounts_.find(owner); found != accounts_.end())
            found->second.used.usage += usage;
}

Status Ledger::check_depth(const Accounts& accounts, int depth) const {
    std::lock_guard lock(mutex_);
    for (const auto& owner : accounts) {
        const auto* account = find_locked(owner);
        if (!account || !account->budget.depth || depth - account->depth <= *account->budget.depth) continue;
        return Error{Code::BudgetExhausted,
                     fmt::format("The budget of {} levels of tasks is used up.", *account->budget.depth)};
    }
    return {};
}

TaskId Ledger::exhausted(const Accounts& accounts) const {
    std::lock_guard lock(mutex_);
    for (const auto& owner : accounts) {
        const auto* account = find_locked(owner);
        if (account && !exhausted_bound(account->budget, account->used).empty()) return owner;
    }
    return {};
}

std::size_t Ledger::size() const {
    std::lock_guard lock(mutex_);
    return accounts_.size();
}

}  // namespace meshai::mesh
