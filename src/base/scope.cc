#include "base/scope.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <cassert>
#include <list>

#include "base/log.h"
#include "base/signal.h"

namespace meshai {

struct Scope::State {
    struct Child {
        std::string name;
        asio::cancellation_signal cancel{};
    };

    State(Executor executor, Clock& the_clock, Log& the_log)
        : ex(executor), clock(the_clock), log(the_log), emptied(executor, the_clock) {}

    Executor ex;
    Clock& clock;
    Log& log;
    Signal emptied;
    std::list<Child> children;
    bool closed = false;

    void ended(std::list<Child>::iterator child, const std::exception_ptr& failure) {
        if (failure) report(child->name, failure);
        children.erase(child);
        if (children.empty()) emptied.notify();
    }

    void report(const std::string& name, const std::exception_ptr& failure) {
        try {
            std::rethrow_exception(failure);
        } catch (const std::exception& error) {
            log.error("a coroutine ended by an exception, which is a bug",
                      {{"coroutine", name}, {"what", error.what()}});
        } catch (...) {
            log.error("a coroutine ended by an unknown exception, which is a bug", {{"coroutine", name}});
        }
    }
};

namespace {

Async<void> quietly(Async<void> work) {
    // Cancellation is a return value here, so Asio must not turn it into an exception.
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await std::move(work);
}

}  // namespace

Scope::Scope(Executor ex, Clock& clock, Log& log) : state_(std::make_shared<State>(ex, clock, log)) {}

Scope::~Scope() = default;

bool Scope::spawn(std::string name, Async<void> work) {
    if (state_->closed) return false;
    auto child = state_->children.emplace(state_->children.end());
    child->name = std::move(name);
    asio::co_spawn(state_->ex, quietly(std::move(work)),
                   asio::bind_cancellation_slot(child->cancel.slot(),
                                                [state = state_, child](const std::exception_ptr& failure) {
                                                    state->ended(child, failure);
                                                }));
    return true;
}

void Scope::cancel() {
    state_->closed = true;
    // Asio hands a cancellation to a child by a bare pointer and, outside of
    // the executor, later: a child that ends in between would be gone by then.
    // On the executor it is handed over at once, so it is done there.
    asio::dispatch(state_->ex, [state = state_] {
        for (auto& child : state->children) child.cancel.emit(asio::cancellation_type::terminal);
    });
}

Async<void> Scope::drained() {
    auto state = state_;
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    while (!state->children.empty()) co_await state->emptied.wait_until(kNever);
}

Async<void> Scope::close() {
    cancel();
    co_await drained();
}

std::size_t Scope::running() const {
    return state_->children.size();
}

Executor Scope::executor() const {
    return state_->ex;
}

}  // namespace meshai
