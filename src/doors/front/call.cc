#include "doors/front/call.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "net/sse/writer.h"

namespace meshai::doors {
namespace {

constexpr std::string_view kRetrySoon = "1";

void add_extra(net::http::Headers& headers, const Call& call) {
    for (const auto& [name, value] : call.extra.fields()) headers.set(name, value);
}

void log_failure(const Call& call, const Error& error, int status) {
    const auto& head = call.http.head();
    if (status >= 500)
        call.house.log.warn("a request failed", {{"method", head.method},
                                                 {"path", head.path},
                                                 {"code", code_name(error.code)},
                                                 {"message", error.message},
                                                 {"cause", error.cause}});
}

// RFC 9110 12.4.2: "a weight of 0 means not acceptable", none means 1.
double weight_of(std::string_view item) {
    const auto at = item.find("q=");
    if (at == std::string_view::npos) return 1;
    const std::string number(item.substr(at + 2, 5));
    return std::clamp(std::strtod(number.c_str(), nullptr), 0.0, 1.0);
}

// The largest weight that the client gives to a kind of answer.
void note(double& weight, std::string_view item, std::initializer_list<std::string_view> types) {
    const bool is_named = std::ranges::any_of(
        types, [item](std::string_view type) { return net::http::has_token(item, type); });
    if (is_named) weight = std::max(weight, weight_of(item));
}

}  // namespace

std::string Call::path_value(std::string_view name) const {
    for (const auto& [key, value] : path_values)
        if (key == name) return value;
    return {};
}

std::optional<std::string_view> Call::header(std::string_view name) const {
    return http.head().headers.get(name);
}

std::optional<std::string> Call::query(std::string_view name) const {
    return http.head().query_value(name);
}

int status_of(Code code) {
    switch (code) {
        case Code::InvalidArgument:
        case Code::AlreadyFinished:  // the family's own client takes 400 for "it was over already"
            return 400;
        case Code::Unauthenticated:
            return 401;
        case Code::PermissionDenied:
            return 403;
        case Code::NotFound:
        case Code::AgentNotFound:
            return 404;
        case Code::Timeout:
            return 408;
        case Code::Conflict:
            return 409;
        case Code::Gone:
            return 410;
        case Code::TooLarge:
            return 413;
        case Code::RateLimited:
            return 429;
        case Code::AgentFailed:
        case Code::AgentProtocol:
            return 502;
        case Code::ResourceExhausted:
        case Code::BudgetExhausted:
        case Code::NoAgent:
        case Code::AgentUnavailable:
        case Code::Cancelled:  // by a scope that closes: the server goes down
        case Code::Interrupted:
        case Code::Unavailable:
        case Code::OutcomeUnknown:
            return 503;
        case Code::StorageFull:
            return 507;
        case Code::Corrupt:
        case Code::Configuration:
        case Code::Internal:
            return 500;
    }
    return 500;
}

Async<void> answer(Call& call, net::http::Response response) {
    call.status = response.status;
    add_extra(response.headers, call);
    // Whether it arrives is the connection's business: it ends if the peer has gone.
    (void)co_await call.http.respond(std::move(response));
}

Async<void> answer_json(Call& call, int status, json::value body) {
    net::http::Response response{status, {{"Content-Type", "application/json"}}, to_text(body)};
    co_await answer(call, std::move(response));
}

Async<void> answer_error(Call& call, Error error) {
    const int status = status_of(error.code);
    co_await answer_error(call, std::move(error), status);
}

Async<void> answer_error(Call& call, Error error, int status) {
    log_failure(call, error, status);
    auto response = net::http::problem(status, code_name(error.code), error.message);
    if (status == 503) response.headers.set("Retry-After", std::string(kRetrySoon));
    co_await answer(call, std::move(response));
}

Async<void> refuse_scope(Call& call, std::string_view scope) {
    auto response = net::http::problem(403, code_name(Code::PermissionDenied),
                                       fmt::format("This key lacks the scope {}.", scope));
    // RFC 6750 3.1: the scope that the request needs.
    response.headers.add("WWW-Authenticate",
                         fmt::format("Bearer error=\"insufficient_scope\", scope=\"{}\"", scope));
    co_await answer(call, std::move(response));
}

Async<bool> check_content_type(Call& call) {
    const auto given = call.header("Content-Type");
    if (!given) co_return true;
    const auto type = given->substr(0, given->find(';'));
    const auto end = type.find_last_not_of(" \t");
    const auto trimmed = end == std::string_view::npos ? std::string_view() : type.substr(0, end + 1);
    if (net::http::equals_ignoring_case(trimmed, "application/json") || trimmed.ends_with("+json"))
        co_return true;
    auto response = net::http::problem(415, code_name(Code::InvalidArgument),
                                       "The body must be JSON: send \"Content-Type: application/json\".");
    // RFC 9110 15.5.16: Accept says which types would have been taken.
    response.headers.add("Accept", "application/json");
    co_await answer(call, std::move(response));
    co_return false;
}

Async<Status> start_event_stream(Call& call) {
    auto headers = net::sse::stream_headers();
    add_extra(headers, call);
    call.status = 200;
    // The response ends with the stream, which is what the guide's clients wait
    // for. The connection goes on, as its header says: a client that takes it for
    // its next request must not find it closing.
    co_return co_await call.http.start_stream(200, std::move(headers), /*close_after=*/false);
}

Async<void> answer_event_stream(Call& call, std::string events) {
    net::http::Response whole{200, net::sse::stream_headers(), std::move(events)};
    co_await answer(call, std::move(whole));
}

Async<std::optional<json::object>> body_object(Call& call) {
    if (!co_await check_content_type(call)) co_return std::nullopt;
    auto bytes = co_await call.http.body();
    if (!bytes) {
        co_await answer_error(call, bytes.error());
        co_return std::nullopt;
    }
    auto object = parse_json_object(*bytes);
    if (!object) {
        co_await answer_error(call, object.error());
        co_return std::nullopt;
    }
    co_return std::move(*object);
}

Result<std::uint64_t> query_number(const Call& call, std::string_view name, std::uint64_t otherwise,
                                   std::uint64_t min, std::uint64_t max) {
    const auto text = call.query(name);
    if (!text) return otherwise;
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (text->empty() || error != std::errc{} || end != text->data() + text->size() || number < min ||
        number > max)
        return Error{
            Code::InvalidArgument,
            fmt::format("The parameter \"{}\" must be a whole number from {} to {}.", name, min, max)};
    return number;
}

Accepted accepted(const Call& call) {
    Accepted found;
    double json = 0;
    double stream = 0;
    double anything = 0;
    bool is_stream_earlier = false;
    bool is_there = false;
    for (const auto& [name, value] : call.http.head().headers.fields()) {
        if (!net::http::equals_ignoring_case(name, "Accept")) continue;
        is_there = true;
        for (auto rest = std::string_view(value); !rest.empty();) {
            const auto comma = rest.find(',');
            const auto item = rest.substr(0, comma);
            rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
            note(json, item, {"application/json", "application/*"});
            note(stream, item, {"text/event-stream", "text/*"});
            note(anything, item, {"*/*"});
            is_stream_earlier = is_stream_earlier || (stream > 0 && json == 0);
        }
    }
    found.json = json > 0;
    found.event_stream = stream > 0;
    found.anything = anything > 0 || !is_there;
    found.stream_first = stream > json || (stream > 0 && stream == json && is_stream_earlier);
    return found;
}

}  // namespace meshai::doors
