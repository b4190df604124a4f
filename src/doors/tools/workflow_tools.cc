// Workflows as tools: what there is, one by name, steps of one's own, and each
// predefined one as a tool whose arguments are its parameters.
#include <algorithm>

#include "doors/submit/submit.h"
#include "doors/toolbox/trace.h"
#include "doors/tools/make_tool.h"
#include "doors/workflows/workflow_json.h"
#include "wire/meshai/ask.h"
#include "workflow/compile.h"
#include "workflow/predefined.h"

namespace meshai::doors {
namespace {

constexpr ToolWords kListWorkflows = {
    .name = "list_workflows",
    .title = "List Workflows",
    .description = "Lists the workflows that can be run by name, with their parameters and agents.",
    .input = R"({"type": "object", "properties": {
        "category": {"type": "string", "description": "Of this category only"},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 32,
            "description": "With all of these tags"}}})",
    .output = R"({"type": "object", "properties": {
        "workflows": {"type": "array", "items": {"type": "object", "properties": {
            "name": {"type": "string", "description": "For execute_workflow, as its workflow_id"},
            "description": {"type": "string"}, "category": {"type": "string"},
            "version": {"type": "integer"}, "source": {"type": "string"},
            "tags": {"type": "array", "items": {"type": "string"}},
            "agents": {"type": "array", "items": {"type": "string"}},
            "parameters": {"type": "object"}, "step_count": {"type": "integer"},
            "created_at": {"type": "string"}}, "required": ["name", "version", "parameters"]}},
        "total": {"type": "integer"}}, "required": ["workflows", "total"]})",
    .hints = kReadOnly,
    .scope = auth::kScopeRead};

constexpr ToolWords kExecuteWorkflow = {
    .name = "execute_workflow",
    .title = "Execute Workflow",
    .description =
        "Runs a workflow by its name and streams its steps. list_workflows says which there are "
        "and what parameters they take.",
    .input = R"({"type": "object", "properties": {
        "workflow_id": {"type": "string", "minLength": 1, "maxLength": 80,
            "description": "Its name, or name@version"},
        "parameters": {"type": "object", "description": "What the workflow takes"},
        "timeout_seconds": {"type": "integer", "minimum": 1, "maximum": 86400,
            "description": "Whole time the workflow may take"}},
        "required": ["workflow_id"]})",
    .output = kTaskOutput,
    .hints = kRunsAgents,
    .scope = auth::kScopeExecute,
    .tasks = wire::mcp::TaskSupport::Optional};

constexpr ToolWords kSubmitWorkflow = {
    .name = "submit_workflow",
    .title = "Submit Agent Workflow",
    .description =
        "Runs steps of your own on the mesh and streams them. sequential: each step gets the result of the "
        "one before; parallel: all at once; graph: the payload is a whole definition, with conditions, maps, "
        "waits, approvals and steps that wait for others.",
    .input = R"({"type": "object", "properties": {
        "workflow_type": {"type": "string", "enum": ["sequential", "parallel", "graph"]},
        "payload": {"type": "object", "description": "{steps: [{task, agent?, capabilities?, name?}]}; of a graph, a definition"},
        "agents": {"type": "array", "items": {"type": "string"}, "maxItems": 16,
            "description": "Agents of steps that name none"},
        "input": {"type": "object", "description": "What a graph takes"}},
        "required": ["workflow_type", "payload"]})",
    .output = kTaskOutput,
    .hints = kRunsAgents,
    .scope = auth::kScopeExecute,
    .tasks = wire::mcp::TaskSupport::Optional};

Async<CallOutcome> start(Means means, Context& context, json::value workflow, json::object input,
                         std::optional<std::int64_t> timeout_seconds = {}) {
    wire::guide::TaskAsk ask;
    ask.input = std::move(input);
    ask.task_type = "workflow";
    ask.timeout_seconds = timeout_seconds;
    auto request = request_of(ask);
    if (!request) co_return request.error();
    request->workflow = std::move(workflow);
    request->correlation_id = context.correlation_id();
    request->trace = traceparent_in(context.trace());
    auto submitted =
        co_await means.executor.submit(context.caller(), std::move(*request), context.idempotency_key());
    if (!submitted) co_return submitted.error();
    co_return StartedTask{submitted->id, submitted->on_disconnect()};
}

json::object object_in(const json::object& arguments, std::string_view key) {
    const auto* value = find(arguments, key);
    return value && value->is_object() ? value->get_object() : json::object{};
}

Async<CallOutcome> list_workflows(Means means, Context& context, json::object arguments) {
    const auto category = find_string(arguments, "category");
    const auto tags = strings_of(arguments, "tags");
    json::array list;
    for (const auto& kept : means.library.list(context.caller().tenant)) {
        const auto& definition = kept->definition;
        if (category && definition.category != *category) continue;
        const bool has_all = std::ranges::all_of(tags, [&definition](const std::string& tag) {
            return std::ranges::find(definition.tags, tag) != definition.tags.end();
        });
        if (has_all) list.push_back(workflow_line(*kept));
    }
    const auto total = list.size();
    co_return structured_result({{"workflows", std::move(list)}, {"total", total}});
}

Async<CallOutcome> execute_workflow(Means means, Context& context, json::object arguments) {
    auto name = find_string(arguments, "workflow_id").value_or("");
    auto input = object_in(arguments, "parameters");
    const auto timeout = find_int(arguments, "timeout_seconds");
    co_return co_await start(means, context, json::string(name), std::move(input), timeout);
}

Async<CallOutcome> submit_workflow(Means means, Context& context, json::object arguments) {
    auto definition = workflow::from_family(arguments);
    if (!definition) co_return workflow::to_error(definition.error());
    auto input = object_in(arguments, "input");
    co_return co_await start(means, context, workflow::to_json(*definition), std::move(input));
}

/// The arguments of the tool are the input of the workflow; `context` goes along for the agents.
ToolEntry predefined_tool(const Means& means, const workflow::Definition& definition) {
    ToolEntry entry;
    entry.tool.name = workflow::tool_name(definition.name);
    entry.tool.title = definition.name;
    entry.tool.description = definition.description;
    entry.tool.input_schema = definition.input_schema.as_object();
    entry.tool.output_schema = json::parse(kTaskOutput).as_object();
    entry.tool.hints = kRunsAgents;
    entry.tool.tasks = wire::mcp::TaskSupport::Optional;
    entry.scope = auth::kScopeExecute;
    entry.call = [means, name = definition.name](Context& context, json::object arguments) {
        return start(means, context, json::string(name), std::move(arguments));
    };
    return entry;
}

}  // namespace

std::vector<ToolEntry> workflow_tools(const Means& means) {
    std::vector<ToolEntry> tools = {make_tool(means, kSubmitWorkflow, submit_workflow),
                                    make_tool(means, kListWorkflows, list_workflows),
                                    make_tool(means, kExecuteWorkflow, execute_workflow)};
    for (const auto& definition : workflow::predefined()) tools.push_back(predefined_tool(means, definition));
    return tools;
}

}  // namespace meshai::doors
