#include "doors/tools/product_toolbox.h"

#include <algorithm>
#include <iterator>

#include "doors/stream/encoder.h"
#include "doors/tools/places.h"
#include "doors/tools/resources.h"
#include "doors/tools/workflow_prompts.h"
#include "wire/meshai/frames.h"

namespace meshai::doors {
namespace {

constexpr std::string_view kInstructions =
    "mesh_execute runs a task on a mesh of AI agents and returns the answer; batch_execute runs several, and "
    "stream_chat is one turn of a conversation; execute_workflow runs several steps that are known by a name "
    "(list_workflows), submit_workflow steps of your own. A task that takes longer than an answer may take "
    "goes on, "
    "also when the connection is lost: get_task_status and get_task_result have it by its task_id, or call "
    "again with the same idempotency_key. list_agents and list_capabilities say who can do what.";

Means means_of(const ToolboxNeeds& needs) {
    return {.tasks = needs.tasks,
            .executor = needs.executor,
            .registry = needs.registry,
            .library = needs.library,
            .clock = needs.clock,
            .random = needs.random,
            .public_url = needs.identity.public_url};
}

// What wire/meshai writes as a result of tools/call, as the value that every
// revision can write. Its members beside MCP's stay beside them.
wire::mcp::ToolResult tool_result_of(json::object written) {
    wire::mcp::ToolResult result;
    for (const auto& [key, value] : written) {
        if (key == "content") {
            for (const auto& block : value.as_array())
                result.content.emplace_back(
                    wire::mcp::Text{find_string(block.as_object(), "text").value_or("")});
        } else if (key == "structuredContent") {
            result.structured = value;
        } else if (key == "isError") {
            result.is_error = value.as_bool();
        } else {
            result.extra[key] = value;
        }
    }
    return result;
}

}  // namespace

ProductToolbox::ProductToolbox(const ToolboxNeeds& needs)
    : means_(means_of(needs)),
      identity_(needs.identity),
      prompts_(workflow_prompts()),
      templates_(all_templates()) {
    for (auto* some : {&execute_tools, &batch_tools, &agent_tools, &task_tools, &chat_tools, &workflow_tools,
                       &search_tools, &server_tools}) {
        auto entries = (*some)(means_);
        std::ranges::move(entries, std::back_inserter(tools_));
    }
    // An agent is read by its id and by its name.
    means_.registry.on_change([this](const TenantId& tenant, const agents::Spec& changed) {
        changes_.fire_resource(tenant, std::string(kAgentsUri));
        changes_.fire_resource(tenant, std::string(kAgentUriPrefix) + changed.id.value);
        changes_.fire_resource(tenant, std::string(kAgentUriPrefix) + changed.name);
    });
}

ProductToolbox::~ProductToolbox() {
    means_.registry.on_change({});
}

wire::mcp::Implementation ProductToolbox::identity() const {
    wire::mcp::Implementation server;
    server.name = identity_.service;
    server.title = "MeshAI";
    server.version = identity_.version;
    server.website_url = identity_.public_url;
    return server;
}

std::string ProductToolbox::instructions() const {
    return std::string(kInstructions);
}

wire::mcp::ServerAbilities ProductToolbox::abilities() const {
    // The lists themselves stay what they are: what changes are the registry and its agents.
    return {.tools = true,
            .resources = true,
            .resources_subscribe = true,
            .prompts = true,
            .completions = true,
            .logging = true,
            .tasks = true};
}

Async<Result<std::vector<wire::mcp::Resource>>> ProductToolbox::resources(Context& context) {
    co_return all_resources(means_, context.caller().tenant);
}

Async<ReadOutcome> ProductToolbox::read(Context& context, std::string uri) {
    return read_resource(means_, context, std::move(uri));
}

Async<Result<wire::mcp::Completion>> ProductToolbox::complete(Context& context,
                                                              wire::mcp::CompletionRequest request) {
    return complete_argument(means_, context, std::move(request));
}

std::expected<wire::mcp::ToolResult, wire::jsonrpc::Fault> ProductToolbox::result_of(const TaskId& id,
                                                                                     const task::View& view) {
    const auto outcome = outcome_of(id, view, means_.clock.wall());
    return tool_result_of(task::is_final(view.state) ? wire::guide::tool_result(outcome)
                                                     : wire::guide::tool_result_unfinished(outcome));
}

wire::mcp::CacheHint ProductToolbox::list_cache() const {
    // What a key may call depends on its scopes, so nobody else may keep the list.
    return {.ttl = std::chrono::minutes(5), .is_public = false};
}

}  // namespace meshai::doors
