// Tools about agents: who is there, what they can do, and a new one.
#include <fmt/format.h>

#include <algorithm>

#include "doors/rest/agent_json.h"
#include "doors/tools/make_tool.h"

namespace meshai::doors {
namespace {

constexpr std::string_view kAgentListSchema = R"({"type": "object", "properties": {
    "agents": {"type": "array", "items": {"type": "object", "properties": {
        "id": {"type": "string"}, "name": {"type": "string"}, "framework": {"type": "string"},
        "capabilities": {"type": "array", "items": {"type": "string"}},
        "status": {"type": "string", "enum": ["active", "offline"]},
        "health": {"type": "string", "enum": ["unknown", "healthy", "degraded", "unhealthy"]},
        "available": {"type": "boolean", "description": "It can take work now"}},
        "required": ["id", "name", "capabilities", "status", "health", "available"]}},
    "total": {"type": "integer", "minimum": 0}}, "required": ["agents", "total"]})";

constexpr std::string_view kAgentSchema = R"({"type": "object", "properties": {
    "id": {"type": "string"}, "name": {"type": "string"}, "description": {"type": "string"},
    "framework": {"type": "string"}, "capabilities": {"type": "array", "items": {"type": "string"}},
    "status": {"type": "string", "enum": ["active", "offline"]},
    "health": {"type": "string", "enum": ["unknown", "healthy", "degraded", "unhealthy"]},
    "available": {"type": "boolean", "description": "It can take work now"},
    "success_rate": {"type": "number", "minimum": 0, "maximum": 1},
    "avg_response_time_ms": {"type": "number", "minimum": 0},
    "current_load": {"type": "number", "minimum": 0},
    "running_tasks": {"type": "integer"}, "queued_tasks": {"type": "integer"},
    "created_at": {"type": "string"}, "updated_at": {"type": "string"}},
    "required": ["id", "name", "capabilities", "status", "health", "available"]})";

constexpr ToolWords kListAgents = {
    .name = "list_agents",
    .title = "List MeshAI Agents",
    .description = "Lists the agents of the mesh: what each can do, its health and its load.",
    .input = R"({"type": "object", "properties": {
        "capabilities": {"type": "array", "items": {"type": "string"}, "maxItems": 64,
            "description": "Only agents that offer any of these, as text_generation"},
        "framework": {"type": "string", "description": "Only agents of this framework, as langchain, crewai, autogen"},
        "status": {"type": "string", "enum": ["active", "inactive", "all"], "default": "all",
            "description": "inactive: those that have stopped to send heartbeats"}}})",
    .output = kAgentListSchema,
    .hints = kReadOnly,
    .scope = auth::kScopeRead};

constexpr ToolWords kDiscoverAgents = {
    .name = "mesh_discover_agents",
    .title = "Discover Agents",
    .description =
        "Finds the agents that can take work now, by capability and framework. list_agents shows all.",
    .input = R"({"type": "object", "properties": {
        "capability": {"type": "string", "description": "What the agent must be able to do, as code_generation"},
        "framework": {"type": "string", "description": "Only agents of this framework"}}})",
    .output = kAgentListSchema,
    .hints = kReadOnly,
    .scope = auth::kScopeRead};

constexpr ToolWords kAgentDetails = {
    .name = "get_agent_details",
    .title = "Agent Details",
    .description = "Everything about one agent: capabilities, health, load, success rate, times.",
    .input = R"({"type": "object", "properties": {
        "agent_id": {"type": "string", "minLength": 1, "description": "Id or name of the agent"}},
        "required": ["agent_id"]})",
    .output = kAgentSchema,
    .hints = kReadOnly,
    .scope = auth::kScopeRead};

constexpr ToolWords kListCapabilities = {
    .name = "list_capabilities",
    .title = "List Capabilities",
    .description = "Every capability that some agent of the mesh offers, and which agents those are.",
    .input = R"({"type": "object", "properties": {}})",
    .output = R"({"type": "object", "properties": {"capabilities": {"type": "array", "items": {
        "type": "object", "properties": {"name": {"type": "string"},
        "agents": {"type": "array", "items": {"type": "string"}}}, "required": ["name", "agents"]}}},
        "required": ["capabilities"]})",
    .hints = kReadOnly,
    .scope = auth::kScopeRead};

constexpr ToolWords kRegisterAgent = {
    .name = "mesh_register_agent",
    .title = "Register an Agent",
    .description =
        "Adds an agent to the mesh: tasks are sent to its endpoint from then on. Its key is kept for those "
        "calls and never shown again.",
    .input = R"({"type": "object", "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 128, "description": "Free within the mesh"},
        "framework": {"type": "string", "description": "As langchain, crewai, autogen"},
        "capabilities": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 64,
            "description": "What it can do, as text_generation"},
        "endpoint": {"type": "string", "description": "URL of the agent; tasks are posted to its /execute"},
        "description": {"type": "string", "description": "What it is, for people"},
        "authentication": {"type": "object", "description": "How the mesh shows itself to the agent",
            "properties": {
                "type": {"type": "string", "enum": ["api_key", "bearer", "none"], "default": "api_key"},
                "key": {"type": "string"}}}},
        "required": ["name", "capabilities", "endpoint"]})",
    .output = kAgentSchema,
    .hints = {.read_only = false, .destructive = false, .idempotent = false, .open_world = true},
    .scope = auth::kScopeManage};

wire::mcp::ToolResult agent_list(const std::vector<mesh::Agent>& found) {
    json::array list;
    for (const auto& agent : found) list.push_back(agent_json(agent));
    const auto total = list.size();
    return structured_result({{"agents", std::move(list)}, {"total", total}});
}

Async<CallOutcome> list_agents(Means means, Context& context, json::object arguments) {
    mesh::AgentQuery query;
    query.capabilities = strings_of(arguments, "capabilities");
    query.framework = find_string(arguments, "framework").value_or("");
    query.status = find_string(arguments, "status").value_or("all");
    query.include_offline = query.status != "active";
    query.limit = mesh::kQueryLimitMax;
    means.registry.sweep();
    co_return agent_list(means.registry.list(context.caller().tenant, query));
}

Async<CallOutcome> discover_agents(Means means, Context& context, json::object arguments) {
    mesh::AgentQuery query;
    if (auto capability = find_string(arguments, "capability"); capability && !capability->empty())
        query.capabilities = {std::move(*capability)};
    query.framework = find_string(arguments, "framework").value_or("");
    query.status = "active";
    query.limit = mesh::kQueryLimitMax;
    means.registry.sweep();
    auto found = means.registry.list(context.caller().tenant, query);
    std::erase_if(found, [](const mesh::Agent& agent) { return !agent.is_available(); });
    co_return agent_list(found);
}

Async<CallOutcome> agent_details(Means means, Context& context, json::object arguments) {
    means.registry.sweep();
    auto agent = means.registry.get(context.caller().tenant, find_string(arguments, "agent_id").value_or(""));
    if (!agent) co_return agent.error();
    co_return structured_result(agent_json(*agent));
}

Async<CallOutcome> list_capabilities(Means means, Context& context, json::object) {
    std::map<std::string, json::array> by_name;
    for (const auto& agent : every_agent(means, context.caller().tenant))
        for (const auto& capability : agent.spec.capabilities)
            by_name[capability].emplace_back(agent.spec.name);
    json::array list;
    for (auto& [name, agents] : by_name)
        list.push_back(json::object{{"name", name}, {"agents", std::move(agents)}});
    co_return structured_result({{"capabilities", std::move(list)}});
}

Async<CallOutcome> register_agent(Means means, Context& context, json::object arguments) {
    auto spec = agents::spec_from_json(arguments);
    if (!spec) co_return spec.error();
    auto added = co_await means.registry.add(context.caller().tenant, std::move(*spec));
    if (!added) co_return added.error();
    co_return structured_result(agent_json(*added));
}

}  // namespace

std::vector<ToolEntry> agent_tools(const Means& means) {
    return {make_tool(means, kListAgents, list_agents), make_tool(means, kDiscoverAgents, discover_agents),
            make_tool(means, kAgentDetails, agent_details),
            make_tool(means, kListCapabilities, list_capabilities),
            make_tool(means, kRegisterAgent, register_agent)};
}

}  // namespace meshai::doors
