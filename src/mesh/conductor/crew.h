// mesh/conductor/crew.h
//
// Steps that run at the same time: the steps of a graph, the items of a map.
// When one fails, the time is over or whoever runs them is cancelled, the others
// are cancelled, and the crew ends when the last of them has. One thread.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/scope.h"
#include "mesh/conductor/outcome.h"
#include "mesh/conductor/stage.h"

namespace meshai::mesh {

/// Whether what runs is to stop, here or further out. A cancellation that comes while a coroutine cannot be
/// cancelled is not forgotten: it stands here.
class Cut {
  public:
    explicit Cut(const Cut* outer) : outer_(outer) {}
    void cut() { is_cut_ = true; }
    bool is_cut() const { return is_cut_ || (outer_ && outer_->is_cut()); }

  private:
    const Cut* outer_;
    bool is_cut_ = false;
};

class Crew {
  public:
    /// `until`: then those who still run are too late.
    Crew(Stage& stage, const Cut* outer, MonoTime until);

    /// For the steps themselves.
    const Cut& cut() const { return cut_; }

    /// Starts a step. One that is settled is given to `settle`, on whose failure all fails.
    void begin(std::string name, Async<Outcome> work, std::function<Status(const Outcome&)> settle);

    std::size_t running() const { return running_; }
    /// False when nothing more may begin.
    bool goes_on() const { return !failure_ && !is_late_ && !was_cut_ && !cut_.is_cut(); }
    /// Waits until a step has ended, or until nothing more may begin.
    Async<void> news();

    /// Cancels what still runs and waits for it. Nothing: all that was begun is settled.
    Async<std::optional<Outcome>> end();

  private:
    Async<void> carry(Async<Outcome> work, std::function<Status(const Outcome&)> settle);
    void take(const Outcome& outcome, const std::function<Status(const Outcome&)>& settle);

    Stage& stage_;
    Cut cut_;
    const Cut* outer_;
    MonoTime until_;
    Scope scope_;
    Signal bell_;
    std::size_t running_ = 0;
    std::optional<StepFailure> failure_{};
    bool is_late_ = false;
    bool was_cut_ = false;
};

/// Lets the calling coroutine be cancelled again, after it has waited for something that cannot be.
Async<void> be_cancellable();
/// From here on the calling coroutine is not cancelled.
Async<void> be_uncancellable();

}  // namespace meshai::mesh
