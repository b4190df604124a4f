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
    kept_.erase(number);
}

void Streams::trim(MonoTime now) {
    std::lock_guard lock(mutex_);
    std::size_t bytes = unasked_->bytes();
    // Every request comes by here, with all streams kept: one that has ended is not asked again.
    for (auto& [number, kept] : kept_) {
        if (!kept.ended_at) {
            if (kept.outbox->is_ended()) kept.ended_at = now;
            kept.bytes = kept.outbox->bytes();
        }
        bytes += kept.bytes;
    }
    for (auto at = kept_.begin(); at != kept_.end();) {  // oldest first: numbers grow
        const auto& kept = at->second;
        const bool is_old = kept.ended_at && *kept.ended_at + limits_.stream_kept <= now;
        const bool is_over = bytes > limits_.session_bytes || kept_.size() > limits_.streams_kept;
        // What a client reads right now stays until it has it.
        const bool may_go = kept.ended_at && (is_old || is_over) && !kept.outbox->has_reader();
        if (may_go) bytes -= kept.bytes;
        at = may_go ? kept_.erase(at) : std::next(at);
    }
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
