#include "net/memory/pipe.h"

#include <algorithm>

namespace meshai::net {
namespace {

constexpr std::size_t kSplitPieceMax = 24;

Error broken() {
    return Error{Code::Unavailable, "The connection broke."};
}

Status waited(Wake woken, MonoTime deadline, const Clock& clock) {
    if (woken == Wake::Cancelled) return Error{Code::Cancelled, "The wait was cancelled."};
    if (woken == Wake::Deadline && clock.now() >= deadline)
        return Error{Code::Timeout, "The peer was silent for too long."};
    return Status{};
}

}  // namespace

Pipe::Pipe(Executor reader, Executor writer, Clock& clock, std::size_t bytes_max, PipeFaults faults)
    : clock_(clock), bytes_max_(bytes_max), faults_(faults), filled_(reader, clock), emptied_(writer, clock) {
    if (faults_.split_seed) split_.emplace(*faults_.split_seed);
}

bool Pipe::has_something(MonoTime now) const {
    if (segments_.empty()) return finished_;
    return segments_.front().ready <= now;
}

Async<Status> Pipe::readable(MonoTime deadline) {
    if (co_await is_cancelled()) co_return Error{Code::Cancelled, "The wait was cancelled."};
    for (;;) {
        if (reset_ && segments_.empty()) co_return broken();
        if (abandoned_) co_return Error{Code::Unavailable, "The connection is closed."};
        if (has_something(clock_.now())) co_return Status{};
        const auto until = segments_.empty() ? deadline : std::min(deadline, segments_.front().ready);
        auto status = waited(co_await filled_.wait_until(until), deadline, clock_);
        if (!status) co_return status;
    }
}

std::size_t Pipe::take(std::span<char> into) {
    if (segments_.empty() || into.empty()) return 0;
    auto& front = segments_.front();
    auto count = std::min(into.size(), front.bytes.size() - front.taken);
    if (split_) count = std::min<std::size_t>(count, 1 + split_->number(kSplitPieceMax));
    std::copy_n(front.bytes.data() + front.taken, count, into.data());
    front.taken += count;
    if (front.taken == front.bytes.size()) segments_.pop_front();
    bytes_ -= count;
    emptied_.notify();
    return count;
}

void Pipe::put(std::string_view bytes) {
    const auto ready = clock_.now() + faults_.delay;
    if (!segments_.empty() && segments_.back().ready == ready)
        segments_.back().bytes += bytes;
    else
        segments_.push_back(Segment{ready, std::string(bytes)});
    bytes_ += bytes.size();
    passed_ += bytes.size();
    filled_.notify();
}

Async<Status> Pipe::write(std::string_view bytes, MonoTime deadline) {
    if (co_await is_cancelled()) co_return Error{Code::Cancelled, "The write was cancelled."};
    while (!bytes.empty()) {
        if (reset_ || abandoned_ || finished_) co_return broken();
        const auto room = bytes_max_ - bytes_;
        auto count = std::min(room, bytes.size());
        const bool is_cut = faults_.cut_after && passed_ + count >= *faults_.cut_after;
        if (is_cut) count = *faults_.cut_after - passed_;
        if (count > 0) put(bytes.substr(0, count));
        bytes.remove_prefix(count);
        if (is_cut && faults_.is_cut_orderly)
            finish();
        else if (is_cut)
            break_off();
        else if (!bytes.empty()) {
            auto status = waited(co_await emptied_.wait_until(deadline), deadline, clock_);
            if (!status) co_return status;
        }
    }
    co_return Status{};
}

void Pipe::finish() {
    finished_ = true;
    filled_.notify();
    emptied_.notify();
}

bool Pipe::abandon() {
    abandoned_ = true;
    filled_.notify();
    emptied_.notify();
    return bytes_ > 0;
}

void Pipe::break_off() {
    reset_ = true;
    filled_.notify();
    emptied_.notify();
}

void Pipe::reset() {
    segments_.clear();
    bytes_ = 0;
    break_off();
}

}  // namespace meshai::net
