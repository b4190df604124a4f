#include "doors/mcp/guide/guide.h"

#include "doors/mcp/core/dispatch.h"
#include "doors/mcp/desk.h"
#include "doors/mcp/guide/answers.h"
#include "doors/mcp/guide/context.h"
#include "doors/mcp/guide/execute.h"
#include "doors/submit/submit.h"
#include "wire/meshai/ask.h"

namespace meshai::doors::mcp {
namespace {

namespace rpc = wire::jsonrpc;
using wire::mcp::Codec;

// What these clients are written to: they name no revision.
const Codec& codec_of_guide() {
    return wire::mcp::codec_of(wire::mcp::kNewestOfSessions);
}

json::object initialized(Toolbox& toolbox, const json::object& params) {
    const auto revision = wire::mcp::agree(find_string(params, "protocolVersion").value_or(""));
    const auto& codec = wire::mcp::codec_of(revision);
    json::object result;
    result["protocolVersion"] = name_of(revision);
    result["capabilities"] = codec.capabilities(toolbox.abilities());
    result["serverInfo"] = codec.implementation(toolbox.identity());
    result["instructions"] = toolbox.instructions();
    return result;
}

// A tool that is not mesh_execute: run here, its task (if it begins one) followed like any other.
Async<void> call_tool_here(Call& call, Dialect dialect, const Asked& asked) {
    auto outcome = co_await run_tool(asked);
    if (!outcome)
        co_return co_await refuse(call, dialect, codec_of_guide().fault(std::move(outcome.error())));
    if (const auto* started = std::get_if<StartedTask>(&*outcome))
        co_return co_await follow_task(call, dialect, asked.request, Followed{started->id, started->policy});
    if (auto* fault = std::get_if<rpc::Fault>(&*outcome)) {
        fault->id = asked.request.id.as_json();
        co_return co_await refuse(call, dialect, std::move(*fault));
    }
    const auto* result = std::get_if<wire::mcp::ToolResult>(&*outcome);
    const auto* error = std::get_if<Error>(&*outcome);
    const auto whole =
        result ? *result : error_result(error ? *error : Error{Code::Internal, "The tool has paused."});
    co_await answer_result(call, dialect, asked.request.id, codec_of_guide().tool_result(whole));
}

Async<void> serve_method(Call& call, Dialect dialect, const rpc::Request& request) {
    auto key = idempotency_key(call, std::nullopt);
    if (!key) co_return co_await refuse(call, dialect, rpc::fault_of(key.error(), request.id.as_json()));
    GuideContext context(call, request, std::move(*key));
    const Asked asked{call.house, call.house.toolbox, codec_of_guide(), context, request};
    if (request.method == "tools/call") co_return co_await call_tool_here(call, dialect, asked);
    auto answer = co_await dispatch(asked);
    if (auto* fault = std::get_if<rpc::Fault>(&answer))
        co_return co_await refuse(call, dialect, std::move(*fault));
    auto* result = std::get_if<json::object>(&answer);
    co_await answer_result(call, dialect, request.id, result ? std::move(*result) : json::object{});
}

Async<void> serve_request(Call& call, Dialect dialect, rpc::Request request) {
    auto& toolbox = call.house.toolbox;
    if (request.method == "initialize")
        co_return co_await answer_result(call, dialect, request.id, initialized(toolbox, request.params));
    if (request.method == "ping") co_return co_await answer_result(call, dialect, request.id, {});
    if (const auto scope = lacking_scope(toolbox, call.principal, request))
        co_return co_await refuse_scope(call, *scope);
    const bool is_execute = request.method == "tools/call" &&
                            find_string(request.params, "name") == wire::guide::kMeshExecute &&
                            call.house.mcp.tools().find(wire::guide::kMeshExecute);
    if (is_execute) co_return co_await execute(call, dialect, std::move(request));
    co_await serve_method(call, dialect, request);
}

}  // namespace

Dialect dialect_of(const Accepted& accept) {
    if (!accept.event_stream) return Dialect::Json;
    return accept.json ? Dialect::JsonOrMcp : Dialect::Guide;
}

Async<void> serve_guide(Call& call, Dialect dialect, rpc::Body body) {
    if (body.is_batch) {
        const rpc::Fault fault{rpc::kInvalidRequest,
                               "Batches are not taken here; send one message at a time."};
        co_return co_await answer_json(call, 400, rpc::error_message(fault));
    }
    auto& message = body.messages.front();
    if (!message) co_return co_await answer_json(call, 400, rpc::error_message(message.error()));
    if (auto* request = std::get_if<rpc::Request>(&*message))
        co_return co_await serve_request(call, dialect, std::move(*request));
    // MCP 2025-11-25, transports: "If the input is a JSON-RPC response or
    // notification […] the server MUST return HTTP status code 202 Accepted with no body."
    net::http::Response nothing{202};
    co_await answer(call, std::move(nothing));
}

}  // namespace meshai::doors::mcp
