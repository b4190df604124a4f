#include "doors/mcp/guide/execute.h"

#include "doors/approval/link.h"
#include "doors/mcp/core/meta.h"
#include "doors/mcp/guide/answers.h"
#include "doors/submit/submit.h"
#include "doors/toolbox/toolbox.h"
#include "doors/toolbox/trace.h"
#include "wire/mcp/codec.h"
#include "wire/meshai/ask.h"

namespace meshai::doors::mcp {
namespace {

namespace rpc = wire::jsonrpc;

// One JSON answer. A task that takes longer than clients wait is answered with its handle.
Async<void> answer_task_as_json(Call& call, rpc::RequestId id, Followed what) {
    const auto& house = call.house;
    auto view = co_await wait_for_end(call, what, house.clock.in(kAnswerWaitMax));
    if (!view && call.http.is_peer_gone()) co_return;
    if (!view) co_return co_await refuse(call, Dialect::Json, rpc::fault_of(view.error(), id.as_json()));
    auto result = house.toolbox.result_of(what.task, *view);
    if (!result) {
        result.error().id = id.as_json();
        co_return co_await refuse(call, Dialect::Json, std::move(result.error()));
    }
    const auto& codec = wire::mcp::codec_of(wire::mcp::kNewestOfSessions);
    co_await answer_result(call, Dialect::Json, std::move(id), codec.tool_result(*result));
}

struct Wanted {
    task::Request request;
    std::optional<std::string> key;
};

// The arguments of mesh_execute as a request to the executor.
Result<Wanted> read_arguments(const Call& call, const rpc::Request& request) {
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
    wanted->trace = traceparent_in(trace_of(request.params, call.http.head().headers));
    if (auto fine = check_resume(call, *key); !fine) return fine.error();
    return Wanted{std::move(*wanted), std::move(*key)};
}

}  // namespace

Async<void> follow_task(Call& call, Dialect dialect, const rpc::Request& request, Followed what) {
    if (dialect == Dialect::Guide) {
        auto after = co_await resume_place(call, what.task);
        if (!after) co_return co_await answer_error(call, after.error());
        GuideEncoder encoder(what.task, *after, request.id, links_for(call));
        co_return co_await stream_task(call, std::move(what), encoder);
    }
    const auto token = progress_token(request.params);
    if (dialect == Dialect::JsonOrMcp && token) {
        ProgressEncoder encoder(what.task, request.id, *token);
        co_return co_await stream_task(call, std::move(what), encoder);
    }
    co_await answer_task_as_json(call, request.id, std::move(what));
}

Async<void> execute(Call& call, Dialect dialect, rpc::Request request) {
    auto wanted = read_arguments(call, request);
    if (!wanted)
        co_return co_await refuse(call, dialect, rpc::fault_of(wanted.error(), request.id.as_json()));
    auto submitted = co_await submit_task(call, std::move(wanted->request), std::move(wanted->key));
    // Draining: another server may take it, so that this is for HTTP to say (503, Retry-After).
    if (!submitted && submitted.error().code == Code::Unavailable)
        co_return co_await answer_error(call, submitted.error());
    if (!submitted)
        co_return co_await refuse(call, dialect, rpc::fault_of(submitted.error(), request.id.as_json()));
    co_await follow_task(call, dialect, request, Followed{submitted->id, submitted->on_disconnect()});
}

}  // namespace meshai::doors::mcp
