#include "mesh/conductor/child_request.h"

#include "mesh/executor/request_check.h"
#include "workflow/compile.h"
#include "workflow/graph.h"

namespace meshai::mesh {
namespace {

using Made = std::expected<task::Request, StepFailure>;

/// What every child has from the request of its workflow.
task::Request inherited(const Stage& stage, const workflow::Step& step) {
    const auto& whole = stage.call.request;
    task::Request request;
    request.task_type = whole.task_type;
    request.preferred_framework = whole.preferred_framework;
    request.affinity = whole.affinity;
    request.correlation_id = whole.correlation_id;
    request.recovery = whole.recovery;
    // Where the workflow says how often, the mesh does not try on its own as well.
    request.retries_max = step.retry.attempts > 0 ? 0 : whole.retries_max;
    request.timeout = step.timeout;
    return request;
}

/// A task is a text or an object.
json::value as_input(json::value value) {
    if (value.is_string() || value.is_object()) return value;
    return json::value(to_text(value));
}

Made agent_request(const Stage& stage, const Here& here, const workflow::AgentWork& work, bool is_fallback) {
    auto request = inherited(stage, *here.step);
    auto task = here.sight->fill(work.task);
    if (!task) return std::unexpected(wrong("task", task.error()));
    request.input = as_input(std::move(*task));
    // Of more agents than one task can want the best ones are asked for.
    request.agents = workflow::agents_of(work, here.item);
    if (request.agents.size() > kWantedAgentsMax) request.agents.resize(kWantedAgentsMax);
    request.capabilities = work.capabilities;
    if (is_fallback) {
        request.agents = {here.step->on_error.fallback};
        request.capabilities.clear();
    }
    if (!work.routing_strategy.empty()) request.routing_strategy = work.routing_strategy;
    request.instructions = work.instructions;
    request.parameters = work.parameters;
    if (work.context.is_null()) return request;
    auto context = here.sight->fill(work.context);
    if (!context) return std::unexpected(wrong("context", context.error()));
    if (context->is_object())
        request.context = context->get_object();
    else
        request.context = {{"context", std::move(*context)}};
    return request;
}

/// The called workflow with those that it calls in turn.
Result<json::object> called_text(const Stage& stage, const workflow::Definition& called) {
    return to_json(pin(called, [&stage](std::string_view call) -> std::optional<workflow::Definition> {
        const auto found = stage.pinned.called.find(call);
        if (found == stage.pinned.called.end()) return std::nullopt;
        return found->second;
    }));
}

Made call_request(const Stage& stage, const Here& here, const workflow::Call& call) {
    const auto called = stage.pinned.called.find(call.workflow);
    if (called == stage.pinned.called.end())
        return std::unexpected(
            wrong("workflow", Error{Code::NotFound, "There is no workflow \"" + call.workflow + "\"."}));
    auto request = inherited(stage, *here.step);
    auto input = here.sight->fill(call.input);
    if (!input) return std::unexpected(wrong("input", input.error()));
    request.input = input->is_null() ? json::value(json::object()) : std::move(*input);
    auto text = called_text(stage, called->second);
    if (!text) return std::unexpected(wrong("workflow", text.error()));
    request.workflow = std::move(*text);
    take_over(called->second, request);
    return request;
}

Made collaboration_request(const Stage& stage, const Here& here, const workflow::Collaboration& together) {
    auto request = inherited(stage, *here.step);
    auto task = here.sight->fill(together.task);
    if (!task) return std::unexpected(wrong("task", task.error()));
    request.input = json::object{{"task", std::move(*task)}};
    auto definition = workflow::from_collaboration(together);
    if (!definition) return std::unexpected(wrong("strategy", workflow::to_error(definition.error())));
    definition->name = here.step->id;
    request.workflow = workflow::to_json(*definition);
    return request;
}

}  // namespace

std::expected<task::Request, StepFailure> child_request(const Stage& stage, const Here& here,
                                                        bool is_fallback) {
    const auto& work = here.step->work;
    if (const auto* call = std::get_if<workflow::Call>(&work)) return call_request(stage, here, *call);
    if (const auto* together = std::get_if<workflow::Collaboration>(&work))
        return collaboration_request(stage, here, *together);
    return agent_request(stage, here, std::get<workflow::AgentWork>(work), is_fallback);
}

}  // namespace meshai::mesh
