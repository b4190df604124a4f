#include "doors/front/call.h"

#include <fmt/format.h>

#include <charconv>

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

// Whether one field value of Accept names `type` without saying q=0 ("not acceptable").
bool names(std::string_view field, std::string_view type) {
    while (!field.empty()) {
        const auto comma = field.find(',');
        auto item = field.substr(0, comma);
        field.remove_prefix(comma == std::string_view::npos ? field.size() : comma + 1);
        const bool is_refused = item.find("q=0") != std::string_view::npos &&
                                item.find_first_of("123456789", item.find("q=0")) == std::string_view::npos;
        if (!is_refused && net::http::has_token(item, type)) return true;
    }
    return false;
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
    bool is_there = false;
    for (const auto& [name, value] : call.http.head().headers.fields()) {
        if (!net::http::equals_ignoring_case(name, "Accept")) continue;
        is_there = true;
        found.json = found.json || names(value, "application/json") || names(value, "application/*");
        found.event_stream =
            found.event_stream || names(value, "text/event-stream") || names(value, "text/*");
        found.anything = found.anything || names(value, "*/*");
    }
    if (!is_there) found.anything = true;
    return found;
}

}  // namespace meshai::doors
