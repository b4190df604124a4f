#include "mesh/conductor/crew.h"

namespace meshai::mesh {

Crew::Crew(Stage& stage, const Cut* outer, MonoTime until)
    : stage_(stage),
      cut_(outer),
      outer_(outer),
      until_(until),
      scope_(stage.ex, stage.clock, stage.log),
      bell_(stage.ex, stage.clock) {}

void Crew::begin(std::string name, Async<Outcome> work, std::function<Status(const Outcome&)> settle) {
    ++running_;
    scope_.spawn("step " + name, carry(std::move(work), std::move(settle)));
}

Async<void> Crew::carry(Async<Outcome> work, std::function<Status(const Outcome&)> settle) {
    // An exception is our bug and must not leave the others waiting for a step that is gone.
    auto outcome = Outcome::failed({Code::Internal, "The server failed while it ran the step."});
    try {
        outcome = co_await std::move(work);
    } catch (const std::exception& error) {
        stage_.log.error("a step of a workflow ended by an exception, which is a bug",
                         {{"task", stage_.call.task.value}, {"what", error.what()}});
    }
    take(outcome, settle);
    --running_;
    bell_.notify();
}

void Crew::take(const Outcome& outcome, const std::function<Status(const Outcome&)>& settle) {
    if (outcome.how == Outcome::How::Cut) {
        was_cut_ = true;
    } else if (!outcome.is_settled()) {
        if (!failure_) failure_ = outcome.failure;
    } else if (auto fine = settle(outcome); !fine && !failure_) {
        failure_ = StepFailure{fine.error().code, fine.error().message};
        failure_->ends_workflow = true;
    }
}

Async<void> Crew::news() {
    const auto woken = co_await bell_.wait_until(until_);
    if (woken == Wake::Cancelled) was_cut_ = true;
    if (woken == Wake::Deadline) is_late_ = true;
}

Async<std::optional<Outcome>> Crew::end() {
    // What is cancelled from here on did not fail by itself.
    const bool was_late = is_late_ && !failure_;
    cut_.cut();
    co_await scope_.close();
    co_await be_cancellable();
    if (outer_ && outer_->is_cut()) co_return Outcome::cut();
    if (failure_) co_return Outcome::failed(std::move(*failure_));
    if (was_late) co_return Outcome::failed({Code::Timeout, "It did not end in its time."});
    if (was_cut_) co_return Outcome::cut();
    co_return std::nullopt;
}

Async<void> be_cancellable() {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
}

Async<void> be_uncancellable() {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
}

}  // namespace meshai::mesh
