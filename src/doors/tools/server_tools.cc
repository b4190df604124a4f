// get_system_stats: the server in numbers.
#include "doors/rest/agent_json.h"
#include "doors/rest/task_json.h"
#include "doors/tools/make_tool.h"

namespace meshai::doors {
namespace {

constexpr ToolWords kStats = {
    .name = "get_system_stats",
    .title = "System Statistics",
    .description = "How busy the mesh is: tasks by outcome, what runs and waits, agents by health.",
    .input = R"({"type": "object", "properties": {
        "include_agents": {"type": "boolean", "default": true},
        "include_tasks": {"type": "boolean", "default": true}}})",
    .output = R"({"type": "object", "properties": {
        "tasks": {"type": "object", "description": "Of the whole server, since it began", "properties": {
            "total_tasks_submitted": {"type": "integer"}, "active_tasks": {"type": "integer"},
            "running_tasks": {"type": "integer"}, "queued_tasks": {"type": "integer"},
            "completed_tasks": {"type": "integer"}, "failed_tasks": {"type": "integer"},
            "cancelled_tasks": {"type": "integer"}, "avg_execution_time_ms": {"type": "number"},
            "success_rate": {"type": "number"}}},
        "agents": {"type": "object", "description": "Those that you can use", "properties": {
            "total": {"type": "integer"}, "available": {"type": "integer"}, "by_health": {"type": "object"}},
            "required": ["total", "available", "by_health"]}}})",
    .hints = kReadOnly,
    .scope = auth::kScopeRead};

json::object agent_numbers(Means means, const TenantId& tenant) {
    means.registry.sweep();
    const auto all = every_agent(means, tenant);
    const auto available = std::ranges::count_if(all, &mesh::Agent::is_available);
    json::object by_health;
    for (const auto& agent : all) {
        auto& count = by_health[mesh::health_name(agent.health)];
        count = (count.is_int64() ? count.get_int64() : 0) + 1;
    }
    return {{"total", all.size()}, {"available", available}, {"by_health", std::move(by_health)}};
}

Async<CallOutcome> stats(Means means, Context& context, json::object arguments) {
    json::object numbers;
    if (find_bool(arguments, "include_tasks").value_or(true))
        numbers["tasks"] = stats_json(means.executor.stats());
    if (find_bool(arguments, "include_agents").value_or(true))
        numbers["agents"] = agent_numbers(means, context.caller().tenant);
    co_return structured_result(std::move(numbers));
}

}  // namespace

std::vector<ToolEntry> server_tools(const Means& means) {
    return {make_tool(means, kStats, stats)};
}

}  // namespace meshai::doors
