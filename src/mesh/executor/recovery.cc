#include "mesh/executor/recovery.h"

#include <fmt/format.h>

#include <set>

#include "mesh/executor/children.h"
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

/// Whose tasks are taken up: at start those of nobody and of this server, later
/// those of servers that are gone.
struct Heirs {
    std::set<std::string> gone{};
    bool takes_own = false;

    bool take(const std::optional<task::Holder>& holder, const std::string& self) const {
        if (!holder || holder->server == self) return takes_own;
        return gone.contains(holder->server);
    }
};

/// The task is this server's from now on. Of several that try, one gets the version of the row.
Async<std::optional<std::uint64_t>> make_ours(Workshop& shop, const task::TaskLog::Unfinished& task, Seq last,
                                              task::Holder holder) {
    if (holder.server == shop.presence.name()) co_return holder.version;
    auto taken = co_await shop.log.take_over(task.tenant, task.id, last, holder, shop.presence.name());
    if (!taken)
        shop.sink.info(
            "a task of a server that is gone was not taken over",
            {{"task", task.id.value}, {"server", holder.server}, {"cause", taken.error().message}});
    if (!taken) co_return std::nullopt;
    co_return holder.version + 1;
}

/// Takes the task up, if it is among what the heirs take. False when that has to be tried again.
Async<bool> recover_one(std::shared_ptr<Workshop> shop, task::TaskLog::Unfinished task, const Heirs& heirs) {
    const auto holder = co_await shop->log.holder(task.tenant, task.id);
    if (holder && !heirs.take(*holder, shop->presence.name())) co_return true;
    auto remains = co_await read_remains(*shop, task.tenant, task.id);
    if (!holder || !remains) {
        const auto& error = holder ? remains.error() : holder.error();
        shop->sink.error("an unfinished task cannot be read",
                         {{"task", task.id.value}, {"cause", error.message}});
        co_return error.code != Code::Unavailable;
    }
    if (remains->is_finished) co_return true;
    std::optional<std::uint64_t> hold = 0;
    if (*holder) hold = co_await make_ours(*shop, task, remains->last, **holder);
    if (!hold) co_return false;

    const auto floor = shop->pick_floor();
    auto run = std::make_shared<Run>(task.tenant, task.id, floor, shop->floors[floor]->place.ex, shop->clock);
    run->deadline = shop->clock.in(time_left(*shop, *remains));
    run->last = remains->last;
    run->hold = *hold;
    run->attempt = remains->attempt;
    run->agent = remains->agent;
    run->agent_name = remains->agent_name;
    run->percent = remains->percent;
    run->inquiries = std::move(remains->inquiries);
    run->steps = std::move(remains->steps);
    run->lineage = remains->lineage;
    run->subject = remains->subject;
    run->conversation = remains->conversation;
    run->is_composite = remains->is_composite;
    run->is_waited_for = remains->is_waited_for;
    run->has_budget = remains->has_budget;
    if (remains->attempt > 0) run->restart_reason = kRestarted;

    std::optional<bool> is_idempotent;
    const auto agent = shop->registry.get(task.tenant, remains->agent.value);
    if (agent) is_idempotent = agent->spec.is_idempotent();
    run->foregone = decide(*remains, is_idempotent, shop->clock.wall());
    const auto orphaned = co_await is_orphan(*shop, task.tenant, remains->lineage);
    if (orphaned && *orphaned) run->foregone = parent_is_over();
    shop->sink.info(
        "an unfinished task is taken up",
        {{"task", task.id.value}, {"attempt", remains->attempt}, {"runs", run->foregone ? "no" : "yes"}});
    if (!run->is_composite) shop->admission.admit(run, false);
    shop->on_floor(floor, "recover", [shop, run] { return start(shop, run); }, nullptr);
    co_return true;
}

/// False when something was left that has to be tried again.
Async<Result<bool>> recover(std::shared_ptr<Workshop> shop, Heirs heirs) {
    auto unfinished = co_await shop->log.unfinished();
    if (!unfinished) co_return unfinished.error();
    bool is_whole = true;
    for (auto& task : *unfinished) {
        if (shop->find(task.tenant, task.id)) continue;
        if (!co_await recover_one(shop, std::move(task), heirs)) is_whole = false;
    }
    co_return is_whole;
}

/// Takes up what gone servers had; those of which nothing is left are forgotten.
Async<Status> inherit(std::shared_ptr<Workshop> shop) {
    const auto gone = co_await shop->presence.gone();
    if (!gone) co_return gone.error();
    if (gone->empty()) co_return Status{};
    Heirs heirs;
    for (const auto& server : *gone) {
        shop->sink.warn("a server is gone; what it had is taken up", {{"server", server.name}});
        heirs.gone.insert(server.name);
    }
    const auto done = co_await recover(shop, std::move(heirs));
    if (!done) co_return done.error();
    if (!*done) co_return Status{};
    for (const auto& server : *gone) co_await shop->presence.forget(server);
    co_return Status{};
}

void warn_if_not(Workshop& shop, const Status& done, std::string_view what) {
    if (!done)
        shop.sink.warn(what, {{"code", code_name(done.error().code)}, {"cause", done.error().message}});
}

}  // namespace

Remains fold(Remains remains, const task::Event& event) {
    remains.last = event.seq;
    task::apply(remains.inquiries, event.body);
    task::apply(remains.steps, event);
    if (const auto* submitted = std::get_if<task::Submitted>(&event.body)) {
        remains.deadline = submitted->deadline;
        remains.policy = submitted->request.recovery;
        remains.timeout = submitted->request.timeout.value_or(Millis::zero());
        remains.lineage = submitted->request.lineage;
        remains.subject = submitted->subject;
        remains.conversation = submitted->request.conversation;
        remains.is_composite = submitted->request.is_composite();
        remains.is_waited_for = is_waited_for(submitted->request);
        remains.has_budget = submitted->request.budget.has_value();
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
    if (remains.is_composite && remains.attempt < kCompositeAttemptsMax) return std::nullopt;
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

Async<Status> recover_own(std::shared_ptr<Workshop> shop) {
    // Said first, so that others can tell this server from one that never was. A store that is full now may
    // have room soon: that is no reason not to start.
    warn_if_not(*shop, co_await shop->presence.renew(), "the server cannot say that it is there");
    const auto done = co_await recover(shop, Heirs{{}, true});
    if (!done) co_return done.error();
    co_return Status{};
}

Async<void> watch_servers(std::shared_ptr<Workshop> shop) {
    while (co_await pause(shop->clock, kPresencePeriod)) {
        warn_if_not(*shop, co_await shop->presence.renew(), "the server cannot say that it is there");
        if (shop->is_draining) continue;
        warn_if_not(*shop, co_await inherit(shop), "what servers left cannot be taken up");
    }
}

}  // namespace meshai::mesh
