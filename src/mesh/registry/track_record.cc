#include "mesh/registry/track_record.h"

#include <algorithm>

namespace meshai::mesh {

void TrackRecord::succeeded(MonoTime, Millis duration) {
    const auto ms = std::max(static_cast<double>(duration.count()), 1.0);
    response_time_ms_ = response_time_ms_ == 0
                            ? ms
                            : kResponseTimeWeight * ms + (1 - kResponseTimeWeight) * response_time_ms_;
    remember({true, ms});
    recover_a_step();
}

void TrackRecord::failed(MonoTime now, Millis duration) {
    remember({false, static_cast<double>(duration.count())});
    successes_in_a_row_ = 0;
    failures_.push_back(now);
    if (failures_.size() > static_cast<std::size_t>(kFailoverFailures)) failures_.pop_front();
    const bool many = failures_.size() == static_cast<std::size_t>(kFailoverFailures);
    if (many && now - failures_.front() <= kFailoverWindow) failed_over_ = true;
}

void TrackRecord::recover_a_step() {
    if (++successes_in_a_row_ < kFailoverSuccesses) return;
    failed_over_ = false;
    failures_.clear();
}

bool TrackRecord::is_failed_over(MonoTime now) const {
    return failed_over_ && !failures_.empty() && now - failures_.back() <= kFailoverWindow;
}

void TrackRecord::remember(Call call) {
    ++calls_;
    window_.push_back(call);
    if (window_.size() > static_cast<std::size_t>(kBreakerWindowCalls)) window_.pop_front();
}

double TrackRecord::success_rate() const {
    if (window_.empty()) return 1;
    const auto good = std::ranges::count_if(window_, &Call::success);
    return static_cast<double>(good) / static_cast<double>(window_.size());
}

double TrackRecord::trend() const {
    if (window_.size() < kTrendCallsMin) return 0;
    struct Half {
        double calls = 0, successes = 0, ms = 0;
        double rate() const { return successes / calls; }
        double mean_ms() const { return successes > 0 ? ms / successes : 0; }
    };
    Half older;
    Half newer;
    for (std::size_t i = 0; i < window_.size(); ++i) {
        auto& half = i < window_.size() / 2 ? older : newer;
        half.calls += 1;
        if (!window_[i].success) continue;
        half.successes += 1;
        half.ms += window_[i].ms;
    }
    const double slowest = std::max(older.mean_ms(), newer.mean_ms());
    const bool both_known = older.mean_ms() > 0 && newer.mean_ms() > 0;
    const double speed = both_known ? (older.mean_ms() - newer.mean_ms()) / slowest : 0;
    return std::clamp((newer.rate() - older.rate() + speed) / 2, -1.0, 1.0);
}

}  // namespace meshai::mesh
