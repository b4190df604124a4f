#include "doors/mcp/sessions/arrival.h"

#include <fmt/format.h>

#include <cassert>

#include "wire/mcp/headers.h"

namespace meshai::doors::mcp {
namespace {

namespace rpc = wire::jsonrpc;

// MCP 2025-06-18 and later, transports: "If the server receives a request with an
// invalid or unsupported MCP-Protocol-Version, it MUST respond with 400 Bad Request."
Status check_version(const Call& call, const Session& session) {
    const auto agreement = session.agreement();
    const auto version = call.header(wire::mcp::kHeaderVersion);
    if (!version || !agreement || !agreement->codec.features().version_header) return {};
    const auto revision = wire::mcp::revision_of(*version);
    if (revision && wire::mcp::era_of(*revision) == wire::mcp::Era::Sessions) return {};
    constexpr std::size_t kShownBytesMax = 50;
    return Error{Code::InvalidArgument,
                 fmt::format("The header {} says \"{}\"; this session speaks {}.", wire::mcp::kHeaderVersion,
                             valid_utf8(utf8_prefix(*version, kShownBytesMax)),
                             wire::mcp::name_of(agreement->codec.revision()))};
}

}  // namespace

Sessions& sessions_of(const Call& call) {
    assert(call.house.sessions);
    return *call.house.sessions;
}

Result<std::shared_ptr<Session>> session_of(const Call& call) {
    const auto id = call.header(wire::mcp::kHeaderSession);
    // MCP, transports: "Servers that require a session ID SHOULD respond to requests
    // without an Mcp-Session-Id header (other than initialization) with HTTP 400."
    if (!id)
        return Error{
            Code::InvalidArgument,
            fmt::format("The header {} is needed; send initialize to get one.", wire::mcp::kHeaderSession)};
    auto session = sessions_of(call).find(call.caller, *id);
    if (!session) return session;
    if ((*session)->transport() != Transport::Streamable)
        return Error{Code::NotFound, "This session is reached by POST /messages."};
    if (auto fine = check_version(call, **session); !fine) return fine.error();
    return session;
}

Takes takes_of(const Call& call) {
    const auto accept = accepted(call);
    // Who would rather have a stream gets one, also for a quick answer.
    return {(accept.json || accept.anything) && !accept.stream_first, accept.event_stream || accept.anything};
}

Async<void> answer_fault(Call& call, rpc::Fault fault, int status) {
    co_await answer_json(call, status, rpc::error_message(fault));
}

Async<void> answer_refusal(Call& call, const Error& error, json::value id) {
    const int status = status_of(error.code);
    // Another server may take it, which is for HTTP to say (503, Retry-After).
    if (status >= 500) co_return co_await answer_error(call, error);
    auto fault = rpc::fault_of(error, std::move(id));
    if (error.code == Code::InvalidArgument) fault.number = rpc::kInvalidRequest;
    co_await answer_fault(call, std::move(fault), status);
}

Async<void> answer_accepted(Call& call) {
    net::http::Response nothing{202};
    co_await answer(call, std::move(nothing));
}

}  // namespace meshai::doors::mcp
