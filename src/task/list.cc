#include <fmt/format.h>

#include <algorithm>

#include "task/log.h"
#include "task/rows.h"

namespace meshai::task {
namespace {

constexpr std::size_t kListLimitMax = 1000;

bool may_see(const Caller& caller, const Subject& owner) {
    return caller.sees_tenant || caller.subject == owner;
}

}  // namespace

Async<Result<Summary>> TaskLog::summary(Caller caller, TaskId id) {
    const Error unknown{Code::NotFound, "No such task."};
    if (!is_id(id.value, kTaskPrefix)) co_return unknown;
    const auto row = co_await engine_.get(caller.tenant, store::Table::Tasks, id.value);
    if (!row) co_return row.error();
    if (*row) {
        auto found = decode_summary(**row);
        // A foreign task and an unknown one get the same answer.
        if (found && !may_see(caller, found->subject)) co_return unknown;
        co_return found;
    }
    const auto stone = co_await engine_.get(caller.tenant, store::Table::Tasks, gone_key(id));
    if (!stone) co_return stone.error();
    if (!*stone) co_return unknown;
    const auto owner = decode_tombstone((*stone)->value);
    if (!owner) co_return owner.error();
    if (!may_see(caller, owner->subject)) co_return unknown;
    co_return Error{Code::Gone, "The task is past its retention; its events have been removed."};
}

Async<Result<std::vector<Summary>>> TaskLog::list(Caller caller, Filter filter) {
    if (filter.limit < 1 || filter.limit > kListLimitMax)
        co_return Error{Code::InvalidArgument,
                        fmt::format("\"limit\" must be between 1 and {}.", kListLimitMax)};

    std::vector<Summary> got;
    std::string after;
    auto to_skip = filter.skip;
    for (std::size_t looked_at = 0; looked_at < kListRowsMax;) {
        const auto rows = co_await engine_.scan(caller.tenant, store::Table::Tasks, std::string(kTaskPrefix),
                                                after, store::kScanRowsMax, store::Order::Descending);
        if (!rows) co_return rows.error();
        if (rows->empty()) break;
        looked_at += rows->size();
        after = rows->back().key;
        for (const auto& row : *rows) {
            auto summary = decode_summary(row);
            if (!summary) co_return summary.error();
            if (!may_see(caller, summary->subject)) continue;
            if (filter.state && summary->state != *filter.state) continue;
            if (filter.parent ? summary->parent != *filter.parent
                              : !filter.with_children && !summary->parent.empty())
                continue;
            if (to_skip > 0) {
                --to_skip;
                continue;
            }
            got.push_back(std::move(*summary));
            if (got.size() == filter.limit) co_return got;
        }
    }
    co_return got;
}

Async<Result<std::vector<TaskLog::Unfinished>>> TaskLog::unfinished() {
    const auto tenants = co_await engine_.tenants();
    if (!tenants) co_return tenants.error();
    std::vector<Unfinished> open;
    for (const auto& tenant : *tenants) {
        std::string after;
        for (;;) {
            const auto rows = co_await engine_.scan(tenant, store::Table::Tasks, std::string(kOpenPrefix),
                                                    after, store::kScanRowsMax, store::Order::Ascending);
            if (!rows) co_return rows.error();
            if (rows->empty()) break;
            after = rows->back().key;
            for (const auto& row : *rows)
                open.push_back({tenant, TaskId{row.key.substr(kOpenPrefix.size())}});
        }
    }
    co_return open;
}

}  // namespace meshai::task
