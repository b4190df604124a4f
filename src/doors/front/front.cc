#include "doors/front/front.h"

#include <fmt/format.h>

#include <algorithm>

#include "doors/approval/approval.h"
#include "doors/health/health.h"
#include "doors/live/streams.h"
#include "doors/mcp/mcp.h"
#include "doors/rest/catalog.h"
#include "doors/rest/conversations.h"
#include "doors/rest/rest.h"
#include "doors/workflows/workflows.h"
#include "doors/ws/ws.h"

namespace meshai::doors {
namespace {

constexpr std::string_view kRequestId = "X-Request-Id";

bool is_request_id(std::string_view text) {
    constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    return !text.empty() && text.size() <= kRequestIdBytesMax &&
           text.find_first_not_of(kLetters) == std::string_view::npos;
}

// The client's own id is kept where it is harmless, so that both logs tell one story.
std::string request_id(const Call& call) {
    const auto own = call.header(kRequestId);
    if (own && is_request_id(*own)) return std::string(*own);
    return new_id("r_", unix_ms(call.house.clock.wall()), call.house.random);
}

// RFC 9457 3.2: extension members. The family's clients look for these two.
void add_retry_members(net::http::Response& response) {
    auto body = parse_json_object(response.body);
    if (!body) return;
    (*body)["error"] = "Rate limit exceeded";
    for (const auto& [field, member] :
         {std::pair{"X-RateLimit-Limit", "limit"}, std::pair{"X-RateLimit-Reset", "reset"},
          std::pair{"Retry-After", "retry_after"}}) {
        const auto value = response.headers.get(field);
        if (value) (*body)[member] = std::strtoll(std::string(*value).c_str(), nullptr, 10);
    }
    response.body = to_text(*body);
}

Async<void> refuse(Call& call, auth::Refusal refusal) {
    auto response = net::http::problem(status_of(refusal.error.code), code_name(refusal.error.code),
                                       refusal.error.message);
    for (const auto& [name, value] : refusal.headers.fields()) response.headers.set(name, value);
    if (refusal.error.code == Code::RateLimited) add_retry_members(response);
    co_await answer(call, std::move(response));
}

Async<void> answer_unmatched(Call& call, std::string allowed) {
    const auto& head = call.http.head();
    if (allowed.empty()) {
        Error error{Code::NotFound, fmt::format("There is nothing at {}. GET /openapi.json lists what is.",
                                                valid_utf8(utf8_prefix(head.path, 200)))};
        co_return co_await answer_error(call, std::move(error));
    }
    auto response = net::http::problem(
        405, code_name(Code::InvalidArgument),
        fmt::format("{} does not work here; use {}.", valid_utf8(utf8_prefix(head.method, 20)), allowed));
    response.headers.add("Allow", allowed);
    co_await answer(call, std::move(response));
}

// False when the request was refused; the answer is then given.
Async<bool> admit(Call& call) {
    auto admission = co_await call.house.gate.admit(call.http.head());
    if (!admission) {
        co_await refuse(call, std::move(admission.error()));
        co_return false;
    }
    auth::add_rate_headers(call.extra, admission->rate);
    call.principal = std::move(admission->principal);
    call.caller =
        task::Caller{call.principal.tenant, call.principal.subject, call.principal.may(auth::kScopeManage)};
    co_return true;
}

Async<void> serve(const House& house, const RouteTable& routes, net::http::Exchange& http) {
    Call call{.house = house, .routes = routes, .http = http};
    call.extra.add(std::string(kRequestId), request_id(call));
    auto match = routes.find(http.head().method, http.head().path);

    // Nothing but health and version answers without a key, not even "there is no such path".
    const bool is_open = match.route && match.route->scope == kOpen;
    if (!is_open && !co_await admit(call)) co_return;
    if (!match.route) co_return co_await answer_unmatched(call, std::move(match.allowed));
    if (!is_open && match.route->scope != kAnyKey && !call.principal.may(match.route->scope))
        co_return co_await refuse_scope(call, match.route->scope);

    call.path_values = std::move(match.values);
    co_await match.route->handle(call);
}

}  // namespace

RouteTable all_routes() {
    std::vector<Route> routes;
    for (auto* part :
         {&mcp_routes, &catalog_routes, &task_routes, &agent_routes, &live_routes, &conversation_routes,
          &workflow_routes, &multi_agent_routes, &approval_routes, &websocket_routes, &health_routes}) {
        auto rows = (*part)();
        std::ranges::move(rows, std::back_inserter(routes));
    }
    return RouteTable(std::move(routes));
}

net::http::Handler make_front(const House& house, const RouteTable& routes) {
    // The coroutine takes its arguments by reference to things that outlive every
    // connection, so it does not matter that the closure itself may be copied.
    return [&house, &routes](net::http::Exchange& http) { return serve(house, routes, http); };
}

}  // namespace meshai::doors
