// app/operator/blocking.h
//
// A short piece of the server's work in a command: runs one coroutine on `loop`
// until it has ended, and gives back what it returns. For commands that do one
// thing and leave; never used while serving. The loop belongs to the caller and
// outlives the store: the store's thread may still be about to leave its call
// into the loop when the answer is already here.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <functional>
#include <optional>

#include "base/async.h"

namespace meshai::app {

/// The store answers on another thread meanwhile, so the loop is held open until the end.
template <class T>
T run_to_end(asio::io_context& loop, const std::function<Async<T>()>& begin) {
    std::optional<T> got;
    const auto keep = [&loop, &got, &begin]() -> Async<void> {
        got.emplace(co_await begin());
        loop.stop();
    };
    asio::co_spawn(loop.get_executor(), keep(), [](const std::exception_ptr& failure) {
        if (failure) std::rethrow_exception(failure);
    });
    auto work = asio::make_work_guard(loop);
    loop.restart();
    loop.run();
    return std::move(*got);
}

}  // namespace meshai::app
