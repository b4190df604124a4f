#include "store/sqlite/queue.h"

namespace meshai::store {
namespace {

const Error kClosed{Code::Unavailable, "The store is closed."};
const Error kBusy{Code::Unavailable, "The store has too much to write; try again in a moment."};

}  // namespace

Async<Status> WriterQueue::reserve(std::size_t bytes, MonoTime deadline, Clock& clock) {
    std::optional<Signal> room;
    for (;;) {
        {
            std::lock_guard lock(mutex_);
            if (closed_) co_return kClosed;
            if (places_ < kJobsMax && bytes_ + bytes <= kBytesMax) {
                ++places_;
                bytes_ += bytes;
                co_return Status{};
            }
            if (waiters_.size() >= kWaitersMax) co_return kBusy;
        }
        if (!room) room.emplace(co_await this_executor(), clock);
        {
            std::lock_guard lock(mutex_);
            // Room may have been made between the two locks; then nobody would ring.
            if (places_ < kJobsMax && bytes_ + bytes <= kBytesMax) continue;
            waiters_.push_back(*room);
        }
        const auto woken = co_await room->wait_until(deadline);
        if (woken == Wake::Cancelled)
            co_return Error{Code::Cancelled, "The commit was cancelled before it began."};
        if (woken == Wake::Deadline) co_return kBusy;
    }
}

bool WriterQueue::push(Job& job, std::size_t bytes) {
    {
        std::lock_guard lock(mutex_);
        if (closed_) return false;
        jobs_.push_back({std::move(job), bytes});
    }
    filled_.notify_one();
    return true;
}

std::vector<Job> WriterQueue::take(bool patient) {
    std::vector<Waiting> taken;
    {
        std::unique_lock lock(mutex_);
        if (patient) filled_.wait(lock, [this] { return closed_ || !jobs_.empty(); });
        taken.swap(jobs_);
        for (const auto& waiting : taken) {
            --places_;
            bytes_ -= waiting.bytes;
        }
        if (!taken.empty()) wake_waiters();
    }
    std::vector<Job> jobs;
    jobs.reserve(taken.size());
    for (auto& waiting : taken) jobs.push_back(std::move(waiting.job));
    return jobs;
}

void WriterQueue::close() {
    {
        std::lock_guard lock(mutex_);
        closed_ = true;
        wake_waiters();
    }
    filled_.notify_all();
}

bool WriterQueue::is_closed() const {
    std::lock_guard lock(mutex_);
    return closed_;
}

void WriterQueue::wake_waiters() {
    for (const auto& waiter : waiters_) waiter.notify();
    waiters_.clear();
}

}  // namespace meshai::store
