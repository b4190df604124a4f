#include "mesh/executor/recovery.h"

#include <fmt/format.h>

#include "mesh/executor/turn.h"

namespace meshai::mesh {
namespace {

constexpr std::string_view kRestarted = "server restarted";

Async<Result<Remains>> read_remains(Workshop& shop, TenantId tenant, TaskId id) {
    Remains remains;
    for (;;) {
        auto events = co_await shop.log.read(tenant, id, remains.last, store::kReadRecordsMax);
        if (!events) co_return events.error();
        if (events->empty()) co_return remains;
        for (const auto& event : *events) remains = fold(std::move(remains), event);
    }
}

/// What is left of the time the client gave. Never more than it gave, even if
/// the wall clock was set back while the server was down.
Duration time_left(const Workshop& shop, const Remains& remains) {
    const auto whole = remains.timeout > Millis::zero() ? remains.timeout : shop.limits.timeout_default;
    const auto left = remains.deadline - shop.clock.wall();
    return std::clamp<Duration>(left, Duration::zero(), whole);
}

Async<void> start(std::shared_ptr<Workshop> shop, std::shared_ptr<Run> run) {
    shop->start(run);
    co_return;
}

Async<void> recover_one(std::shared_ptr<Workshop> shop, task::TaskLog::Unfinished task) {
    auto remains = co_await read_remains(*shop, task.tenant, task.id);
    if (!remains) {
        shop->sink.error("an unfinished task cannot be read",
                         {{"task", task.id.value}, {"cause", remains.error().message}});
        co_return;
    }
    if (remains->is_finished) co_return;

    const auto floor = shop->pick_floor();
    auto run = std::make_shared<Run>(task.tenant, task.id, floor, shop->floors[floor]->place.ex, shop->clock);
    run->deadline = shop->clock.in(time_left(*shop, *remains));
    run->last = remains->last;
    run->attempt = remains->attempt;
    run->agent = remains->agent;
    run->agent_name = remains->agent_name;
    run->percent = remains->percent;
    run->inquiries = std::move(remains->inquiries);
    if (remains->attempt > 0) run->restart_reason = kRestarted;

    std::optional<bool> is_idempotent;
    const auto agent = shop->registry.get(task.tenant, remains->agent.value);
    if (agent) is_idempotent = agent->spec.is_idempotent();
    run->foregone = decide(*remains, is_idempotent, shop->clock.wall());
    shop->sink.info(
        "an unfinished task is taken up",
        {{"task", task.id.value}, {"attempt", remains->attempt}, {"runs", run->foregone ? "no" : "yes"}});
    shop->admission.admit(run, false);
    shop->on_floor(floor, "recover", [shop, run] { return start(shop, run); }, nullptr);
}

}  // namespace

Remains fold(Remains remains, const task::Event& event) {
    remains.last = event.seq;
    task::apply(remains.inquiries, event.body);
    if (const auto* submitted = std::get_if<task::Submitted>(&event.body)) {
        remains.deadline = submitted->deadline;
        remains.policy = submitted->request.recovery;
        remains.timeout = submitted->request.timeout.value_or(Millis::zero());
    }
    if (const auto* started = std::get_if<task::Started>(&event.body)) {
        remains.attempt = started->attempt;
        remains.agent = started->agent;
        remains.agent_name = started->agent_name;
    }
    if (const auto* progress = std::get_if<task::Progress>(&event.body))
        remains.percent = std::max(remains.percent, progress->percent.value_or(0));
    remains.is_finished = task::is_last(event.body);
    return remains;
}

std::optional<task::Body> decide(const Remains& remains, std::optional<bool> is_idempotent, WallTime now) {
    if (now >= remains.deadline)
        return failed(Error{Code::Timeout, "The task's deadline passed while the server was down."});
    if (remains.attempt == 0) return std::nullopt;
    const auto interrupted = [&remains](std::string_view why) {
        return failed(
            Error{Code::Interrupted,
                  fmt::format("The server was restarted while agent \"{}\" was running the task; it "
                              "may not be run again because {}.",
                              remains.agent_name, why)});
    };
    if (remains.policy == task::Recovery::Fail) return interrupted("its recovery policy says so");
    if (remains.attempt >= kAttemptsMax) return interrupted("it was begun too often already");
    if (remains.policy == task::Recovery::Rerun) return std::nullopt;
    if (!is_idempotent) return interrupted("that agent is not known any more");
    if (!*is_idempotent) return interrupted("that agent is not idempotent");
    return std::nullopt;
}

Async<Status> recover_all(std::shared_ptr<Workshop> shop) {
    auto unfinished = co_await shop->log.unfinished();
    if (!unfinished) co_return unfinished.error();
    if (!unfinished->empty()) shop->sink.info("recovering unfinished tasks", {{"tasks", unfinished->size()}});
    for (auto& task : *unfinished) {
        if (shop->find(task.tenant, task.id)) continue;
        co_await recover_one(shop, std::move(task));
    }
    co_return Status{};
}

}  // namespace meshai::mesh
