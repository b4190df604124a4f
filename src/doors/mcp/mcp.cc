#include "doors/mcp/mcp.h"

#include <fmt/format.h>

#include "doors/mcp/methods.h"
#include "doors/stream/stream.h"
#include "doors/submit/submit.h"
#include "net/sse/writer.h"
#include "wire/meshai/ask.h"

namespace meshai::doors {
namespace {

namespace rpc = wire::jsonrpc;

/// How this request is answered.
enum class Dialect {
    Guide,     ///< the guide's stream
    Json,      ///< one JSON body
    JsonOrMcp  ///< JSON, or a stream of JSON-RPC alone where the client asked for progress
};

// A fault outside of any stream. JSON-RPC says nothing of HTTP statuses: a body
// that is no request is the client's mistake (400); a request that fails is an answer (200).
Async<void> answer_fault(Call& call, rpc::Fault fault, int status) {
    co_await answer_json(call, status, rpc::error_message(fault));
}

std::string frame(std::string_view event, std::string_view data) {
    std::string bytes;
    net::sse::write_frame(bytes, net::sse::Frame{.event = event, .data = data});
    return bytes;
}

// A whole stream in one write: what stands in it is known already.
Async<void> answer_short_stream(Call& call, std::string frames) {
    frames += frame("", wire::guide::kDone);
    auto started = co_await start_event_stream(call);
    if (!started) co_return;
    auto sent = co_await call.http.write(frames);
    if (sent) (void)co_await call.http.finish_stream();
}

// The request cannot be served, in the dialect the client reads.
Async<void> refuse(Call& call, Dialect dialect, rpc::Fault fault) {
    if (dialect != Dialect::Guide) co_return co_await answer_fault(call, std::move(fault), 200);
    auto frames = frame("error", wire::guide::error_frame(fault.code, fault.message, {}));
    frames += frame("", to_text(rpc::error_message(fault)));
    co_await answer_short_stream(call, std::move(frames));
}

Async<void> answer_result(Call& call, Dialect dialect, rpc::RequestId id, json::object result) {
    auto message = rpc::result_message(id, std::move(result));
    if (dialect != Dialect::Guide) co_return co_await answer_json(call, 200, std::move(message));
    co_await answer_short_stream(call, frame("", to_text(message)));
}

// The token under which the client wants notifications/progress, if it does.
std::optional<json::value> progress_token(const json::object& params) {
    const auto* meta = find_object(params, "_meta");
    const auto* token = meta ? find(*meta, "progressToken") : nullptr;
    constexpr std::size_t kTokenBytesMax = 1024;
    if (!token || (!token->is_string() && !token->is_int64() && !token->is_uint64())) return std::nullopt;
    if (token->is_string() && token->get_string().size() > kTokenBytesMax) return std::nullopt;
    return *token;
}

// One JSON answer. A task that takes longer than clients wait is answered with its handle.
Async<void> answer_task_as_json(Call& call, rpc::RequestId id, Followed what) {
    const auto& clock = call.house.clock;
    auto view = co_await wait_for_end(call, what, clock.in(kAnswerWaitMax));
    if (!view && call.http.is_peer_gone()) co_return;
    if (!view) co_return co_await answer_fault(call, rpc::fault_of(view.error(), id.as_json()), 200);
    auto outcome = outcome_of(what.task, *view, clock.wall());
    auto result = task::is_final(view->state) ? wire::guide::tool_result(outcome)
                                              : wire::guide::tool_result_unfinished(outcome);
    co_await answer_result(call, Dialect::Json, std::move(id), std::move(result));
}

struct Asked {
    task::Request request;
    std::optional<std::string> key;
};

// The arguments of mesh_execute as a request to the executor.
Result<Asked> read_arguments(const Call& call, const rpc::Request& request) {
    const auto* arguments = find(request.params, "arguments");
    const json::object none;
    if (arguments && !arguments->is_null() && !arguments->is_object())
        return Error{Code::InvalidArgument, "\"arguments\" must be an object."};
    auto ask =
        wire::guide::parse_mesh_execute(arguments && arguments->is_object() ? arguments->get_object() : none);
    if (!ask) return ask.error();
    auto key = idempotency_key(call, ask->idempotency_key);
    if (!key) return key.error();
    auto wanted = request_of(*ask);
    if (!wanted) return wanted.error();
    // The log knows the id of the request, so that a stream resumed by GET ends with its answer, too.
    wanted->correlation_id = correlation_of(request.id);
    if (auto fine = check_resume(call, *key); !fine) return fine.error();
    return Asked{std::move(*wanted), std::move(*key)};
}

Async<void> execute(Call& call, Dialect dialect, rpc::Request request) {
    auto asked = read_arguments(call, request);
    if (!asked) co_return co_await refuse(call, dialect, rpc::fault_of(asked.error(), request.id.as_json()));
    const auto policy = asked->request.on_disconnect;
    auto submitted = co_await submit_task(call, std::move(asked->request), std::move(asked->key));
    // Draining: another server may take it, so that this is for HTTP to say (503, Retry-After).
    if (!submitted && submitted.error().code == Code::Unavailable)
        co_return co_await answer_error(call, submitted.error());
    if (!submitted)
        co_return co_await refuse(call, dialect, rpc::fault_of(submitted.error(), request.id.as_json()));

    Followed what{submitted->id, policy};
    if (dialect == Dialect::Guide) {
        auto after = co_await resume_place(call, submitted->id);
        if (!after) co_return co_await answer_error(call, after.error());
        GuideEncoder encoder(submitted->id, *after, request.id);
        co_return co_await stream_task(call, std::move(what), encoder);
    }
    const auto token = progress_token(request.params);
    if (dialect == Dialect::JsonOrMcp && token) {
        ProgressEncoder encoder(submitted->id, request.id, *token);
        co_return co_await stream_task(call, std::move(what), encoder);
    }
    co_await answer_task_as_json(call, std::move(request.id), std::move(what));
}

Async<void> serve_request(Call& call, Dialect dialect, rpc::Request request) {
    if (request.method != "tools/call") {
        auto result = answer_method(call.house.identity, request);
        if (!result) co_return co_await refuse(call, dialect, std::move(result.error()));
        co_return co_await answer_result(call, dialect, std::move(request.id), std::move(*result));
    }
    if (!call.principal.may(auth::kScopeExecute)) co_return co_await refuse_scope(call, auth::kScopeExecute);
    const auto name = find_string(request.params, "name");
    if (name && *name == wire::guide::kMeshExecute)
        co_return co_await execute(call, dialect, std::move(request));
    rpc::Fault fault{rpc::kInvalidParams,
                     name ? fmt::format("Unknown tool: {}", valid_utf8(utf8_prefix(*name, 100)))
                          : std::string("\"name\" is needed: the tool to call."),
                     request.id.as_json(), Code::InvalidArgument};
    co_await refuse(call, dialect, std::move(fault));
}

Async<void> serve_body(Call& call, Dialect dialect) {
    if (!co_await check_content_type(call)) co_return;
    auto bytes = co_await call.http.body();
    if (!bytes && bytes.error().code == Code::TooLarge) {
        rpc::Fault fault{rpc::kInvalidParams, bytes.error().message, nullptr, Code::TooLarge};
        co_return co_await answer_fault(call, std::move(fault), 413);
    }
    if (!bytes) co_return co_await answer_error(call, bytes.error());

    auto body = rpc::parse_body(*bytes, rpc::Version::MayBeAbsent);
    if (!body) co_return co_await answer_fault(call, std::move(body.error()), 400);
    if (body->is_batch) {
        rpc::Fault fault{rpc::kInvalidRequest, "Batches are not taken here; send one message at a time."};
        co_return co_await answer_fault(call, std::move(fault), 400);
    }
    auto& message = body->messages.front();
    if (!message) co_return co_await answer_fault(call, std::move(message.error()), 400);
    if (auto* request = std::get_if<rpc::Request>(&*message))
        co_return co_await serve_request(call, dialect, std::move(*request));
    // MCP 2025-11-25, transports: "If the input is a JSON-RPC response or
    // notification […] the server MUST return HTTP status code 202 Accepted with no body."
    net::http::Response nothing{202};
    co_await answer(call, std::move(nothing));
}

Async<void> post_mcp(Call& call) {
    const auto accept = accepted(call);
    const auto dialect = accept.event_stream && accept.json ? Dialect::JsonOrMcp
                         : accept.event_stream              ? Dialect::Guide
                                                            : Dialect::Json;
    co_await serve_body(call, dialect);
}

Async<void> post_mcp_stream(Call& call) {
    const auto accept = accepted(call);
    if (!accept.event_stream && !accept.anything) {
        auto response = net::http::problem(
            406, code_name(Code::InvalidArgument),
            "This endpoint answers with an event stream: send \"Accept: text/event-stream\", or use /v1/mcp "
            "for a JSON answer.");
        co_return co_await answer(call, std::move(response));
    }
    co_await serve_body(call, Dialect::Guide);
}

const About kMcpAbout = {
    .name = "mcp",
    .tag = "mcp",
    .summary = "One JSON-RPC message of MCP; the answer is JSON or an event stream, by Accept",
    .takes = "JsonRpcRequest",
    .gives = "JsonRpcResponse",
    .parameters = {{"Idempotency-Key", "header", "string", "Calls with the same key are one task"}},
    .failures = {400, 413}};

}  // namespace

std::vector<Route> mcp_routes() {
    About alias = kMcpAbout;
    alias.name = "mcpAlias";
    About root = kMcpAbout;
    root.name = "mcpRoot";
    const About stream = {
        .name = "mcpStream",
        .tag = "mcp",
        .summary = "One JSON-RPC message of MCP, answered as the event stream of the guide",
        .takes = "JsonRpcRequest",
        .media = "text/event-stream",
        .parameters = {{"Idempotency-Key", "header", "string", "Calls with the same key are one task"},
                       {"Last-Event-ID", "header", "string",
                        "With the Idempotency-Key of a first call: go on behind this event"}},
        .failures = {400, 406, 413}};
    return {{"POST", "/v1/mcp", kAnyKey, post_mcp, kMcpAbout},
            {"POST", "/mcp", kAnyKey, post_mcp, alias},
            {"POST", "/", kAnyKey, post_mcp, root},
            {"POST", "/v1/mcp/stream", kAnyKey, post_mcp_stream, stream}};
}

}  // namespace meshai::doors
