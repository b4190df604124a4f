// app/telemetry/delivery.h
//
// What an OTLP receiver's answer means for the request that it answers: taken,
// refused for good, or worth another try and when. Pure: the exporter sends and
// waits, this decides.
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "base/clock.h"
#include "net/client/client.h"

namespace meshai::app {

inline constexpr int kDeliveryTriesMax = 8;  ///< of one batch; then it is dropped
inline constexpr Duration kDeliveryBackoffFirst = std::chrono::seconds(1);
inline constexpr Duration kDeliveryBackoffMax = std::chrono::seconds(30);

struct Verdict {
    enum class Kind { Taken, Refused, TryAgain };
    Kind kind = Kind::Taken;
    std::optional<Duration> retry_after{};  ///< the receiver's own wish
    std::int64_t rejected_spans = 0;        ///< of a request that was taken
    std::string why{};                      ///< for our log; empty where all is well
};

Verdict verdict_on(const std::expected<net::http::Response, net::client::Failure>& answer, WallTime now);

/// How long to leave a receiver alone after so many failures in a row, 1 for the
/// first. `jitter` is in [0, 1).
Duration delivery_backoff(int failures, double jitter);

}  // namespace meshai::app
