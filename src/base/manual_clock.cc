#include "base/manual_clock.h"

#include <algorithm>

namespace meshai {

class ManualClock::ManualAlarm final : public Alarm {
  public:
    ManualAlarm(ManualClock& clock, std::shared_ptr<std::function<void()>> fire)
        : clock_(clock), fire_(std::move(fire)) {}

    ~ManualAlarm() override {
        std::lock_guard lock(clock_.mutex_);
        auto& queue = clock_.queue_;
        auto mine = std::find_if(queue.begin(), queue.end(),
                                 [this](const auto& entry) { return entry.second.fire == fire_; });
        if (mine != queue.end()) queue.erase(mine);
    }

  private:
    ManualClock& clock_;
    std::shared_ptr<std::function<void()>> fire_;
};

MonoTime ManualClock::now() const {
    std::lock_guard lock(mutex_);
    return now_;
}

WallTime ManualClock::wall() const {
    std::lock_guard lock(mutex_);
    return WallTime{std::chrono::duration_cast<Millis>(now_.time_since_epoch()) + wall_offset_};
}

std::unique_ptr<Alarm> ManualClock::alarm(Executor ex, MonoTime when, std::function<void()> fire) {
    auto kept = std::make_shared<std::function<void()>>(std::move(fire));
    std::lock_guard lock(mutex_);
    queue_.emplace(when, Waiting{ex, kept});
    return std::make_unique<ManualAlarm>(*this, std::move(kept));
}

MonoTime ManualClock::next_alarm() const {
    std::lock_guard lock(mutex_);
    return queue_.empty() ? kNever : queue_.begin()->first;
}

void ManualClock::move_to(MonoTime when) {
    std::lock_guard lock(mutex_);
    now_ = std::max(now_, when);
    while (!queue_.empty() && queue_.begin()->first <= now_) {
        auto due = queue_.extract(queue_.begin()).mapped();
        // An alarm destroyed before its turn comes must not fire.
        asio::post(due.ex, [weak = std::weak_ptr(due.fire)] {
            if (auto alive = weak.lock()) (*alive)();
        });
    }
}

void ManualClock::step_wall(Millis by) {
    std::lock_guard lock(mutex_);
    wall_offset_ += by;
}

}  // namespace meshai
