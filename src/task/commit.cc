#include "task/commit.h"

#include "task/log.h"

namespace meshai::task {
namespace {

constexpr Duration kReadBackPause = std::chrono::milliseconds(50);

enum class Found { Ours, Nothing, Another };

// Events of a unit appear together, so the first one speaks for all.
Async<Result<Found>> look_for(store::Engine& engine, TenantId tenant, TaskId log, Seq before, EventId first) {
    const auto records = co_await engine.read(tenant, log, before, 1);
    if (!records && records.error().code == Code::NotFound) co_return Found::Nothing;
    if (!records) co_return records.error();
    if (records->empty()) co_return Found::Nothing;
    co_return records->front().record.id == first ? Found::Ours : Found::Another;
}

}  // namespace

Async<Status> commit_surely(store::Engine& engine, Clock& clock, store::Unit unit) {
    const auto tenant = unit.tenant;
    const bool has_events = !unit.appends.empty() && !unit.appends.front().records.empty();
    const auto log = has_events ? unit.appends.front().log : TaskId{};
    const auto before = has_events ? unit.appends.front().expected_last : Seq{};
    const auto first = has_events ? unit.appends.front().records.front().id : EventId{};

    Status outcome;
    for (int tries = 0; tries < kCommitTriesMax; ++tries) {
        outcome = co_await engine.commit(unit, clock.in(kCommitWaitMax));
        const bool is_unknown = !outcome && outcome.error().code == Code::OutcomeUnknown;
        // A conflict after an unknown outcome may be with ourselves.
        const bool is_own_conflict = tries > 0 && !outcome && outcome.error().code == Code::Conflict;
        if (!is_unknown && !is_own_conflict) co_return outcome;
        if (!has_events) continue;

        const auto found = co_await look_for(engine, tenant, log, before, first);
        if (found && *found == Found::Ours) co_return Status{};
        if (found && (*found == Found::Another || is_own_conflict))
            co_return Error{Code::Conflict, "The task has gone on meanwhile; read it again.",
                            "after an unknown outcome"};
        // A cancelled pause only makes the bounded tries faster.
        (void)co_await pause(clock, kReadBackPause * (1 << tries));
    }
    co_return outcome;
}

}  // namespace meshai::task
