#include "task/commit.h"
#include "task/log.h"
#include "task/rows.h"

namespace meshai::task {

Async<Result<std::optional<Holder>>> TaskLog::holder(TenantId tenant, TaskId id) {
    const auto row = co_await engine_.get(tenant, store::Table::Runs, id.value);
    if (!row) co_return row.error();
    if (!*row) co_return std::optional<Holder>{};
    auto holder = decode_holder(**row);
    if (!holder) co_return holder.error();
    co_return std::optional<Holder>(std::move(*holder));
}

Async<Status> TaskLog::take_over(TenantId tenant, TaskId id, Seq expected_last, Holder from,
                                 std::string server) {
    store::Unit unit{tenant, {}, {}};
    unit.appends.push_back({id, expected_last, {}});
    unit.puts.push_back(
        {store::Table::Runs, id.value, from.version, encode_row(Holder{server, from.attempt})});
    const auto done = co_await commit_surely(engine_, clock_, std::move(unit));
    if (done || done.error().code != Code::Conflict) co_return done;
    // A conflict after an unknown outcome may be with ourselves: the row tells.
    const auto now = co_await holder(tenant, id);
    if (now && *now && (*now)->server == server) co_return Status{};
    co_return done;
}

}  // namespace meshai::task
