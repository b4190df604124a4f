#include <fmt/format.h>

#include <algorithm>

#include "task/log.h"

namespace meshai::task {
namespace {

constexpr MonoTime kAtOnce = MonoTime::min();

}  // namespace

Follower::Follower(TaskLog& log, Executor ex, TenantId tenant, TaskId id, Seq after)
    : log_(log),
      tenant_(std::move(tenant)),
      id_(std::move(id)),
      after_(after),
      news_(ex, log.clock()),
      bell_(ex, log.clock(), news_),
      watch_(log.engine().watch(tenant_, id_, news_)) {}

Async<Result<std::vector<Event>>> Follower::next(MonoTime deadline, std::size_t max) {
    if (finished_) co_return Error{Code::AlreadyFinished, "The task has finished; no event follows."};
    for (;;) {
        auto events = co_await take(max);
        if (!events || !events->empty()) co_return events;
        if (!start_checked_) {
            if (auto fine = co_await check_start(); !fine) co_return fine.error();
            continue;  // an event may have come while the start was looked at
        }
        // The ring is a hint: another process may have written, so the log is
        // looked at from time to time without one.
        const auto poll = std::min(deadline, log_.clock().in(store::kWatchPoll));
        const auto woken = co_await news_.wait_until(poll);
        if (woken == Wake::Cancelled) co_return Error{Code::Cancelled, "Following the task was cancelled."};
        // A bell that rang for events which have been read already is no reason
        // to come back with nothing; one that somebody else rang is.
        const bool is_called = co_await bell_.wait_until(kAtOnce) == Wake::Notified;
        const bool is_over = woken == Wake::Deadline && log_.clock().now() >= deadline;
        if (is_called || is_over) co_return co_await take(max);
    }
}

Async<Result<std::vector<Event>>> Follower::take(std::size_t max) {
    auto events = co_await log_.read(tenant_, id_, after_, max);
    if (!events || events->empty()) co_return events;
    after_ = events->back().seq;
    finished_ = is_last(events->back().body);
    start_checked_ = true;
    co_return events;
}

// A reader that begins behind the last event must hear so, and not wait for
// ever. The first look that finds nothing finds out.
Async<Status> Follower::check_start() {
    start_checked_ = true;
    if (after_ == Seq{0}) co_return Status{};
    const auto before = co_await log_.read(tenant_, id_, Seq{after_.value - 1}, 1);
    if (!before) co_return before.error();
    if (before->empty())
        co_return Error{Code::InvalidArgument, fmt::format("The task has no event {} yet.", after_.value)};
    if (!is_last(before->front().body)) co_return Status{};
    finished_ = true;
    co_return Error{Code::AlreadyFinished, "The task has finished; no event follows."};
}

}  // namespace meshai::task
