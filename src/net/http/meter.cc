#include "net/http/meter.h"

#include <algorithm>
#include <string>

namespace meshai::net::http {
namespace {

constexpr std::array<std::string_view, 8> kMethodNames = {"GET",    "POST", "PUT",     "PATCH",
                                                          "DELETE", "HEAD", "OPTIONS", "other"};

const std::vector<double> kSecondsBounds = {0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60, 300};

}  // namespace

Meter::Meter(Metrics& metrics)
    : metrics_(metrics),
      seconds_(metrics.histogram("meshai_http_request_duration_seconds",
                                 "From the head of a request to the end of its answer", kSecondsBounds)),
      connections_(metrics.gauge("meshai_http_connections", "Open connections of clients")),
      turned_away_(metrics.counter("meshai_http_connections_refused_total",
                                   "Connections closed at once because there were too many")),
      stream_bytes_(metrics.counter("meshai_http_stream_bytes_total", "Bytes written to streams")) {}

void Meter::answered(std::string_view method, int status, Duration took) {
    const auto known = std::ranges::find(kMethodNames, method);
    const auto row =
        std::min<std::size_t>(static_cast<std::size_t>(known - kMethodNames.begin()), kMethods - 1);
    const auto status_class = static_cast<std::size_t>(std::clamp(status / 100, 1, 5));
    auto*& counter = requests_[row][status_class];
    if (counter == nullptr)
        counter = &metrics_.counter(
            "meshai_http_requests_total", "Requests answered",
            {{"method", std::string(kMethodNames[row])}, {"class", std::to_string(status_class) + "xx"}});
    counter->add();
    seconds_.observe(std::chrono::duration<double>(took).count());
}

}  // namespace meshai::net::http
