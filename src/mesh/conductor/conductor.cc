#include "mesh/conductor/conductor.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "mesh/conductor/adapter.h"
#include "mesh/conductor/compose.h"
#include "mesh/conductor/pinned.h"
#include "mesh/executor/request_check.h"
#include "mesh/router/router.h"
#include "workflow/check.h"
#include "workflow/graph.h"

namespace meshai::mesh {
namespace {

/// Each call is looked up once, so that all of a check sees the same definition behind a name.
class Shelf {
  public:
    Shelf(const TenantId& tenant, const Library& library) : tenant_(tenant), library_(library) {}

    std::optional<workflow::Definition> find(std::string_view call) {
        const auto [found, is_new] = found_.try_emplace(std::string(call));
        if (is_new && library_) found->second = library_(tenant_, call);
        return found->second;
    }

  private:
    const TenantId& tenant_;
    const Library& library_;
    std::map<std::string, std::optional<workflow::Definition>, std::less<>> found_{};
};

workflow::Known known_to(const TenantId& tenant, Registry& registry, Shelf& shelf) {
    workflow::Known known;
    known.agent = [&registry, tenant](std::string_view name) {
        return registry.get(tenant, std::string(name)).has_value();
    };
    known.capability = [offered = registry.capabilities(tenant)](std::string_view name) {
        const auto normal = agents::normal_capability(name);
        return std::ranges::any_of(
            offered, [&normal](const std::string& one) { return agents::normal_capability(one) == normal; });
    };
    known.routing_strategy = [](std::string_view name) { return strategy_of(name).has_value(); };
    known.workflow = [&shelf](std::string_view call) { return shelf.find(call); };
    return known;
}

/// What the mesh cannot do for one task it cannot do for a step.
void check_capabilities(const workflow::Definition& definition, std::vector<workflow::Problem>& problems) {
    for (const auto& place : workflow::flattened(definition)) {
        const auto* work = std::get_if<workflow::AgentWork>(&place.step->work);
        const auto* together = std::get_if<workflow::Collaboration>(&place.step->work);
        const auto wanted = work       ? work->capabilities.size()
                            : together ? together->capabilities.size()
                                       : std::size_t{0};
        if (wanted > kWantedCapabilitiesMax)
            problems.push_back(
                {fmt::format("step \"{}\"", place.path),
                 fmt::format("has {} capabilities, {} are the most", wanted, kWantedCapabilitiesMax)});
    }
}

Status check_all(const Pinned& pinned, const workflow::Known& known, const json::value& input) {
    auto problems = workflow::check(pinned.definition, known, input);
    check_capabilities(pinned.definition, problems);
    for (const auto& [call, called] : pinned.called)
        for (auto& problem : workflow::check(called, known))
            problems.push_back({"workflow \"" + call + "\"", workflow::to_text(problem)});
    if (!problems.empty()) return workflow::to_error(problems);
    return {};
}

Status check(const TenantId& tenant, Registry& registry, const Library& library, task::Request& request) {
    if (auto fine = compose(tenant, registry, library, request); !fine) return fine;
    auto definition = workflow::parse(request.workflow);
    if (!definition) return definition.error();
    Shelf shelf(tenant, library);
    const auto known = known_to(tenant, registry, shelf);
    // A workflow that calls what is not there, or itself, cannot be pinned: that is said first.
    auto pinned = pin(*definition, known.workflow);
    if (auto fine = check_all(pinned, known, request.input); !fine) return fine;
    auto text = to_json(pinned);
    if (!text) return text.error();
    request.workflow = std::move(*text);
    take_over(pinned.definition, request);
    return {};
}

}  // namespace

Conductor make_conductor(Registry& registry, Library library) {
    Conductor conductor;
    conductor.check = [&registry, library](const TenantId& tenant, task::Request& request) {
        return check(tenant, registry, library, request);
    };
    conductor.make = [](const TenantId&, agents::Tools tools) -> std::unique_ptr<agents::Adapter> {
        return std::make_unique<ConductorAdapter>(tools);
    };
    return conductor;
}

}  // namespace meshai::mesh
