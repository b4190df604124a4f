#include "mesh/conductor/adapter.h"

#include <fmt/format.h>

#include "mesh/conductor/graph.h"
#include "workflow/check.h"

namespace meshai::mesh {
namespace {

agents::Ending failure(Error error, json::object details = {}) {
    agents::Failure failed;
    failed.error = std::move(error);
    failed.was_sent = false;
    failed.details = std::move(details);
    return std::unexpected(std::move(failed));
}

agents::Ending ended_early(Outcome outcome) {
    if (outcome.how != Outcome::How::Failed) return failure({Code::Cancelled, "The run is over."});
    auto& why = outcome.failure;
    if (!why.details.contains("step") && !why.step.empty()) why.details["step"] = why.step;
    auto message =
        why.step.empty() ? why.message : fmt::format("Step \"{}\" failed: {}", why.step, why.message);
    return failure({why.code, std::move(message)}, std::move(why.details));
}

agents::Ending result_of(const Stage& stage, const Graph& graph) {
    const auto& definition = stage.pinned.definition;
    agents::Answer answer;
    answer.usage = stage.usage;
    if (!definition.result) {
        answer.result = workflow::result_of(definition.steps, graph.sight().results());
        return answer;
    }
    auto result = graph.sight().fill(*definition.result);
    if (!result) return failure({result.error().code, "result: " + result.error().message});
    answer.result = std::move(*result);
    return answer;
}

}  // namespace

Async<agents::Ending> ConductorAdapter::run(agents::Call call, agents::Sink& sink) {
    auto pinned = read_pinned(call.request.workflow);
    if (!pinned) co_return failure(pinned.error());
    // What a client gives is checked when it is submitted; what a step gives is known only now.
    if (!call.request.lineage.parent.empty())
        if (auto fits = workflow::check_input(pinned->definition, call.request.input); !fits)
            co_return failure(fits.error());
    Stage stage(sink, tools_, co_await this_executor(), call, std::move(*pinned));
    Scope telling(stage.ex, stage.clock, stage.log);
    telling.spawn("percent of a workflow", stage.tell_moves());
    Graph graph(stage, stage.pinned.definition.steps, stage.call.request.input);
    auto ended = co_await graph.run();
    co_await telling.close();
    if (ended) co_return ended_early(std::move(*ended));
    co_return result_of(stage, graph);
}

Async<Status> ConductorAdapter::probe(MonoTime) {
    co_return Status{};
}

}  // namespace meshai::mesh
