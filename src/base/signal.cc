#include "base/signal.h"

#include <functional>
#include <mutex>

namespace meshai {

struct Signal::State : std::enable_shared_from_this<State> {
    State(Executor executor, Clock& the_clock) : ex(executor), clock(the_clock) {}

    Executor ex;
    Clock& clock;
    std::shared_ptr<State> other{};  // set when made, never changed

    std::mutex mutex;
    bool notified = false;                            // guarded by mutex
    bool waiting = false;                             // guarded by mutex
    std::move_only_function<void(Wake)> resume = {};  // on ex only
    std::unique_ptr<Alarm> alarm;                     // on ex only

    void finish(Wake why) {
        if (!resume) return;
        {
            std::lock_guard lock(mutex);
            waiting = false;
            if (why == Wake::Notified) notified = false;
        }
        alarm.reset();
        auto resume_once = std::move(resume);
        resume = nullptr;
        resume_once(why);
    }

    void ring() {
        bool somebody_waits = false;
        {
            std::lock_guard lock(mutex);
            somebody_waits = waiting && !notified;
            notified = true;
        }
        if (somebody_waits) post_finish(Wake::Notified);
        if (other) other->ring();
    }

    void post_finish(Wake why) {
        asio::post(ex, [self = shared_from_this(), why] { self->finish(why); });
    }

    template <class Handler>
    void begin(MonoTime deadline, Handler handler) {
        auto slot = asio::get_associated_cancellation_slot(handler);
        resume = [slot, kept = std::move(handler)](Wake why) mutable {
            if (slot.is_connected()) slot.clear();
            std::move(kept)(why);
        };
        if (slot.is_connected())
            slot.assign([weak = weak_from_this()](asio::cancellation_type) {
                if (auto self = weak.lock()) self->post_finish(Wake::Cancelled);
            });
        bool rung = false;
        {
            std::lock_guard lock(mutex);
            waiting = true;
            rung = notified;
        }
        if (rung) return post_finish(Wake::Notified);
        if (deadline != kNever)
            alarm = clock.alarm(ex, deadline, [weak = weak_from_this()] {
                if (auto self = weak.lock()) self->finish(Wake::Deadline);
            });
    }
};

Signal::Signal(Executor ex, Clock& clock) : state_(std::make_shared<State>(ex, clock)) {}

Signal::Signal(Executor ex, Clock& clock, Signal other) : Signal(ex, clock) {
    state_->other = std::move(other.state_);
}

void Signal::notify() const {
    state_->ring();
}

Async<Wake> Signal::wait_until(MonoTime deadline) const {
    auto state = state_;
    if (co_await is_cancelled()) co_return Wake::Cancelled;
    {
        std::lock_guard lock(state->mutex);
        if (state->notified) {
            state->notified = false;
            co_return Wake::Notified;
        }
    }
    if (deadline <= state->clock.now()) co_return Wake::Deadline;
    auto start = [state, deadline](auto handler) { state->begin(deadline, std::move(handler)); };
    co_return co_await asio::async_initiate<decltype(use_async), void(Wake)>(start, use_async);
}

Async<Status> pause(Clock& clock, Duration wait) {
    Signal never_rung(co_await asio::this_coro::executor, clock);
    const auto woken = co_await never_rung.wait_until(clock.in(wait));
    if (woken == Wake::Cancelled) co_return Error{Code::Cancelled, "The wait was cancelled."};
    co_return Status{};
}

}  // namespace meshai
