// mesh/executor/reply.h
//
// An answer on its way from a coroutine of one executor to one that waits on
// another. The asker may stop waiting at any time; the work it asked for goes
// on, because its owner is the executor room and not the asker. Thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "base/signal.h"

namespace meshai::mesh {

template <class T>
class Reply {
  public:
    Reply(Executor asker, Clock& clock) : bell_(asker, clock) {}

    /// The first answer counts.
    void give(T answer) {
        {
            std::lock_guard lock(mutex_);
            if (!answer_) answer_ = std::move(answer);
        }
        bell_.notify();
    }

    /// The answer; nothing when `deadline` passes or the asker's scope is closed before.
    Async<std::optional<T>> wait(MonoTime deadline) {
        for (;;) {
            {
                std::lock_guard lock(mutex_);
                if (answer_) co_return std::move(answer_);
            }
            if (co_await bell_.wait_until(deadline) != Wake::Notified) co_return std::nullopt;
        }
    }

  private:
    Signal bell_;
    std::mutex mutex_;
    std::optional<T> answer_{};  // guarded by mutex_
};

}  // namespace meshai::mesh
