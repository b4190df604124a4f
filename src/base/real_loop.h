// base/real_loop.h
//
// One thread of the server in real time, for the few tests that need real
// sockets, files or programs: it runs coroutines to their end and gives back
// what they return. Such a test takes as long as what it waits for, and fails by
// the runner's own limit if that never comes. Everything else uses test_loop.h.
#pragma once

#include <functional>
#include <optional>
#include <stdexcept>
#include <utility>

#include "base/async.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/scope.h"

namespace meshai {

class RealLoop {
  public:
    RealLoop() : scope(ex(), clock, log) {}
    ~RealLoop() {
        scope.cancel();
        finish();
        // What others have spawned here was told to end when they went: it does.
        io_.restart();
        while (io_.poll() > 0) io_.restart();
    }
    RealLoop(const RealLoop&) = delete;
    RealLoop& operator=(const RealLoop&) = delete;

    Executor ex() { return io_.get_executor(); }

    /// Runs `work` to its end and gives back what it returns.
    template <class T>
    T run(Async<T> work) {
        std::optional<T> got;
        start<T>(std::move(work), [&got](T value) { got.emplace(std::move(value)); });
        while (!got) step();
        return std::move(*got);
    }

    void run(Async<void> work) { run(one(std::move(work))); }

    /// Starts `work`; `done` hears what it returns, while the loop runs.
    template <class T>
    void start(Async<T> work, std::function<void(T)> done) {
        scope.spawn("test", tell(std::move(work), std::move(done)));
    }

    /// Runs until everything that was started has ended.
    void finish() {
        while (scope.running() > 0) step();
    }

    SystemClock clock;
    MemoryLog log;

  private:
    void step() {
        io_.restart();
        if (io_.run_one() == 0) throw std::runtime_error("the coroutine under test waits for nothing");
    }

    template <class T>
    static Async<void> tell(Async<T> work, std::function<void(T)> done) {
        done(co_await std::move(work));
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
