// base/async.h
//
// The coroutine type of the house. `Async<T>` starts when it is awaited or
// spawned in a Scope, runs on one executor (one thread of the server) from
// begin to end, and is cancelled by closing the scope that owns it.
// Cancellation is a return value (Code::Cancelled, Wake::Cancelled), never an
// exception. Boost.Asio is included through this header only.
#pragma once

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace meshai {

namespace asio = boost::asio;

/// One thread of the server: everything spawned on it runs there, one piece at a time.
using Executor = asio::io_context::executor_type;

template <class T>
using Async = asio::awaitable<T, Executor>;

inline constexpr asio::use_awaitable_t<Executor> use_async{};

/// Whether the scope that owns this coroutine has been asked to close.
inline Async<bool> is_cancelled() {
    const auto state = co_await asio::this_coro::cancellation_state;
    co_return state.cancelled() != asio::cancellation_type::none;
}

/// The executor on which the calling coroutine runs.
inline Async<Executor> this_executor() {
    co_return co_await asio::this_coro::executor;
}

}  // namespace meshai
