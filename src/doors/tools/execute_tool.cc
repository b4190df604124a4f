// mesh_execute: a task for the mesh, in the words of the streaming guide.
#include "doors/submit/submit.h"
#include "doors/toolbox/trace.h"
#include "doors/tools/make_tool.h"
#include "wire/meshai/ask.h"

namespace meshai::doors {
namespace {

// The key as an argument, or that of the request; a client that sends both sends the same.
Result<std::optional<std::string>> key_of(const Context& context, const wire::guide::TaskAsk& ask) {
    auto key = context.idempotency_key();
    if (!ask.idempotency_key) return key;
    if (key && context.has_own_key() && *key != *ask.idempotency_key)
        return Error{Code::InvalidArgument,
                     "The header field Idempotency-Key and the member \"idempotency_key\" differ; send one."};
    return ask.idempotency_key;
}

Async<CallOutcome> mesh_execute(Means means, Context& context, json::object arguments) {
    auto ask = wire::guide::parse_mesh_execute(arguments);
    if (!ask) co_return ask.error();
    auto key = key_of(context, *ask);
    if (!key) co_return key.error();
    auto request = request_of(*ask);
    if (!request) co_return request.error();
    request->correlation_id = context.correlation_id();
    request->trace = traceparent_in(context.trace());
    auto submitted = co_await means.executor.submit(context.caller(), std::move(*request), std::move(*key));
    if (!submitted) co_return submitted.error();
    co_return StartedTask{submitted->id, submitted->on_disconnect()};
}

}  // namespace

std::vector<ToolEntry> execute_tools(const Means& means) {
    const auto described = wire::guide::mesh_execute_tool();
    ToolEntry entry;
    entry.tool.name = wire::guide::kMeshExecute;
    entry.tool.title = find_string(described, "title").value_or("");
    entry.tool.description = find_string(described, "description").value_or("");
    entry.tool.input_schema = described.at("inputSchema").as_object();
    entry.tool.output_schema = json::parse(kTaskOutput).as_object();
    entry.tool.hints = kRunsAgents;
    entry.tool.tasks = wire::mcp::TaskSupport::Optional;
    entry.scope = auth::kScopeExecute;
    entry.call = [means](Context& context, json::object arguments) {
        return mesh_execute(means, context, std::move(arguments));
    };
    return {std::move(entry)};
}

}  // namespace meshai::doors
