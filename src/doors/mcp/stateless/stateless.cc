#include "doors/mcp/stateless/stateless.h"

#include "doors/mcp/core/dispatch.h"
#include "doors/mcp/desk.h"
#include "doors/mcp/stateless/context.h"
#include "doors/mcp/stateless/listen.h"
#include "net/http/server.h"

namespace meshai::doors::mcp {
namespace {

namespace rpc = wire::jsonrpc;
using wire::mcp::Codec;

constexpr std::string_view kDiscover = "server/discover";
constexpr std::string_view kListen = "subscriptions/listen";

json::object discovered(const Codec& codec, Toolbox& toolbox) {
    json::array versions;
    for (const auto& name : wire::mcp::stateless_names()) versions.emplace_back(name);
    json::object result;
    result["supportedVersions"] = std::move(versions);
    result["capabilities"] = codec.capabilities(toolbox.abilities());
    if (auto text = toolbox.instructions(); !text.empty()) result["instructions"] = std::move(text);
    // What a key may use can change at any time: nobody keeps this.
    return codec.cacheable(std::move(result), wire::mcp::CacheHint{});
}

// The rungs of the ladder between the envelope and the parameters.
std::optional<Refusal> check_request(const Call& call, const Envelope& envelope,
                                     const rpc::Request& request) {
    const auto& codec = wire::mcp::codec_of(envelope.revision);
    const auto& toolbox = call.house.toolbox;
    auto lacking = lacking_capabilities(toolbox, codec, envelope.client, request);
    if (!lacking.empty()) return Refusal{400, lacking_capability_fault(codec, std::move(lacking), request)};
    if (request.method != "tools/call") return std::nullopt;
    const auto* tool = call.house.mcp.tools().find(find_string(request.params, "name").value_or(""));
    if (!tool) return std::nullopt;
    return check_param_headers(call.http.head().headers, tool->header_params, request);
}

Ending ending_of(const Codec& codec, const Toolbox& toolbox, const rpc::RequestId& id, json::object result) {
    return {200, rpc::result_message(id, codec.complete(std::move(result), toolbox.identity()))};
}

Ending ending_of(const Codec& codec, rpc::Fault fault, const rpc::RequestId& id) {
    fault.id = id.as_json();
    fault = codec.fault(std::move(fault));
    return {status_of_fault(fault), rpc::error_message(fault)};
}

// The handler's part of a request: runs in the reply's scope.
Async<Ending> handle(Call& call, StatelessContext& context, const Codec& codec, const rpc::Request& request) {
    auto& toolbox = call.house.toolbox;
    const Asked asked{call.house, toolbox, codec, context, request};
    auto answer = co_await dispatch(asked);
    if (auto* fault = std::get_if<rpc::Fault>(&answer))
        co_return ending_of(codec, std::move(*fault), request.id);
    if (auto* result = std::get_if<json::object>(&answer))
        co_return ending_of(codec, toolbox, request.id, std::move(*result));
    auto questions = context.input_required();
    if (!questions)
        co_return ending_of(codec, rpc::fault_of(questions.error(), request.id.as_json()), request.id);
    co_return ending_of(codec, toolbox, request.id, std::move(*questions));
}

Async<void> serve_method(Call& call, const Envelope& envelope, const rpc::Request& request,
                         AnswerKinds kinds) {
    const auto& codec = wire::mcp::codec_of(envelope.revision);
    Reply reply(call, co_await this_executor(), kinds);
    auto context = StatelessContext::make(call, envelope, request, reply);
    if (!context)
        co_return co_await answer_with_fault(call, 200, rpc::fault_of(context.error(), request.id.as_json()));
    co_await reply.carry(request.id, handle(call, **context, codec, request));
}

// Nothing when the client takes neither kind of answer.
std::optional<AnswerKinds> taken_by(const Accepted& accept) {
    if (accept.stream_first) return AnswerKinds::StreamFirst;
    if (accept.event_stream || accept.anything) return AnswerKinds::Both;
    if (accept.json) return AnswerKinds::Json;
    return std::nullopt;
}

Async<void> refuse_accept(Call& call) {
    auto response = net::http::problem(
        406, code_name(Code::InvalidArgument),
        "The answer is JSON or an event stream: send \"Accept: application/json, text/event-stream\".");
    co_await answer(call, std::move(response));
}

}  // namespace

int status_of_fault(const rpc::Fault& fault) {
    switch (fault.number) {
        case rpc::kMethodNotFound:
            return 404;
        case wire::mcp::kHeaderMismatch:
        case wire::mcp::kMissingClientCapability:
        case wire::mcp::kUnsupportedVersion:
            return 400;
        default:
            return 200;
    }
}

Async<void> answer_with_fault(Call& call, int status, const rpc::Fault& fault) {
    auto message = rpc::error_message(fault);
    const auto version = call.header(wire::mcp::kHeaderVersion);
    const auto revision = version ? wire::mcp::revision_of(*version) : std::nullopt;
    // JSON-RPC writes null for an id that could not be read; this era leaves it out (B2).
    if (fault.id.is_null() && revision && era_of(*revision) == wire::mcp::Era::Stateless) message.erase("id");
    co_await answer_json(call, status, std::move(message));
}

Async<void> serve_stateless(Call& call, rpc::Request request) {
    const auto envelope = read_envelope(call.http.head().headers, request);
    if (!envelope)
        co_return co_await answer_with_fault(call, envelope.error().status, envelope.error().fault);
    const auto& codec = wire::mcp::codec_of(envelope->revision);
    auto& toolbox = call.house.toolbox;

    const bool is_own = request.method == kDiscover || request.method == kListen;
    if (!is_own && !is_known(toolbox, codec, request.method))
        co_return co_await answer_with_fault(call, 404, unknown_method(request));
    if (const auto scope = lacking_scope(toolbox, call.principal, request))
        co_return co_await refuse_scope(call, *scope);
    if (const auto refused = check_request(call, *envelope, request))
        co_return co_await answer_with_fault(call, refused->status, refused->fault);

    const auto kinds = taken_by(accepted(call));
    if (!kinds || (request.method == kListen && *kinds == AnswerKinds::Json))
        co_return co_await refuse_accept(call);
    if (request.method == kDiscover) {
        auto result = codec.complete(discovered(codec, toolbox), toolbox.identity());
        co_return co_await answer_json(call, 200, rpc::result_message(request.id, std::move(result)));
    }
    if (request.method != kListen) co_return co_await serve_method(call, *envelope, request, *kinds);
    co_await serve_listen(call, *envelope, request);
}

}  // namespace meshai::doors::mcp
