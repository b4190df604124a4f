// net/http/meter.h
//
// What an HTTP server counts. Handles are asked for once; labels have few
// values: methods that nobody knows are "other". One executor.
#pragma once

#include <array>
#include <string_view>

#include "base/clock.h"
#include "base/metrics.h"

namespace meshai::net::http {

class Meter {
  public:
    explicit Meter(Metrics& metrics);

    void answered(std::string_view method, int status, Duration took);
    void streamed(std::size_t bytes) { stream_bytes_.add(static_cast<double>(bytes)); }
    void connected() { connections_.add(1); }
    void disconnected() { connections_.add(-1); }
    void turned_away() { turned_away_.add(); }

  private:
    static constexpr std::size_t kMethods = 8;
    static constexpr std::size_t kClasses = 6;

    Metrics& metrics_;
    std::array<std::array<Counter*, kClasses>, kMethods> requests_{};
    Histogram& seconds_;
    Gauge& connections_;
    Counter& turned_away_;
    Counter& stream_bytes_;
};

}  // namespace meshai::net::http
