#include "agents/failure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "agents/retry_after.h"

namespace meshai::agents {
namespace {

// How much of an agent's own words stands in the sentence of a failure.
constexpr std::size_t kQuoteBytesMax = 500;

bool is_redirect(int status) {
    return status >= 300 && status < 400;
}

// Statuses after which the same request may well succeed (RFC 9110 15.6, RFC 6585 4).
bool is_worth_trying_again(int status) {
    constexpr std::array kFinal = {501, 505, 508, 511};
    if (status == 425 || status == 429) return true;
    return status >= 500 && status < 600 && std::ranges::find(kFinal, status) == kFinal.end();
}

// OpenAI says 429 both for "too fast" and for "nothing left on the account"; the second does not pass by
// itself.
bool is_out_of_quota(std::string_view body) {
    const auto object = parse_json_object(body);
    if (!object) return false;
    const auto* error = find_object(*object, "error");
    return error && (find_string(*error, "code") == "insufficient_quota" ||
                     find_string(*error, "type") == "insufficient_quota");
}

std::string words_for(const Peer& peer, int status, std::string_view own) {
    if (is_redirect(status))
        return fmt::format(
            "Agent \"{}\" answered with a redirect (HTTP {}), which is never followed; configure the address "
            "it "
            "points to.",
            peer.name, status);
    if (status == 401 || status == 403)
        return fmt::format("Agent \"{}\" refused our credentials (HTTP {}); check its API key.", peer.name,
                           status);
    if (own.empty()) return fmt::format("Agent \"{}\" answered with HTTP {}.", peer.name, status);
    return fmt::format("Agent \"{}\" answered with HTTP {}: {}", peer.name, status, own);
}

Code code_for(int status) {
    if (is_redirect(status) || status < 200) return Code::AgentProtocol;
    if (status == 408) return Code::Timeout;
    return Code::AgentFailed;
}

std::string detail_text(const json::value& detail) {
    if (detail.is_string()) return std::string(detail.get_string());
    // FastAPI names every wrong member: [{"loc":["body","payload"],"msg":"field required"}].
    if (const auto* items = detail.if_array(); items && !items->empty() && items->front().is_object()) {
        const auto& first = items->front().get_object();
        if (const auto said = find_string(first, "msg")) {
            const auto* where = find(first, "loc");
            return where ? fmt::format("{} at {}", *said, to_text(*where)) : *said;
        }
    }
    return detail.is_null() ? std::string{} : to_text(detail);
}

}  // namespace

std::string quoted(const Peer& peer, std::string_view words) {
    auto text = valid_utf8(words);
    const auto& key = peer.key.reveal();
    for (auto at = text.find(key); !key.empty() && at != std::string::npos; at = text.find(key, at))
        text.replace(at, key.size(), "***");
    return std::string(utf8_prefix(text, task::kMessageBytesMax));
}

std::string message_in(std::string_view body) {
    const auto parsed = parse_json(body);
    if (!parsed) {
        // Half a JSON text says nothing to a reader; a page of HTML neither.
        const auto start = body.find_first_not_of(" \r\n\t");
        if (start == std::string_view::npos || body[start] == '{' || body[start] == '<') return {};
        return std::string(body.substr(start));
    }
    if (const auto* text = parsed->if_string()) return std::string(*text);
    const auto* object = parsed->if_object();
    if (!object) return {};
    if (const auto* error = find_object(*object, "error"))
        if (const auto said = find_string(*error, "message")) return *said;
    if (const auto said = find_string(*object, "detail")) return *said;
    if (const auto said = find_string(*object, "message")) return *said;
    if (const auto said = find_string(*object, "error")) return *said;
    if (const auto* detail = find(*object, "detail")) return detail_text(*detail);
    return {};
}

Failure no_answer(const Peer& peer, const net::client::Failure& failure, MonoTime now) {
    if (failure.was_sent || failure.error.code == Code::Cancelled) {
        auto broken = broken_answer(peer, failure.error, now);
        broken.was_sent = failure.was_sent;
        return broken;
    }
    const auto cause = fmt::format("{}; {}", failure.error.message, failure.error.cause);
    if (failure.error.code == Code::Timeout && now >= peer.deadline)
        return {.error = {Code::Timeout,
                          fmt::format("The task's time was over before agent \"{}\" could be reached.",
                                      peer.name),
                          cause},
                .was_sent = false};
    const bool is_refused = failure.error.code == Code::InvalidArgument;
    return {.error = {Code::AgentUnavailable,
                      is_refused ? fmt::format("Agent \"{}\" cannot be called: {}", peer.name,
                                               quoted(peer, failure.error.message))
                                 : fmt::format("Agent \"{}\" could not be reached.", peer.name),
                      cause},
            .was_sent = false,
            .is_transient = !is_refused};
}

Failure broken_answer(const Peer& peer, const Error& error, MonoTime now) {
    const auto cause = fmt::format("{}; {}", error.message, error.cause);
    switch (error.code) {
        case Code::Cancelled:
            return {.error = {Code::Cancelled, "The call of the agent was cancelled.", cause}};
        case Code::TooLarge:
            return {.error = {Code::TooLarge,
                              fmt::format("The answer of agent \"{}\" is larger than this server takes.",
                                          peer.name),
                              cause}};
        case Code::Timeout:
            if (now >= peer.deadline)
                return {
                    .error = {Code::Timeout,
                              fmt::format("Agent \"{}\" did not finish within the task's time.", peer.name),
                              cause}};
            return {
                .error = {Code::Timeout,
                          fmt::format("Agent \"{}\" went silent; the call was given up.", peer.name), cause},
                .is_transient = true};
        default:
            return {.error = {Code::AgentProtocol,
                              fmt::format("The connection to agent \"{}\" broke in the middle of its answer.",
                                          peer.name),
                              cause},
                    .is_transient = true};
    }
}

Failure refused(const Peer& peer, int status, const net::http::Headers& headers, std::string_view body,
                WallTime now) {
    const bool is_about_credentials = status == 401 || status == 403;
    // A server that refuses a key may print it; its words are left out altogether.
    const auto own = is_about_credentials ? std::string{} : quoted(peer, message_in(body));
    Failure failure{.error = {code_for(status), words_for(peer, status, utf8_prefix(own, kQuoteBytesMax))}};
    failure.details["http_status"] = status;
    if (!own.empty()) failure.details["agent_message"] = own;
    if (const auto location = headers.get("Location"); location && is_redirect(status))
        failure.details["location"] = quoted(peer, location->substr(0, kQuoteBytesMax));
    failure.is_transient = is_worth_trying_again(status) && !is_out_of_quota(body);
    if (const auto wish = headers.get("Retry-After"); wish && failure.is_transient)
        failure.retry_after = parse_retry_after(*wish, now);
    return failure;
}

Failure agent_failed(const Peer& peer, std::string_view message, json::object details) {
    const auto own = quoted(peer, message);
    const auto sentence =
        own.empty() ? fmt::format("Agent \"{}\" failed and did not say why.", peer.name)
                    : fmt::format("Agent \"{}\" failed: {}", peer.name, utf8_prefix(own, kQuoteBytesMax));
    if (own.size() > kQuoteBytesMax) details["agent_message"] = own;
    return {.error = {Code::AgentFailed, sentence}, .details = std::move(details)};
}

Failure broke_contract(const Peer& peer, std::string_view what) {
    return {.error = {Code::AgentProtocol, fmt::format("Agent \"{}\" {}.", peer.name, what)}};
}

Failure run_over(Error error) {
    return {.error = std::move(error)};
}

}  // namespace meshai::agents
