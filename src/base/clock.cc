#include "base/clock.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <boost/asio/steady_timer.hpp>
#include <ctime>

namespace meshai {
namespace {

using Timer =
    boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                      boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

class SystemAlarm final : public Alarm {
  public:
    SystemAlarm(Executor ex, MonoTime when, std::function<void()> fire)
        : timer_(ex, when), fire_(std::make_shared<std::function<void()>>(std::move(fire))) {
        // The handler may already be queued when the alarm is destroyed; it
        // then finds the function gone.
        timer_.async_wait([weak = std::weak_ptr(fire_)](boost::system::error_code error) {
            if (error) return;
            if (auto alive = weak.lock()) (*alive)();
        });
    }

  private:
    Timer timer_;
    std::shared_ptr<std::function<void()>> fire_;
};

std::string date_and_time(WallTime time) {
    const std::time_t seconds =
        static_cast<std::time_t>(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}", parts);
}

}  // namespace

MonoTime SystemClock::now() const {
    return std::chrono::steady_clock::now();
}

WallTime SystemClock::wall() const {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::unique_ptr<Alarm> SystemClock::alarm(Executor ex, MonoTime when, std::function<void()> fire) {
    return std::make_unique<SystemAlarm>(ex, when, std::move(fire));
}

std::string rfc3339(WallTime time) {
    return date_and_time(time) + "Z";
}

std::string rfc3339_ms(WallTime time) {
    const auto ms = unix_ms(time) % 1000;
    return fmt::format("{}.{:03}Z", date_and_time(time), ms < 0 ? ms + 1000 : ms);
}

}  // namespace meshai
