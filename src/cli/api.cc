#include "cli/api.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/signal.h"

namespace meshai::cli {
namespace {

constexpr std::size_t kStreamBytesMax = 4ULL << 30U;
/// The server sends a keepalive every 15 s; three missing ones mean that nobody is there.
constexpr Duration kStreamSilence = std::chrono::seconds(45);
constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr int kTooManyRequests = 429;
constexpr Duration kRetryAfterMax = std::chrono::minutes(5);

Trouble unreachable(const net::client::Failure& failure, const Target& target) {
    auto error = failure.error;
    error.message = fmt::format("{} does not answer: {}", to_text(target.url), error.message);
    return {std::move(error), 0, std::nullopt};
}

}  // namespace

std::optional<Duration> retry_after_of(const net::http::Headers& headers) {
    const auto text = headers.get("Retry-After");
    if (!text) return std::nullopt;
    unsigned seconds = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
    if (error != std::errc{} || end != text->data() + text->size()) return std::nullopt;
    return std::min<Duration>(std::chrono::seconds(seconds), kRetryAfterMax);
}

Trouble trouble_of(int status, const net::http::Headers& headers, const std::string& body) {
    Trouble trouble{{Code::Internal, fmt::format("The server answered with status {}.", status)},
                    status,
                    retry_after_of(headers)};
    const auto problem = parse_json_object(body);
    if (!problem) return trouble;
    if (const auto code = find_string(*problem, "code")) trouble.error.code = code_of(*code);
    for (const auto* member : {"detail", "message", "error"}) {
        if (auto text = find_string(*problem, member)) {
            trouble.error.message = std::move(*text);
            break;
        }
    }
    return trouble;
}

bool Trouble::may_pass() const {
    if (status == 0) return error.code != Code::InvalidArgument && error.code != Code::Cancelled;
    return status == kTooManyRequests || status == 502 || status == 503 || status == 504;
}

ExitCode Trouble::exit_code() const {
    if (status == 0) return error.code == Code::InvalidArgument ? kUsage : kUnreachable;
    if (status == kUnauthorized || status == kForbidden) return kDenied;
    if (status == 404 || status == 410) return kNotFound;
    if (status == 400 || status == 409 || status == 413 || status == 422) return kUsage;
    return kFailed;
}

Duration retry_wait(int tries) {
    return std::min(kRetryMax, kRetryFirst * (1 << std::min(tries, 10)));
}

std::string percent_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                              c == '-' || c == '.' || c == '_' || c == '~';
        if (is_plain)
            out += c;
        else
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

Api::Api(net::client::Client& http, Clock& clock, Target target)
    : http_(http), clock_(clock), target_(std::move(target)) {}

net::client::Request Api::request_of(const ApiCall& wanted) const {
    net::client::Request request{.method = wanted.method, .url = target_.at(wanted.path)};
    // The operator's own command goes where it is told to, loopback first of all.
    request.reach = net::Reach::Anywhere;
    request.headers.add("Authorization", "Bearer " + target_.key);
    request.headers.add("Accept", "application/json");
    if (wanted.body) {
        request.headers.add("Content-Type", "application/json");
        request.body = to_text(*wanted.body);
    }
    if (!wanted.idempotency_key.empty()) request.headers.add("Idempotency-Key", wanted.idempotency_key);
    return request;
}

Async<Reply<json::value>> Api::call(ApiCall wanted) {
    auto request = request_of(wanted);
    auto response = co_await http_.fetch(std::move(request));
    if (!response) co_return std::unexpected(unreachable(response.error(), target_));
    if (response->status < 200 || response->status > 299)
        co_return std::unexpected(trouble_of(response->status, response->headers, response->body));
    auto body = parse_json(response->body);
    if (!body) co_return json::value(response->body);
    co_return std::move(*body);
}

Async<Reply<json::value>> Api::call_patiently(ApiCall wanted, MonoTime give_up) {
    for (int tries = 0;; ++tries) {
        auto reply = co_await call(wanted);
        if (reply || !reply.error().may_pass()) co_return reply;
        const auto wait = reply.error().retry_after.value_or(retry_wait(tries));
        if (clock_.in(wait) > give_up) co_return reply;
        if (auto waited = co_await pause(clock_, wait); !waited) co_return reply;
    }
}

Async<Reply<std::unique_ptr<net::client::Answer>>> Api::open_stream(std::string task_id,
                                                                    std::string last_id) {
    co_return co_await open_events("/api/v1/tasks/" + percent_encoded(task_id) + "/stream",
                                   std::move(last_id));
}

Async<Reply<std::unique_ptr<net::client::Answer>>> Api::open_events(std::string path, std::string last_id) {
    auto request = request_of({.path = std::move(path)});
    request.headers.set("Accept", "text/event-stream");
    if (!last_id.empty()) request.headers.add("Last-Event-ID", last_id);
    request.limits.silence = kStreamSilence;
    request.limits.body_bytes = kStreamBytesMax;
    auto answer = co_await http_.open(std::move(request));
    if (!answer) co_return std::unexpected(unreachable(answer.error(), target_));
    if ((*answer)->status() == 200) co_return std::move(*answer);
    auto body = co_await (*answer)->rest();
    co_return std::unexpected(trouble_of((*answer)->status(), (*answer)->headers(), body.value_or("")));
}

}  // namespace meshai::cli
