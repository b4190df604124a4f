#include "task/event.h"

#include <array>

#include "task/event_words.h"

namespace meshai::task {
namespace {

// In the order of the variant; a name that is stored never changes.
constexpr std::array<std::string_view, std::variant_size_v<Body>> kKinds = {
    "submitted",    "routed",        "started",       "progress",       "output",
    "step_started", "step_finished", "agent_message", "input_required", "input_given",
    "relayed",      "spent",         "completed",     "failed",         "cancelled",
};

}  // namespace

std::string_view kind(const Body& body) {
    return kKinds[body.index()];
}

bool is_last(const Body& body) {
    return std::holds_alternative<Completed>(body) || std::holds_alternative<Failed>(body) ||
           std::holds_alternative<Cancelled>(body);
}

std::string workflow_name(const Request& request) {
    const auto* definition = request.workflow.if_object();
    return definition ? find_string(*definition, "name").value_or("") : std::string();
}

bool is_relayed(const Body& body) {
    return std::holds_alternative<Started>(body) || std::holds_alternative<Progress>(body) ||
           std::holds_alternative<Output>(body) || std::holds_alternative<StepStarted>(body) ||
           std::holds_alternative<StepFinished>(body) || std::holds_alternative<AgentMessage>(body) ||
           std::holds_alternative<Relayed>(body);
}

Relayed relay(std::string step, TaskId child, Seq seq, const Body& body) {
    // What a child passes on itself is passed on once, under the longer path.
    if (const auto* inner = std::get_if<Relayed>(&body))
        return {step + "/" + inner->step, std::move(child), seq, inner->body};
    if (const auto* started = std::get_if<StepStarted>(&body)) step += "/" + started->step;
    if (const auto* finished = std::get_if<StepFinished>(&body)) step += "/" + finished->step;
    return {std::move(step), std::move(child), seq, to_object(body)};
}

Result<Body> body_of(const Relayed& relayed) {
    auto body = from_object(relayed.body);
    if (body && !is_relayed(*body))
        return Error{Code::Corrupt, "An event of this task passes on what cannot be passed on."};
    return body;
}

}  // namespace meshai::task
