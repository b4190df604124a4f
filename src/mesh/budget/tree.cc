#include "mesh/budget/tree.h"

#include <fmt/format.h>

#include <set>

namespace meshai::mesh {
namespace {

task::Usage operator-(const task::Usage& a, const task::Usage& b) {
    return {a.input_tokens - b.input_tokens, a.output_tokens - b.output_tokens, a.cost - b.cost};
}

Async<Result<OwnUse>> read_use(task::TaskLog& log, TenantId tenant, TaskId id) {
    OwnUse use;
    Seq last;
    for (;;) {
        auto events = co_await log.read(tenant, id, last, store::kReadRecordsMax);
        if (!events) {
            const auto code = events.error().code;
            if (code == Code::NotFound || code == Code::Gone) co_return use;
            co_return events.error();
        }
        if (events->empty()) co_return use;
        last = events->back().seq;
        for (const auto& event : *events) use = fold(std::move(use), event);
    }
}

}  // namespace

OwnUse fold(OwnUse use, const task::Event& event) {
    if (const auto* submitted = std::get_if<task::Submitted>(&event.body)) {
        use.is_composite = submitted->request.is_composite();
    } else if (std::holds_alternative<task::Started>(event.body)) {
        if (!use.is_composite) ++use.used.calls;
        use.attempt = {};
    } else if (const auto* spent = std::get_if<task::Spent>(&event.body)) {
        ++use.used.calls;
        use.used.usage += spent->usage;
        use.attempt += spent->usage;
    } else if (const auto* completed = std::get_if<task::Completed>(&event.body)) {
        // A composite's usage is what its children used, which is counted where it was used.
        if (!use.is_composite) use.used.usage += completed->usage - use.attempt;
    } else if (const auto* step = std::get_if<task::StepStarted>(&event.body)) {
        if (!step->child.empty()) use.children.push_back(step->child);
    }
    return use;
}

Async<Result<Used>> used_by_tree(task::TaskLog& log, TenantId tenant, TaskId root) {
    Used sum;
    std::set<TaskId> seen{root};
    std::vector<TaskId> open{root};
    while (!open.empty()) {
        const auto id = open.back();
        open.pop_back();
        auto use = co_await read_use(log, tenant, id);
        if (!use) co_return use.error();
        sum.calls += use->used.calls;
        sum.usage += use->used.usage;
        for (auto& child : use->children)
            if (seen.insert(child).second) open.push_back(std::move(child));
        if (seen.size() > kTreeTasksMax)
            co_return Error{Code::TooLarge,
                            fmt::format("The task has more than {} children.", kTreeTasksMax)};
    }
    co_return sum;
}

Async<Status> open_accounts(Ledger& ledger, task::TaskLog& log, TenantId tenant, Accounts accounts) {
    for (const auto& owner : accounts) {
        if (ledger.is_open(owner)) continue;
        auto first = co_await log.read(tenant, owner, Seq{0}, 1);
        if (!first) co_return first.error();
        const auto* submitted = first->empty() ? nullptr : std::get_if<task::Submitted>(&first->front().body);
        if (!submitted || !submitted->request.budget) continue;
        auto used = co_await used_by_tree(log, tenant, owner);
        if (!used) co_return used.error();
        ledger.open(owner, *submitted->request.budget, submitted->request.lineage.depth, *used);
    }
    co_return Status{};
}

}  // namespace meshai::mesh
