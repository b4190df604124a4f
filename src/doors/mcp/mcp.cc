#include "doors/mcp/mcp.h"

#include <algorithm>
#include <iterator>

#include "doors/mcp/core/classify.h"
#include "doors/mcp/desk.h"
#include "doors/mcp/guide/guide.h"
#include "doors/mcp/sessions/sessions.h"
#include "doors/mcp/stateless/stateless.h"
#include "wire/mcp/headers.h"
#include "wire/meshai/legacy.h"

namespace meshai::doors {
namespace {

namespace rpc = wire::jsonrpc;
using mcp::Place;
using mcp::Way;

// Nothing but the guide's own clients, and older ones of the family, send this.
bool stands_for_itself(const Call& call) {
    const auto& headers = call.http.head().headers;
    return headers.count(wire::mcp::kHeaderSession) == 0 && headers.count(wire::mcp::kHeaderVersion) == 0;
}

std::expected<rpc::Body, rpc::Fault> parse(const Call& call, Place place, std::string_view bytes) {
    if (place != Place::Guide) return rpc::parse_body(bytes, rpc::Version::Required);
    // The guide's own clients leave "jsonrpc" out.
    constexpr auto kVersion = rpc::Version::MayBeAbsent;
    if (!call.house.takes_shorthands || !stands_for_itself(call)) return rpc::parse_body(bytes, kVersion);
    auto tree = parse_json(bytes);
    if (!tree) return std::unexpected(rpc::Fault{rpc::kParseError, tree.error().message});
    const auto is_tool = [&tools = call.house.mcp.tools()](std::string_view name) {
        return tools.find(name) != nullptr;
    };
    return rpc::body_of(wire::guide::from_shorthand(std::move(*tree), is_tool), kVersion);
}

// The body as JSON-RPC. When nothing comes back, the answer is given already.
Async<std::optional<rpc::Body>> read_body(Call& call, Place place) {
    if (!co_await check_content_type(call)) co_return std::nullopt;
    auto bytes = co_await call.http.body();
    if (!bytes && bytes.error().code == Code::TooLarge) {
        const rpc::Fault fault{rpc::kInvalidParams, bytes.error().message, nullptr, Code::TooLarge};
        co_await mcp::answer_with_fault(call, 413, fault);
        co_return std::nullopt;
    }
    if (!bytes) {
        co_await answer_error(call, bytes.error());
        co_return std::nullopt;
    }
    auto body = parse(call, place, *bytes);
    // JSON-RPC says nothing of HTTP statuses: a body that is no request is the client's mistake.
    if (!body) {
        co_await mcp::answer_with_fault(call, 400, body.error());
        co_return std::nullopt;
    }
    co_return std::move(*body);
}

Async<void> answer_nothing(Call& call) {
    net::http::Response nothing{202};
    co_await answer(call, std::move(nothing));
}

Async<void> serve_post(Call& call, Place place) {
    auto body = co_await read_body(call, place);
    if (!body) co_return;
    const auto& headers = call.http.head().headers;
    const auto way = mcp::classify({.place = place,
                                    .version = headers.get(wire::mcp::kHeaderVersion),
                                    .has_session = headers.count(wire::mcp::kHeaderSession) > 0},
                                   *body);
    if (!way) co_return co_await mcp::answer_with_fault(call, way.error().status, way.error().fault);
    switch (*way) {
        case Way::Nothing:
            co_return co_await answer_nothing(call);
        case Way::Sessions:
            co_return co_await mcp::serve_session_post(call, std::move(*body));
        case Way::Stateless: {
            auto request = std::get<rpc::Request>(std::move(*body->messages.front()));
            co_return co_await mcp::serve_stateless(call, std::move(request));
        }
        case Way::Guide:
            co_return co_await mcp::serve_guide(call, mcp::dialect_of(accepted(call)), std::move(*body));
    }
}

Async<void> post_guide_endpoint(Call& call) {
    return serve_post(call, Place::Guide);
}

Async<void> post_endpoint(Call& call) {
    return serve_post(call, Place::Endpoint);
}

Async<void> post_stream(Call& call) {
    const auto accept = accepted(call);
    if (!accept.event_stream && !accept.anything) {
        auto response = net::http::problem(
            406, code_name(Code::InvalidArgument),
            "This endpoint answers with an event stream: send \"Accept: text/event-stream\", or use /v1/mcp "
            "for a JSON answer.");
        co_return co_await answer(call, std::move(response));
    }
    auto body = co_await read_body(call, Place::Guide);
    if (body) co_await mcp::serve_guide(call, mcp::Dialect::Guide, std::move(*body));
}

const Parameter kIdempotencyKey = {"Idempotency-Key", "header", "string",
                                   "Calls with the same key are one task"};
const Parameter kVersion = {"MCP-Protocol-Version", "header", "string",
                            "The revision, as initialize agreed or as _meta says"};
const Parameter kSession = {"Mcp-Session-Id", "header", "string", "From the answer to initialize"};

About about_post(std::string_view name) {
    return {.name = name,
            .tag = "mcp",
            .summary = "One JSON-RPC message of MCP; the answer is JSON or an event stream",
            .takes = "JsonRpcRequest",
            .gives = "JsonRpcResponse",
            .parameters = {kIdempotencyKey, kVersion, kSession},
            .failures = {400, 404, 413}};
}

About about_get(std::string_view name) {
    return {.name = name,
            .tag = "mcp",
            .summary = "What the server says unasked in a session, or the rest of a stream that was cut",
            .media = "text/event-stream",
            .parameters = {kVersion,
                           kSession,
                           {"Last-Event-ID", "header", "string", "Go on with the stream of this event"}},
            .failures = {400, 404, 405}};
}

About about_delete(std::string_view name) {
    return {.name = name,
            .tag = "mcp",
            .summary = "Ends a session",
            .status = 204,
            .parameters = {kVersion, kSession},
            .failures = {400, 404, 405}};
}

const About& about_stream() {
    static const About about = {
        .name = "mcpStream",
        .tag = "mcp",
        .summary = "One JSON-RPC message of MCP, answered as the event stream of the guide",
        .takes = "JsonRpcRequest",
        .media = "text/event-stream",
        .parameters = {kIdempotencyKey,
                       {"Last-Event-ID", "header", "string",
                        "With the Idempotency-Key of a first call: go on behind this event"}},
        .failures = {400, 406, 413}};
    return about;
}

}  // namespace

std::vector<Route> mcp_routes() {
    using mcp::serve_session_delete;
    using mcp::serve_session_get;
    std::vector<Route> routes = {
        {"POST", "/v1/mcp", kAnyKey, post_guide_endpoint, about_post("mcp")},
        {"GET", "/v1/mcp", kAnyKey, serve_session_get, about_get("mcpListen")},
        {"DELETE", "/v1/mcp", kAnyKey, serve_session_delete, about_delete("mcpEnd")},
        {"POST", "/mcp", kAnyKey, post_endpoint, about_post("mcpAlias")},
        {"GET", "/mcp", kAnyKey, serve_session_get, about_get("mcpAliasListen")},
        {"DELETE", "/mcp", kAnyKey, serve_session_delete, about_delete("mcpAliasEnd")},
        {"POST", "/", kAnyKey, post_endpoint, about_post("mcpRoot")},
        {"GET", "/", kAnyKey, serve_session_get, about_get("mcpRootListen")},
        {"DELETE", "/", kAnyKey, serve_session_delete, about_delete("mcpRootEnd")},
        {"POST", "/v1/mcp/stream", kAnyKey, post_stream, about_stream()}};
    auto pair = mcp::sse_pair_routes();
    std::ranges::move(pair, std::back_inserter(routes));
    return routes;
}

}  // namespace meshai::doors
