#include "doors/stream/together.h"

#include "doors/stream/words.h"
#include "wire/meshai/step_frames.h"

namespace meshai::doors {
namespace {

// What was said, and by which step: the event's own body, or a child's.
struct Said {
    task::Body body;
    std::string step;  ///< of the child; empty for the task's own words
};

std::optional<Said> said_by(const task::Event& event) {
    const auto* relayed = std::get_if<task::Relayed>(&event.body);
    if (!relayed) return Said{event.body, {}};
    auto body = task::body_of(*relayed);
    if (!body) return std::nullopt;
    return Said{std::move(*body), relayed->step};
}

std::string line_of(const task::Event& event, const Backstory& context) {
    const auto progress = progress_of(event, context);
    return progress ? progress->message : std::string();
}

wire::guide::Step step_of(const task::StepStarted& started, const Backstory& context) {
    wire::guide::Step step{started.step, "started", {}, started.type, context.agent_name(started.agent)};
    step.task = started.child;
    step.attempt = started.attempt;
    return step;
}

wire::guide::Step step_of(const task::StepFinished& finished, const Backstory& context) {
    wire::guide::Step step{finished.step, finished.status, {}, {}, context.agent_name(finished.agent)};
    step.task = finished.child;
    step.attempt = finished.attempt;
    step.error = finished.error;
    step.reason = finished.reason;
    step.result = finished.result;
    return step;
}

// A child has found its agent, or has been given to another one.
wire::guide::Step step_of(const task::Started& started, const Backstory&) {
    wire::guide::Step step{{}, "executing", {}, {}, started.agent_name};
    step.attempt = started.attempt;
    return step;
}

template <class StepBody>
GuideEvent frame_of(const StepBody& body, const Said& said, const task::Event& event,
                    const Backstory& context) {
    auto step = step_of(body, context);
    if (!said.step.empty()) step.step = said.step;
    step.message = line_of(event, context);
    step.percent = context.percent();
    step.at = event.at;
    return {"step", {}, wire::guide::step_frame(step)};
}

}  // namespace

std::optional<GuideEvent> together_of(const task::Event& event, const Backstory& context) {
    const auto said = said_by(event);
    if (!said) return std::nullopt;
    if (const auto* started = std::get_if<task::StepStarted>(&said->body))
        return frame_of(*started, *said, event, context);
    if (const auto* finished = std::get_if<task::StepFinished>(&said->body))
        return frame_of(*finished, *said, event, context);
    if (const auto* begun = std::get_if<task::Started>(&said->body); begun && !said->step.empty())
        return frame_of(*begun, *said, event, context);
    const auto* message = std::get_if<task::AgentMessage>(&said->body);
    if (!message) return std::nullopt;
    const wire::guide::Message frame{context.agent_name(message->from),
                                     context.agent_name(message->to),
                                     message->kind,
                                     said->step,
                                     message->content,
                                     event.at};
    return GuideEvent{"agent_message", {}, wire::guide::agent_message_frame(frame)};
}

std::vector<std::string> tokens_of(const task::Event& event) {
    const auto said = said_by(event);
    const auto* output = said ? std::get_if<task::Output>(&said->body) : nullptr;
    if (!output) return {};
    return wire::guide::step_token_frames(said->step, output->text, output->attempt);
}

}  // namespace meshai::doors
