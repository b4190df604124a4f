#include "mesh/executor/prepare_talk.h"

#include <fmt/format.h>

#include <algorithm>

#include "mesh/conversation/talk.h"
#include "mesh/executor/accept.h"
#include "mesh/executor/log_writer.h"
#include "mesh/executor/request_check.h"

namespace meshai::mesh {
namespace {

constexpr std::string_view kForTurns = "while its earlier turns were read";
constexpr std::string_view kForSummary = "while its earlier turns were summarised";
constexpr std::size_t kLookedAtMax = 256;  // events of a log, for one that was written before a crash
constexpr int kSummaryRetries = 1;

std::optional<Verdict> verdict_of(Wrote wrote) {
    if (wrote == Wrote::Done) return std::nullopt;
    if (wrote == Wrote::Over) return Verdict{};
    if (wrote == Wrote::Late)
        return Verdict{failed(Error{Code::Timeout, "The task's deadline passed before it could be stored."})};
    return Verdict{failed(Error{Code::TooLarge, "The task says more than its log can hold."})};
}

Async<std::expected<Recall, Verdict>> read_turns(Workshop& shop, Run& run) {
    auto wait = kBackoffFirst;
    for (;;) {
        if (auto over = co_await attend(shop, run, std::string(kForTurns)))
            co_return std::unexpected(std::move(*over));
        auto recalled = co_await recall(shop.log, run.tenant, run.subject, run.conversation, run.id);
        if (recalled) co_return std::move(*recalled);
        if (recalled.error().code != Code::Unavailable)
            co_return std::unexpected(Verdict{failed(recalled.error())});
        (void)co_await run.wake.wait_until(std::min(run.deadline, shop.clock.in(wait)));
        wait = std::min(wait * 2, kBackoffMax);
    }
}

const task::StepView* known_step(const Run& run) {
    const auto known = run.steps.find(kContextStep);
    return known == run.steps.end() ? nullptr : &known->second;
}

/// The log names the child before there is one: after a crash nothing is summarised twice.
Async<std::optional<Verdict>> announce(Workshop& shop, Run& run) {
    if (known_step(run)) co_return std::nullopt;
    task::StepStarted started;
    started.step = kContextStep;
    started.type = "summary";
    started.child = shop.log.make_id();
    co_return verdict_of(co_await write(shop, run, {std::move(started)}));
}

task::Request child_request(const Run& run, const Overdue& overdue, Duration left) {
    auto request = summary_request(overdue);
    request.retries_max = kSummaryRetries;
    request.lineage.parent = run.id;
    request.lineage.root = run.lineage.root.empty() ? run.id : run.lineage.root;
    request.lineage.step = kContextStep;
    request.lineage.depth = run.lineage.depth + 1;
    request.lineage.budgets = run.accounts();
    // The turn itself needs its time as well.
    const auto half = std::chrono::duration_cast<Millis>(left / 2);
    request.timeout = std::clamp(half, Millis{1}, kSummaryTime);
    return request;
}

Async<Status> submit_summary(Workshop& shop, const Run& run, TaskId child, task::Request request) {
    if (request.lineage.depth > task::kLineageDepthMax)
        co_return Error{Code::TooLarge, "The turn lies too deep below other tasks."};
    if (auto fine = shop.ledger.check_depth(run.accounts(), request.lineage.depth); !fine) co_return fine;
    auto fitted = fit_request(std::move(request), shop.limits);
    if (!fitted) co_return fitted.error();
    const task::Caller caller{run.tenant, run.subject, false};
    auto submission =
        co_await accept_task(shop.shared_from_this(), {caller, std::move(*fitted), {}, std::move(child)});
    if (!submission) co_return submission.error();
    co_return Status{};
}

Async<std::optional<Verdict>> say_that_it_waits(Workshop& shop, Run& run) {
    const auto now = shop.clock.now();
    if (now < run.progress.due() || now >= run.deadline) co_return std::nullopt;
    task::Progress progress;
    progress.message = fmt::format("Earlier turns are being summarised, {}", run.progress.age(now));
    co_return verdict_of(co_await write(shop, run, {std::move(progress)}));
}

/// Waits for the end of the child. It is rung by the child's log, and looks from time to time.
Async<std::optional<Verdict>> wait_for_end(Workshop& shop, Run& run, TaskId child) {
    const auto watch = shop.log.engine().watch(run.tenant, child, run.wake);
    for (;;) {
        if (auto over = co_await attend(shop, run, std::string(kForSummary))) co_return over;
        if (auto over = co_await say_that_it_waits(shop, run)) co_return over;
        const auto seen = co_await shop.log.summary({run.tenant, {}, true}, child);
        const bool is_there = seen || seen.error().code == Code::Unavailable;
        if (!is_there || (seen && task::is_final(seen->state))) co_return std::nullopt;
        const auto until = std::min({run.deadline, run.progress.due(), shop.clock.in(kAgentPoll)});
        if (co_await run.wake.wait_until(until) == Wake::Cancelled) co_return Verdict{};
    }
}

/// What became of a summary: `step` is what the log is told of it.
struct Outcome {
    task::StepFinished step{};
    std::optional<task::TalkSummary> summary{};
};

Outcome outcome_of(const Overdue& overdue, const Result<task::View>& child) {
    Outcome outcome;
    auto& step = outcome.step;
    step.status = "failed";
    if (!child) {
        step.error = code_name(child.error().code);
        step.reason = child.error().message;
    } else if (child->completed) {
        step.agent = child->completed->agent;
        step.usage = child->completed->usage;
        outcome.summary = summary_of(overdue, child->completed->result);
        if (outcome.summary->text.find_first_not_of(" \t\r\n") != std::string::npos) {
            step.status = "completed";
            return outcome;
        }
        outcome.summary.reset();
        step.error = code_name(Code::AgentFailed);
        step.reason = "The summary has no words.";
    } else if (child->failed) {
        step.error = code_name(child->failed->code);
        step.reason = child->failed->message;
    } else {
        step.status = "cancelled";
        step.error = code_name(Code::Cancelled);
        step.reason = "It was cancelled.";
    }
    return outcome;
}

/// Keeps the summary first, and then says that it is there.
Async<std::expected<std::string, Verdict>> tell(Workshop& shop, Run& run, Outcome outcome) {
    outcome.step.step = kContextStep;
    outcome.step.child = known_step(run)->started.child;
    if (outcome.summary) {
        task::Conversations conversations(shop.log);
        const auto kept = co_await conversations.keep_summary(run.tenant, run.subject, run.conversation,
                                                              std::move(*outcome.summary));
        if (!kept) {
            outcome.step.status = "failed";
            outcome.step.error = code_name(kept.error().code);
            outcome.step.reason = "It could not be stored.";
        }
    }
    auto reason = outcome.step.reason;
    if (auto over = verdict_of(co_await write(shop, run, {std::move(outcome.step)})))
        co_return std::unexpected(std::move(*over));
    co_return reason;
}

/// Has a summary made. Why there is none, or nothing.
Async<std::expected<std::string, Verdict>> summarise(Workshop& shop, std::shared_ptr<Run> run,
                                                     Overdue overdue) {
    if (const auto* known = known_step(*run); known && known->finished) co_return known->finished->reason;
    if (auto over = co_await announce(shop, *run)) co_return std::unexpected(std::move(*over));
    const auto child = known_step(*run)->started.child;
    auto request = child_request(*run, overdue, run->deadline - shop.clock.now());
    overdue.forget_words();
    auto submitted = co_await submit_summary(shop, *run, child, std::move(request));
    if (!submitted) {
        Result<task::View> none = submitted.error();
        co_return co_await tell(shop, *run, outcome_of(overdue, none));
    }
    // The summary needs a place of the server as well: were this one kept, all might wait for each other.
    if (!run->is_composite) shop.admission.give_place_back(run);
    shop.tell_standing();
    if (auto over = co_await wait_for_end(shop, *run, child)) co_return std::unexpected(std::move(*over));
    auto ended = co_await shop.log.view(run->tenant, child);
    auto told = co_await tell(shop, *run, outcome_of(overdue, ended));
    if (!told || run->is_composite) co_return told;
    if (auto over = co_await wait_for_place(shop, run, false)) co_return std::unexpected(std::move(*over));
    co_return told;
}

/// Once in the life of the task, also if the server was restarted since.
Async<std::optional<Verdict>> say_once(Workshop& shop, Run& run, task::Progress said) {
    if (run.last > Seq{1}) {
        auto events = co_await shop.log.read(run.tenant, run.id, Seq{1}, kLookedAtMax);
        if (events && std::ranges::any_of(*events, is_context_event)) co_return std::nullopt;
    }
    co_return verdict_of(co_await write(shop, run, {std::move(said)}));
}

}  // namespace

Async<std::optional<Verdict>> prepare_talk(Workshop& shop, std::shared_ptr<Run> run) {
    if (run->conversation.empty()) co_return std::nullopt;
    auto recalled = co_await read_turns(shop, *run);
    if (!recalled) co_return std::move(recalled.error());
    std::string why_not;
    if (recalled->overdue) {
        auto overdue = std::move(*recalled->overdue);
        // What is not needed for the summary is not held while it is made.
        recalled->told.clear();
        auto made = co_await summarise(shop, run, std::move(overdue));
        if (!made) co_return std::move(made.error());
        why_not = std::move(*made);
        recalled = co_await read_turns(shop, *run);
        if (!recalled) co_return std::move(recalled.error());
    }
    if (!recalled->is_bounded()) co_return std::nullopt;
    co_return co_await say_once(shop, *run, context_event(*recalled, why_not));
}

}  // namespace meshai::mesh
