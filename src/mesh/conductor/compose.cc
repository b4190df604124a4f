#include "mesh/conductor/compose.h"

#include <fmt/format.h>

#include <algorithm>

#include "mesh/router/router.h"
#include "workflow/compile.h"

namespace meshai::mesh {
namespace {

constexpr std::string_view kTask = "task";

/// The member that a bare text is the value of: the first that the definition requires.
std::string member_for_text(const workflow::Definition& definition) {
    const auto* schema = definition.input_schema.if_object();
    const auto* required = schema ? find(*schema, "required") : nullptr;
    const auto* list = required ? required->if_array() : nullptr;
    if (!list || list->empty() || !list->front().is_string()) return std::string(kTask);
    return std::string(list->front().get_string());
}

/// Whoever writes a task in words need not know what the workflow calls its input.
json::value input_for(const workflow::Definition& definition, const task::Request& request) {
    if (!request.input.is_string()) return request.input;
    json::object input = request.parameters;
    input[member_for_text(definition)] = request.input;
    return input;
}

Status compose_named(const TenantId& tenant, const Library& library, task::Request& request) {
    const std::string name(request.workflow.get_string());
    const auto definition = library ? library(tenant, name) : std::nullopt;
    if (!definition)
        return Error{Code::NotFound,
                     fmt::format("There is no workflow \"{}\"; GET /api/v1/workflows lists them.",
                                 utf8_prefix(valid_utf8(name), workflow::kIdBytesMax))};
    request.input = input_for(*definition, request);
    request.workflow = workflow::to_json(*definition);
    return {};
}

/// Those that can do what the task asks for, as the registry has them.
std::vector<std::string> agents_for(const TenantId& tenant, const Registry& registry,
                                    const std::vector<std::string>& capabilities) {
    std::vector<std::string> names;
    for (const auto& agent : registry.routable(tenant)) {
        if (!agent.is_available() || names.size() == kTogetherMax) continue;
        const auto& offered = agent.spec.capabilities;
        const bool can = std::ranges::all_of(capabilities, [&offered](const std::string& wanted) {
            return std::ranges::find(offered, agents::normal_capability(wanted)) != offered.end();
        });
        if (can) names.push_back(agent.spec.name);
    }
    return names;
}

Status compose_together(const TenantId& tenant, const Registry& registry, task::Request& request) {
    const auto& wish = request.workflow.get_object();
    const auto strategy = workflow::strategy_of(find_string(wish, "strategy").value_or(""));
    if (!strategy)
        return Error{Code::InvalidArgument,
                     "strategy: use sequential, parallel, collaborative or hierarchical."};
    workflow::Collaboration together;
    together.strategy = *strategy;
    together.manager = find_string(wish, "manager").value_or("");
    together.agents = request.agents;
    together.capabilities = request.capabilities;
    if (together.agents.empty()) {
        if (together.capabilities.empty())
            together.capabilities = {
                detect_capabilities(text_of_input(request.input), request.task_type).primary};
        together.agents = agents_for(tenant, registry, together.capabilities);
    }
    together.task = json::object{{kTask, request.input}};
    auto definition = workflow::from_collaboration(together);
    if (!definition) return workflow::to_error(definition.error());
    request.input = json::object{{kTask, request.input}};
    request.workflow = workflow::to_json(*definition);
    return {};
}

}  // namespace

Status compose(const TenantId& tenant, const Registry& registry, const Library& library,
               task::Request& request) {
    if (request.workflow.is_string()) return compose_named(tenant, library, request);
    const auto* wish = request.workflow.if_object();
    if (!wish) return Error{Code::InvalidArgument, "workflow: give a name or a definition."};
    if (wish->contains("strategy") && !wish->contains("steps"))
        return compose_together(tenant, registry, request);
    return {};
}

}  // namespace meshai::mesh
