// base/bounded_queue.h
//
// A queue between two coroutines of one executor, with a bound that has a name
// at the place where it is made. Who pushes into a full queue waits (push) or
// is told (try_push); who pops from an empty one waits. One consumer, one
// waiting producer at a time.
#pragma once

#include <deque>
#include <optional>

#include "base/signal.h"

namespace meshai {

template <class T>
class BoundedQueue {
  public:
    BoundedQueue(Executor ex, Clock& clock, std::size_t items_max)
        : items_max_(items_max), filled_(ex, clock), emptied_(ex, clock) {}

    /// False when the queue is full or closed; `item` is then untouched.
    bool try_push(T& item) {
        if (closed_ || items_.size() >= items_max_) return false;
        items_.push_back(std::move(item));
        filled_.notify();
        return true;
    }

    /// Waits for room. False when the queue is closed or the scope is.
    Async<bool> push(T item) {
        while (!try_push(item)) {
            if (closed_) co_return false;
            if (co_await emptied_.wait_until(kNever) == Wake::Cancelled) co_return false;
        }
        co_return true;
    }

    /// The next item; nothing when the deadline passed, the scope is closed, or
    /// the queue is closed and empty (tell them apart by `is_finished`).
    Async<std::optional<T>> pop(MonoTime deadline) {
        while (items_.empty()) {
            if (closed_) co_return std::nullopt;
            if (co_await filled_.wait_until(deadline) != Wake::Notified) break;
        }
        if (items_.empty()) co_return std::nullopt;
        std::optional<T> item(std::move(items_.front()));
        items_.pop_front();
        emptied_.notify();
        co_return item;
    }

    /// Nothing more will be pushed; what is queued can still be popped.
    void close() {
        closed_ = true;
        filled_.notify();
        emptied_.notify();
    }

    bool is_finished() const { return closed_ && items_.empty(); }
    std::size_t size() const { return items_.size(); }

  private:
    std::size_t items_max_;
    std::deque<T> items_{};
    bool closed_ = false;
    Signal filled_;
    Signal emptied_;
};

}  // namespace meshai
