#include "doors/mcp/sessions/streams.h"

#include <algorithm>
#include <iterator>

namespace meshai::doors::mcp {
namespace {

OutboxBounds bounds_of(const SessionLimits& limits) {
    return {limits.stream_messages, limits.stream_bytes};
}

}  // namespace

Streams::Streams(const SessionLimits& limits, Keep unasked)
    : limits_(limits),
      unasked_(std::make_shared<Outbox>(kUnaskedStream, unasked, bounds_of(limits), std::nullopt)) {}

std::shared_ptr<Outbox> Streams::open(std::size_t answers_due) {
    std::lock_guard lock(mutex_);
    auto outbox = std::make_shared<Outbox>(++last_, Keep::ForReplay, bounds_of(limits_), answers_due);
    kept_[last_] = {outbox};
    open_.insert(last_);
    return outbox;
}

std::shared_ptr<Outbox> Streams::find(std::uint64_t number) const {
    if (number == kUnaskedStream) return unasked_;
    std::lock_guard lock(mutex_);
    const auto found = kept_.find(number);
    return found == kept_.end() ? nullptr : found->second.outbox;
}

void Streams::forget(std::uint64_t number) {
    std::lock_guard lock(mutex_);
    if (const auto found = kept_.find(number); found != kept_.end()) drop(found);
}

void Streams::trim(MonoTime now) {
    std::lock_guard lock(mutex_);
    std::size_t open_bytes = unasked_->bytes();
    for (auto at = open_.begin(); at != open_.end();) {
        auto& kept = kept_.at(*at);
        const bool has_ended = kept.outbox->is_ended();
        if (has_ended)
            note_ended(kept, *at, now);
        else
            open_bytes += kept.outbox->bytes();
        at = has_ended ? open_.erase(at) : std::next(at);
    }
    for (auto at = ended_.begin(); at != ended_.end();) {  // oldest first
        const auto& [ended_at, number] = *at++;
        const bool is_old = ended_at + limits_.stream_kept <= now;
        const bool is_over =
            open_bytes + ended_bytes_ > limits_.session_bytes || kept_.size() > limits_.streams_kept;
        if (!is_old && !is_over) break;
        const auto found = kept_.find(number);
        // What a client reads right now stays until it has it.
        if (!found->second.outbox->has_reader()) drop(found);
    }
}

void Streams::note_ended(Kept& kept, std::uint64_t number, MonoTime now) {
    kept.ended_at = now;
    kept.bytes = kept.outbox->bytes();
    ended_bytes_ += kept.bytes;
    ended_.emplace(now, number);
}

void Streams::drop(Table::iterator at) {
    const auto& [number, kept] = *at;
    if (kept.ended_at) {
        ended_.erase({*kept.ended_at, number});
        ended_bytes_ -= kept.bytes;
    } else {
        open_.erase(number);
    }
    kept_.erase(at);
}

void Streams::end_all() {
    std::lock_guard lock(mutex_);
    unasked_->end();
    for (const auto& [number, kept] : kept_) kept.outbox->end();
}

bool Streams::has_reader() const {
    std::lock_guard lock(mutex_);
    return unasked_->has_reader() ||
           std::ranges::any_of(kept_, [](const auto& one) { return one.second.outbox->has_reader(); });
}

}  // namespace meshai::doors::mcp
