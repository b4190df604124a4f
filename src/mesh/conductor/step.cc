#include <fmt/format.h>

#include "mesh/conductor/steps.h"

namespace meshai::mesh {
namespace {

using How = Outcome::How;

bool is_child(const workflow::Step& step) {
    return std::holds_alternative<workflow::AgentWork>(step.work) ||
           std::holds_alternative<workflow::Call>(step.work) ||
           std::holds_alternative<workflow::Collaboration>(step.work);
}

task::StepFinished finished(const Here& here, int attempt, const Outcome& outcome) {
    task::StepFinished step;
    step.step = here.path;
    step.attempt = attempt;
    step.status = outcome.status();
    if (outcome.how == How::Done) step.result = outcome.result;
    if (outcome.how != How::Failed) return step;
    step.error = code_name(outcome.failure.code);
    step.reason = outcome.failure.message;
    if (!outcome.failure.step.empty() && outcome.failure.step != here.path)
        step.reason = fmt::format("Step \"{}\" failed: {}", outcome.failure.step, outcome.failure.message);
    return step;
}

/// What the log has of an attempt that failed and was no child.
Outcome failed_before(const Here& here, const task::StepFinished& finished) {
    StepFailure failure;
    failure.code = code_of(finished.error);
    failure.message = finished.reason;
    failure.step = here.path;
    failure.is_final = is_child(*here.step);  // it could not even be asked for
    return Outcome::failed(std::move(failure));
}

Async<Outcome> run_own(Stage& stage, Trial trial) {
    const auto& work = trial.here.step->work;
    if (std::holds_alternative<workflow::Parallel>(work)) co_return co_await run_parallel(stage, trial);
    if (std::holds_alternative<workflow::Map>(work)) co_return co_await run_map(stage, trial);
    if (std::holds_alternative<workflow::Condition>(work)) co_return co_await run_condition(stage, trial);
    if (std::holds_alternative<workflow::Wait>(work)) co_return co_await run_wait(stage, trial);
    co_return co_await run_approval(stage, trial);
}

/// One attempt of a step that the workflow does itself, between two lines of its log.
Async<Outcome> try_own(Stage& stage, Here here, int attempt) {
    Trial trial{here, attempt, stage.clock.wall()};
    const auto* known = stage.known(here.path, attempt);
    if (known) trial.began_at = known->started_at;
    trial.is_over = known && known->finished;
    if (here.step->timeout && !trial.is_over)
        trial.until = stage.mono_of(trial.began_at + *here.step->timeout);
    if (!known) {
        task::StepStarted started;
        started.step = here.path;
        started.type = workflow::type_name(here.step->work);
        started.attempt = attempt;
        if (auto told = co_await stage.sink.step_started(std::move(started)); !told) {
            if (told.error().code == Code::Cancelled) co_return Outcome::cut();
            co_return Outcome::failed({told.error().code, told.error().message});
        }
    }
    auto outcome = co_await run_own(stage, trial);
    if (outcome.how == How::Failed && outcome.failure.step.empty()) outcome.failure.step = here.path;
    // Of what ends the whole nothing is said: the steps are as they were when it ended.
    const bool is_said = outcome.how != How::Failed || !outcome.failure.ends_workflow;
    co_await be_uncancellable();
    if (is_said) (void)co_await stage.sink.step_finished(finished(here, attempt, outcome));
    co_await be_cancellable();
    co_return outcome;
}

/// Waits for the cancellation that ended an attempt before a restart: it comes again.
Async<Outcome> wait_to_be_cut(Stage& stage) {
    const Signal never_rung(stage.ex, stage.clock);
    (void)co_await never_rung.wait_until(kNever);
    co_return Outcome::cut();
}

Async<Outcome> attempt_step(Stage& stage, Here here, int attempt) {
    const auto* known = stage.known(here.path, attempt);
    if (known && known->finished && known->finished->child.empty()) {
        if (known->finished->status == "failed") co_return failed_before(here, *known->finished);
        if (known->finished->status == "cancelled") co_return co_await wait_to_be_cut(stage);
    }
    if (!is_child(*here.step)) co_return co_await try_own(stage, here, attempt);
    auto outcome = co_await run_child_step(stage, here, attempt);
    const bool is_unsaid = outcome.how == How::Failed && outcome.failure.is_final;
    if (is_unsaid) (void)co_await stage.sink.step_finished(finished(here, attempt, outcome));
    co_return outcome;
}

/// The attempt to begin with: the newest one of this round, one of an earlier round that was done, or the
/// first.
int where_to_begin(const Stage& stage, const Here& here) {
    const auto first = first_attempt(*here.step, here.round);
    const auto* known = stage.known(here.path);
    if (!known) return first;
    const bool is_done = known->finished && known->finished->status == "completed";
    return is_done || known->started.attempt >= first ? known->started.attempt : first;
}

/// Whether the step runs at all; an outcome where that is decided.
Async<std::optional<Outcome>> decide(Stage& stage, Here here) {
    const auto* known = stage.known(here.path);
    if (known && known->finished && known->finished->status == "skipped") co_return Outcome::skipped();
    if (here.step->when.empty() || known) co_return std::nullopt;
    const auto first = first_attempt(*here.step, here.round);
    auto wanted = here.sight->evaluate(here.step->when);
    if (wanted && !workflow::is_false(*wanted)) co_return std::nullopt;
    auto outcome = wanted ? Outcome::skipped() : Outcome::failed(wrong("when", wanted.error()));
    auto told = co_await stage.sink.step_finished(finished(here, first, outcome));
    if (!told) co_return Outcome::cut();
    co_return outcome;
}

Async<Outcome> attempts(Stage& stage, Here here) {
    for (auto attempt = where_to_begin(stage, here);;) {
        auto outcome = co_await attempt_step(stage, here, attempt);
        if (here.cut->is_cut()) co_return Outcome::cut();
        if (outcome.how != How::Failed || outcome.failure.ends_workflow) co_return outcome;
        auto next = next_attempt(*here.step, attempt, outcome.failure);
        // What was done in an earlier round and is of no use now is done anew in this one.
        const auto first = first_attempt(*here.step, here.round);
        if (attempt < first) next = first;
        if (!next) co_return outcome;
        if (auto waited = co_await pause(stage.clock, backoff_before(*here.step, *next, stage.random));
            !waited)
            co_return Outcome::cut();
        attempt = *next;
    }
}

}  // namespace

StepFailure wrong(std::string_view member, const Error& error) {
    StepFailure failure;
    failure.code = error.code;
    failure.message = fmt::format("{}: {}", member, error.message);
    failure.is_final = true;
    return failure;
}

Async<Outcome> run_step(Stage& stage, Here here) {
    const auto path = here.path;
    const auto* step = here.step;
    auto outcome = Outcome::cut();
    if (auto decided = co_await decide(stage, here))
        outcome = std::move(*decided);
    else
        outcome = co_await attempts(stage, std::move(here));
    if (outcome.how != How::Failed) co_return outcome;
    if (outcome.failure.step.empty()) outcome.failure.step = path;
    outcome.goes_on =
        step->on_error.then == workflow::OnError::Then::Continue && !outcome.failure.ends_workflow;
    co_return outcome;
}

}  // namespace meshai::mesh
