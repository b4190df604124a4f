// app/process/across.h
//
// Work on another thread, awaited from this one: the one place where a
// coroutine leaves its executor. Used to start and to drain the parts that live
// on the other threads.
#pragma once

#include <boost/asio/co_spawn.hpp>

#include "base/async.h"

namespace meshai::app {

/// Runs `work` on `ex` and continues here when it has ended.
template <class T>
Async<T> on(Executor ex, Async<T> work) {
    co_return co_await asio::co_spawn(ex, std::move(work), use_async);
}

}  // namespace meshai::app
