#include "mesh/registry/breaker.h"

namespace meshai::mesh {

Breaker CircuitBreaker::state(MonoTime now) const {
    if (!is_tripped_) return Breaker::Closed;
    return now - opened_at_ >= kBreakerOpenTime ? Breaker::HalfOpen : Breaker::Open;
}

bool CircuitBreaker::lets_through(MonoTime now, int running) const {
    switch (state(now)) {
        case Breaker::Closed:
            return true;
        case Breaker::Open:
            return false;
        case Breaker::HalfOpen:
            return running < kBreakerSuccessesToClose;
    }
    return false;
}

void CircuitBreaker::succeeded(MonoTime now) {
    failures_in_a_row_ = 0;
    switch (state(now)) {
        case Breaker::Closed:
            remember(true);
            break;
        case Breaker::Open:
            break;  // a call from before it opened says nothing about now
        case Breaker::HalfOpen:
            if (++successes_half_open_ >= kBreakerSuccessesToClose) *this = CircuitBreaker{};
            break;
    }
}

void CircuitBreaker::failed(MonoTime now) {
    switch (state(now)) {
        case Breaker::Open:
            return;
        case Breaker::HalfOpen:
            return open(now);
        case Breaker::Closed:
            break;
    }
    ++failures_in_a_row_;
    remember(false);
    const auto calls = static_cast<int>(window_.size());
    const bool rate_is_bad =
        calls >= kBreakerRateCallsMin && window_failures_ >= kBreakerErrorRateMax * calls;
    if (failures_in_a_row_ >= kBreakerFailuresMax || rate_is_bad) open(now);
}

void CircuitBreaker::open(MonoTime now) {
    *this = CircuitBreaker{};
    is_tripped_ = true;
    opened_at_ = now;
}

void CircuitBreaker::remember(bool success) {
    window_.push_back(success);
    if (!success) ++window_failures_;
    if (window_.size() <= static_cast<std::size_t>(kBreakerWindowCalls)) return;
    if (!window_.front()) --window_failures_;
    window_.pop_front();
}

}  // namespace meshai::mesh
