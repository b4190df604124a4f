// net/tcp/real_loop.h
//
// For tests that need real sockets: one thread with the system's clock, which
// runs a coroutine to its end and gives back what it returns.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <optional>
#include <stdexcept>

#include "base/async.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/scope.h"

namespace meshai::net {

class RealLoop {
  public:
    RealLoop() : scope(ex(), clock, log) {}
    ~RealLoop() {
        scope.cancel();
        while (scope.running() > 0) step();
    }

    Executor ex() { return io_.get_executor(); }

    template <class T>
    T run(Async<T> work) {
        std::optional<T> got;
        scope.spawn("test", keep(std::move(work), got));
        while (!got) step();
        return std::move(*got);
    }

    void run(Async<void> work) { run(one(std::move(work))); }

    SystemClock clock;
    MemoryLog log;

  private:
    void step() {
        io_.restart();
        if (io_.run_one() == 0) throw std::runtime_error("the coroutine under test waits for nothing");
    }

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

}  // namespace meshai::net
