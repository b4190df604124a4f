#include "app/process/signals.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdlib>

namespace meshai::app {
namespace {

using SignalSet = asio::basic_signal_set<Executor>;

/// What a shell sees of a process that a signal ended: 128 and the signal's number.
constexpr int kExitByInterrupt = 128 + SIGINT;

}  // namespace

struct Signals::State {
    explicit State(Executor ex) : set(ex, SIGTERM, SIGINT, SIGHUP) {}
    SignalSet set;
};

Signals::Signals(Executor ex) : state_(std::make_unique<State>(ex)) {
    std::signal(SIGPIPE, SIG_IGN);
}

Signals::~Signals() = default;

Async<Wish> Signals::next() {
    boost::system::error_code error;
    const int got = co_await state_->set.async_wait(asio::redirect_error(use_async, error));
    co_return !error && got == SIGHUP ? Wish::Reload : Wish::End;
}

void Signals::end_at_once() {
    state_->set.async_wait([this](boost::system::error_code error, int got) {
        if (error) return;
        if (got == SIGHUP) return end_at_once();
        std::_Exit(kExitByInterrupt);
    });
}

}  // namespace meshai::app
