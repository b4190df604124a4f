#include <fmt/format.h>

#include "agents/cost.h"
#include "mesh/executor/call_agent.h"
#include "mesh/executor/children.h"
#include "mesh/executor/log_writer.h"
#include "mesh/executor/prepare_talk.h"
#include "mesh/executor/retry.h"
#include "mesh/executor/turn.h"
#include "mesh/executor/workshop.h"

namespace meshai::mesh {
namespace {

/// What a run writes last, with what the agent said before it.
struct LastWords {
    std::vector<task::Body> before{};
    std::optional<task::Body> ending{};
};

LastWords last_words(Verdict verdict, std::vector<task::Body> before = {}) {
    return {std::move(before), std::move(verdict.ending)};
}

void report(Workshop& shop, const Run& run, const Seat& seat, const CallResult& result) {
    CallReport report;
    report.duration = std::chrono::duration_cast<Millis>(result.took);
    report.succeeded = result.ending && result.ending->has_value();
    report.counts_as_failure =
        result.ending && !report.succeeded && speaks_against_agent(result.ending->error());
    shop.registry.report(run.tenant, seat.agent.spec.id, report);
    shop.tallies.called(report.succeeded ? "completed" : result.ending ? "failed" : "cancelled");
}

task::Body completed(const Run& run, const Seat& seat, const agents::Answer& answer) {
    // As JSON, because that is how it is stored and sent: a short string of
    // control characters is a long one there.
    if (to_text(answer.result).size() > task::kResultBytesMax)
        return failed(Error{Code::TooLarge, fmt::format("The result of agent \"{}\" is over {} MiB.",
                                                        seat.agent.spec.name, task::kResultBytesMax >> 20U)});
    return task::Completed{answer.result, agents::with_cost(answer.usage, seat.agent.spec.cost),
                           seat.agent.spec.id, run.attempt};
}

task::Body given_up(const Workshop& shop, const Run& run, const Seat& seat, const agents::Failure& failure) {
    auto details = failure.details;
    // A parent asks whose budget it was: its own ends it, that of a child does not.
    const auto owner = shop.ledger.exhausted(run.accounts());
    if (failure.error.code == Code::BudgetExhausted && !details.contains("budget_of") && !owner.empty())
        details["budget_of"] = owner.value;
    details[run.is_composite ? "workflow" : "agent"] = seat.agent.spec.name;
    if (!run.is_composite) details["attempts"] = run.attempt;
    return failed(failure.error, std::move(details));
}

/// What comes after a failure: another attempt after `wait`, or none.
struct Next {
    bool again = false;
    Duration wait{};
    std::string plan{};
};

Next after_failure(Workshop& shop, const Run& run, const Seat& seat, const agents::Failure& failure,
                   int retries, std::set<AgentId>& tried) {
    const auto& spec = seat.agent.spec;
    if (retries >= std::min(run.wish.retries_max, kRetriesMax)) return {};
    if (!may_try_again(failure, spec.is_idempotent())) return {};
    tried.insert(spec.id);
    if (auto other = shop.router.choose(run.tenant, run.wish, tried))
        return {true, Duration::zero(), fmt::format("trying agent \"{}\"", other->agent_name)};
    if (!may_try_same_agent(failure, spec.is_idempotent())) return {};
    tried.clear();
    if (!shop.router.choose(run.tenant, run.wish, tried)) return {};
    const auto wait = backoff(retries + 1, failure.retry_after, shop.random);
    if (shop.clock.in(wait) >= run.deadline) return {};
    const auto ms = std::chrono::duration_cast<Millis>(wait).count();
    return {true, wait, fmt::format("trying again in {:.1f} s", static_cast<double>(ms) / 1000)};
}

Async<std::optional<Verdict>> wait_before_retry(Workshop& shop, Run& run, Duration wait) {
    const auto until = shop.clock.in(wait);
    for (;;) {
        if (auto over = co_await attend(shop, run, "while it waited to try again")) co_return over;
        if (shop.clock.now() >= until) co_return std::nullopt;
        if (co_await run.wake.wait_until(std::min(until, run.deadline)) == Wake::Cancelled)
            co_return Verdict{};
    }
}

std::string failure_line(const Seat& seat, const agents::Failure& failure) {
    return fmt::format("Agent \"{}\" failed: {}", seat.agent.spec.name,
                       utf8_prefix(failure.error.message, task::kMessageBytesMax / 2));
}

/// Says in the log that an attempt failed and what comes next.
Async<std::optional<LastWords>> announce_retry(Workshop& shop, Run& run, CallResult& result, std::string line,
                                               const Next& next) {
    task::Progress progress;
    progress.message = fmt::format("{} ({})", line, next.plan);
    progress.agent = run.agent;
    auto bodies = std::move(result.rest);
    bodies.emplace_back(std::move(progress));
    const auto wrote = co_await write(shop, run, std::move(bodies));
    if (wrote == Wrote::Over) co_return LastWords{};
    if (wrote != Wrote::Done)
        co_return last_words({failed(Error{Code::TooLarge, "The task says more than its log can hold."})});
    if (auto over = co_await wait_before_retry(shop, run, next.wait)) co_return last_words(std::move(*over));
    co_return std::nullopt;
}

/// Attempts until one gives an ending.
Async<LastWords> attempts(Workshop& shop, std::shared_ptr<Run> run) {
    std::set<AgentId> tried;
    std::string reason = std::exchange(run->restart_reason, {});
    std::optional<task::Body> failure_before;
    for (int retries = 0;; ++retries) {
        auto seat = co_await find_seat(shop, run, tried);
        if (!seat) {
            // That nobody is left to try is not the news: that the last one failed is.
            const auto* nobody =
                seat.error().ending ? std::get_if<task::Failed>(&*seat.error().ending) : nullptr;
            const bool is_nobody = nobody && nobody->code == Code::NoAgent;
            if (is_nobody && failure_before) co_return LastWords{{}, std::move(failure_before)};
            co_return last_words(std::move(seat.error()));
        }
        auto result = co_await call_agent(shop, run, *seat, reason);
        report(shop, *run, *seat, result);
        leave_seat(shop, *run, *seat);
        if (result.verdict) co_return last_words(std::move(*result.verdict), std::move(result.rest));
        if (result.ending->has_value())
            co_return LastWords{std::move(result.rest), completed(*run, *seat, **result.ending)};

        const auto& failure = result.ending->error();
        shop.sink.warn("an attempt failed", {{"task", run->id.value},
                                             {"agent", seat->agent.spec.name},
                                             {"attempt", run->attempt},
                                             {"code", code_name(failure.error.code)},
                                             {"cause", failure.error.cause.empty() ? failure.error.message
                                                                                   : failure.error.cause}});
        const auto next = after_failure(shop, *run, *seat, failure, retries, tried);
        if (!next.again) co_return LastWords{std::move(result.rest), given_up(shop, *run, *seat, failure)};
        reason = failure_line(*seat, failure);
        failure_before = given_up(shop, *run, *seat, failure);
        if (auto over = co_await announce_retry(shop, *run, result, reason, next)) co_return std::move(*over);
    }
}

/// A composite task has no agent of its own and is not tried again as a whole: its steps are.
Async<LastWords> conduct(Workshop& shop, std::shared_ptr<Run> run) {
    if (auto over = co_await prepare_talk(shop, run)) co_return last_words(std::move(*over));
    if (auto over = co_await load_request(shop, *run)) co_return last_words(std::move(*over));
    Seat seat;
    seat.agent.spec.name = task::workflow_name(*run->request);
    seat.is_announced = true;
    auto result = co_await call_agent(shop, run, seat, std::exchange(run->restart_reason, {}));
    if (result.verdict) co_return last_words(std::move(*result.verdict), std::move(result.rest));
    if (result.ending->has_value())
        co_return LastWords{std::move(result.rest), completed(*run, seat, **result.ending)};
    co_return LastWords{std::move(result.rest), given_up(shop, *run, seat, result.ending->error())};
}

Async<LastWords> work(Workshop& shop, std::shared_ptr<Run> run) {
    if (run->foregone) co_return LastWords{{}, std::move(run->foregone)};
    if (run->is_composite) co_return co_await conduct(shop, run);
    if (auto over = co_await wait_for_place(shop, run, false)) co_return last_words(std::move(*over));
    if (auto over = co_await prepare_talk(shop, run)) co_return last_words(std::move(*over));
    if (auto over = co_await load_request(shop, *run)) co_return last_words(std::move(*over));
    co_return co_await attempts(shop, run);
}

/// What is done already is not lost with a task that ends without its result.
void add_partial(const Run& run, task::Body& ending) {
    auto* failed = std::get_if<task::Failed>(&ending);
    if (failed && failed->partial.empty()) failed->partial = task::partial_result(run.steps);
}

/// What the last attempt used and the ledger does not know yet.
void settle(Workshop& shop, const Run& run, const task::Body& ending) {
    const auto* completed = std::get_if<task::Completed>(&ending);
    if (!completed || run.is_composite) return;
    const auto& whole = completed->usage;
    shop.ledger.spend(run.accounts(),
                      {whole.input_tokens - run.spent.input_tokens,
                       whole.output_tokens - run.spent.output_tokens, whole.cost - run.spent.cost});
}

/// Stores the ending, however long the store takes. Whether it is ours.
Async<bool> write_ending(Workshop& shop, std::shared_ptr<Run> run, LastWords words) {
    if (!words.ending) co_return false;
    add_partial(*run, *words.ending);
    // Nothing is held while the store is away: others may run.
    shop.admission.leave(run);
    settle(shop, *run, *words.ending);
    auto bodies = words.before;
    bodies.push_back(*words.ending);
    auto wrote = co_await write(shop, *run, std::move(bodies), Patience::UntilStored);
    // The log refuses what the agent said last: then at least the task ends.
    if (wrote == Wrote::Refused) {
        words.ending = failed(Error{Code::TooLarge, "The task says more than its log can hold."});
        wrote = co_await write(shop, *run, {*words.ending}, Patience::UntilStored);
    }
    if (wrote != Wrote::Done) co_return false;
    shop.tallies.ended(*words.ending, shop.clock.now() - run->begun_at);
    if (shop.ended) shop.ended(run->tenant, run->id);
    co_return true;
}

void answer_wishes(Run& run, bool is_cancelled, bool is_stopped) {
    const Status finished = Error{Code::AlreadyFinished, "The task has already finished."};
    const Status stopped = Error{Code::Unavailable, "The server is stopping; try again later."};
    const auto& others = is_stopped ? stopped : finished;
    run.mail.close(is_cancelled ? Status{} : others, others);
}

}  // namespace

Async<void> run_task(std::shared_ptr<Workshop> shop, std::shared_ptr<Run> run) {
    // This is the edge of a task run: an exception is our bug, and ends this one task.
    LastWords words;
    std::string what;
    try {
        words = co_await work(*shop, run);
    } catch (const std::exception& error) {
        what = error.what();
        words = LastWords{{}, failed(Error{Code::Internal, "The server failed while it ran the task."})};
    }
    if (!what.empty())
        shop->sink.error("a run ended by an exception, which is a bug",
                         {{"task", run->id.value}, {"what", what}});
    const bool wants_cancelled = words.ending && std::holds_alternative<task::Cancelled>(*words.ending);
    const bool is_written = co_await write_ending(*shop, run, std::move(words));
    if (is_written) {
        run->is_over = true;
        co_await cancel_children(shop, run);
    }
    answer_wishes(*run, wants_cancelled && is_written, run->mail.is_asked_to_stop());
    shop->leave(run);
}

}  // namespace meshai::mesh
