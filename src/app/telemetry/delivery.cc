#include "app/telemetry/delivery.h"

#include <fmt/format.h>

#include <algorithm>

#include "agents/retry_after.h"
#include "wire/otlp/encode.h"

namespace meshai::app {
namespace {

using Kind = Verdict::Kind;

// OTLP/HTTP, Retryable Response Codes: 429, 502, 503 and 504; "All other 4xx or
// 5xx response status codes MUST NOT be retried."
bool is_retryable(int status) {
    return status == 429 || status == 502 || status == 503 || status == 504;
}

Verdict taken(const net::http::Response& response) {
    auto partial = wire::otlp::parse_export_response(response.body);
    Verdict verdict;
    verdict.rejected_spans = partial.rejected_spans;
    // "The client MUST NOT retry the request when it receives a partial success."
    if (partial.rejected_spans > 0)
        verdict.why = fmt::format("{} spans were rejected: {}", partial.rejected_spans, partial.message);
    return verdict;
}

}  // namespace

Verdict verdict_on(const std::expected<net::http::Response, net::client::Failure>& answer, WallTime now) {
    if (!answer) {
        const auto& error = answer.error().error;
        // A bad address stays bad; whatever else went wrong between us may pass.
        const bool is_ours = error.code == Code::InvalidArgument || error.code == Code::Configuration;
        return {.kind = is_ours ? Kind::Refused : Kind::TryAgain, .why = error.message};
    }
    if (answer->status >= 200 && answer->status <= 299) return taken(*answer);
    Verdict verdict{.kind = is_retryable(answer->status) ? Kind::TryAgain : Kind::Refused,
                    .why = fmt::format("it answered {}", answer->status)};
    const auto wish = answer->headers.get("Retry-After");
    if (verdict.kind == Kind::TryAgain && wish)
        if (const auto wait = agents::parse_retry_after(*wish, now)) verdict.retry_after = *wait;
    return verdict;
}

Duration delivery_backoff(int failures, double jitter) {
    auto wait = kDeliveryBackoffFirst;
    for (int i = 1; i < failures && wait < kDeliveryBackoffMax; ++i) wait *= 2;
    wait = std::min(wait, kDeliveryBackoffMax);
    // Half of it is chance, so that many servers do not come back at once.
    return wait / 2 + std::chrono::duration_cast<Duration>(wait / 2 * jitter);
}

}  // namespace meshai::app
