// store/sqlite/hand_over.h
//
// How a coroutine gives work to one of the store's own threads and goes on,
// with the answer, on its own executor. The work always finishes: closing the
// scope of the coroutine does not take it back, it only is noticed afterwards.
#pragma once

#include <functional>
#include <utility>

#include "base/async.h"

namespace meshai::store {

/// Where an answer goes. Called once, from any thread.
template <class T>
class Reply {
  public:
    Reply(Executor ex, std::move_only_function<void(T)> resume) : ex_(ex), resume_(std::move(resume)) {}

    void operator()(T answer) {
        asio::post(ex_, [resume = std::move(resume_), answer = std::move(answer)]() mutable {
            resume(std::move(answer));
        });
    }

  private:
    Executor ex_;
    std::move_only_function<void(T)> resume_;
};

/// Calls `start` with a Reply and waits until it is answered.
template <class T, class Start>
Async<T> hand_over(Start start) {
    const auto ex = co_await this_executor();
    auto initiate = [ex](auto handler, Start begin) { begin(Reply<T>(ex, std::move(handler))); };
    co_return co_await asio::async_initiate<decltype(use_async), void(T)>(std::move(initiate), use_async,
                                                                          std::move(start));
}

}  // namespace meshai::store
