// base/test_loop.h
//
// One thread of the server, driven by a test: it runs what is ready, lets
// manual time pass, and gives back what a coroutine returns. Takes no real time.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <optional>
#include <stdexcept>
#include <utility>

#include "base/async.h"
#include "base/log.h"
#include "base/manual_clock.h"
#include "base/random.h"
#include "base/scope.h"

namespace meshai {

class TestLoop {
  public:
    explicit TestLoop(std::uint64_t seed = 1) : random(seed), scope(ex(), clock, log) {}

    ~TestLoop() {
        scope.cancel();
        settle();
    }

    Executor ex() { return io_.get_executor(); }

    /// Runs everything that is ready and all that follows from it.
    void settle() {
        io_.restart();
        while (io_.poll() > 0) io_.restart();
    }

    /// Lets `span` pass, alarm by alarm.
    void passes(Duration span) {
        settle();
        const auto until = clock.now() + span;
        while (clock.next_alarm() <= until) {
            clock.move_to(clock.next_alarm());
            settle();
        }
        clock.move_to(until);
        settle();
    }

    /// Runs `work` to its end, letting time pass where it waits, and gives back what it returns.
    template <class T>
    T run(Async<T> work) {
        std::optional<T> got;
        scope.spawn("test", keep(std::move(work), got));
        settle();
        for (int waits = 0; !got && clock.next_alarm() != kNever && waits < kWaitsMax; ++waits)
            passes(clock.next_alarm() - clock.now());
        if (!got) throw std::runtime_error("the coroutine under test never ended");
        return std::move(*got);
    }

    void run(Async<void> work) { run(one(std::move(work))); }

    ManualClock clock;
    SeededRandom random;
    MemoryLog log;

  private:
    static constexpr int kWaitsMax = 100'000;

    template <class T>
    static Async<void> keep(Async<T> work, std::optional<T>& got) {
        got.emplace(co_await std::move(work));
    }

    static Async<int> one(Async<void> work) {
        co_await std::move(work);
        co_return 1;
    }

    asio::io_context io_{1};

  public:
    Scope scope;
};

}  // namespace meshai
