#include "mesh/executor/call_agent.h"

#include <fmt/format.h>

#include "mesh/budget/tree.h"
#include "mesh/executor/log_writer.h"

namespace meshai::mesh {
namespace {

std::string name_of(const Run& run, const agents::Spec& spec) {
    return fmt::format("{} \"{}\"", run.is_composite ? "workflow" : "agent", spec.name);
}

/// The decision and the beginning, as one unit: nobody sees a task that is
/// routed and forgotten.
std::vector<task::Body> beginning(const Run& run, const Seat& seat, const std::string& reason) {
    std::vector<task::Body> bodies;
    if (!seat.is_announced) bodies.emplace_back(seat.routed);
    const auto& spec = seat.agent.spec;
    bodies.emplace_back(task::Started{run.attempt + 1, spec.id, spec.name, reason});
    if (run.attempt > 0 && run.agent != spec.id && !run.is_composite) {
        task::Progress change;
        change.message = fmt::format("Switched from agent \"{}\" to agent \"{}\"", run.agent_name, spec.name);
        change.agent = spec.id;
        bodies.emplace_back(std::move(change));
    }
    return bodies;
}

agents::Call call_of(const Run& run) {
    agents::Call call;
    call.task = run.id;
    call.tenant = run.tenant;
    call.attempt = run.attempt;
    call.request = *run.request;
    call.deadline = run.deadline;
    return call;
}

std::optional<Verdict> verdict_of(Wrote wrote) {
    if (wrote == Wrote::Done) return std::nullopt;
    if (wrote == Wrote::Over) return Verdict{};
    if (wrote == Wrote::Late)
        return Verdict{
            failed(Error{Code::Timeout, "The task's deadline passed while its events could not be stored."})};
    return Verdict{failed(Error{Code::TooLarge, "The agent said more than the log of one task can hold."})};
}

Async<std::optional<Verdict>> say_status(Workshop& shop, Run& run, const Attempt& attempt) {
    task::Progress progress;
    const auto age = run.progress.age(shop.clock.now());
    progress.message = task::has_open(run.inquiries)
                           ? waiting_line(age)
                           : working_line(name_of(run, attempt.spec()), age, attempt.output_bytes());
    progress.agent = attempt.spec().id;
    co_return verdict_of(co_await write(shop, run, {std::move(progress)}));
}

/// Carries what the agent says into the log until it has ended or the run has to.
Async<std::optional<Verdict>> follow(Workshop& shop, Run& run, Attempt& attempt) {
    const auto where = fmt::format("while {} was running it", name_of(run, attempt.spec()));
    for (;;) {
        if (auto over = co_await attend(shop, run, where)) co_return over;
        attempt.hear_log();
        // What comes together with the ending is appended with it, as one unit.
        if (attempt.ending()) co_return std::nullopt;
        if (attempt.said_too_much())
            co_return Verdict{failed(Error{
                Code::TooLarge, fmt::format("The {} wrote more than {} MiB of output.",
                                            name_of(run, attempt.spec()), task::kOutputBytesMax >> 20U)})};
        if (attempt.has_pending()) {
            if (auto over = verdict_of(co_await write(shop, run, attempt.take_pending()))) co_return over;
            continue;
        }
        if (shop.clock.now() >= run.progress.due()) {
            if (auto over = co_await say_status(shop, run, attempt)) co_return over;
            continue;
        }
        if (co_await run.wake.wait_until(std::min(run.deadline, run.progress.due())) == Wake::Cancelled)
            co_return Verdict{};
    }
}

/// Before an agent is called, every budget it draws on is asked.
Async<Status> draw(Workshop& shop, const Run& run) {
    const auto accounts = run.accounts();
    if (accounts.empty()) co_return Status{};
    if (auto opened = co_await open_accounts(shop.ledger, shop.log, run.tenant, accounts); !opened)
        co_return opened;
    co_return run.is_composite ? Status{} : shop.ledger.draw(accounts);
}

Verdict broke(const Workshop& shop, const Run& run, const Error& error) {
    json::object details;
    if (error.code == Code::BudgetExhausted)
        details["budget_of"] = shop.ledger.exhausted(run.accounts()).value;
    return Verdict{failed(error, std::move(details))};
}

Result<std::unique_ptr<agents::Adapter>> adapter_of(Workshop& shop, const Run& run,
                                                    const agents::Spec& spec) {
    const auto& tools = shop.floors[run.place]->place.tools;
    if (!run.is_composite) return shop.make_adapter(spec, tools);
    if (!shop.conductor.make) return Error{Code::Configuration, "This server runs no workflows."};
    return shop.conductor.make(run.tenant, tools);
}

}  // namespace

Async<CallResult> call_agent(Workshop& shop, std::shared_ptr<Run> run, const Seat& seat, std::string reason) {
    CallResult result;
    const auto& spec = seat.agent.spec;
    if (auto drawn = co_await draw(shop, *run); !drawn) {
        result.verdict = broke(shop, *run, drawn.error());
        co_return result;
    }
    run->spent = {};
    result.verdict = verdict_of(co_await write_beginning(shop, *run, beginning(*run, seat, reason)));
    if (result.verdict) co_return result;
    ++run->attempt;
    run->agent = spec.id;
    run->agent_name = spec.name;

    auto adapter = adapter_of(shop, *run, spec);
    if (!adapter) {
        agents::Failure failure;
        failure.error = adapter.error();
        failure.was_sent = false;
        result.ending.emplace(std::unexpect, std::move(failure));
        co_return result;
    }
    Attempt attempt(shop, *run, spec, std::move(*adapter));
    run->now_running = &attempt;
    attempt.begin(call_of(*run));
    result.verdict = co_await follow(shop, *run, attempt);
    run->now_running = nullptr;
    co_await attempt.close();
    result.took = shop.clock.now() - attempt.begun_at();
    result.rest = attempt.take_pending();
    if (!result.verdict) result.ending = attempt.ending();
    co_return result;
}

}  // namespace meshai::mesh
