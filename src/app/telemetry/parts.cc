// The parts of an attempt: its steps, and the calls of its model.
#include <fmt/format.h>

#include "app/telemetry/attributes.h"
#include "app/telemetry/spans.h"

namespace meshai::app {

namespace otlp = wire::otlp;
namespace trace = wire::trace;
using otlp::StatusCode;

void SpanFold::on(const task::StepStarted& body) {
    const auto index = add_step(body.step, body.agent, body.child, body.attempt);
    open_steps_[body.step] = index;
    if (index == 0) return;
    auto& span = spans_[index];
    span.name = bounded(fmt::format("{} {}", body.type.empty() ? "step" : body.type, body.step));
    put(span.attributes, attribute::kStepType, body.type);
}

void SpanFold::on(const task::StepFinished& body) {
    const auto open = open_steps_.find(body.step);
    std::size_t index = 0;
    if (open != open_steps_.end()) {
        index = open->second;
        open_steps_.erase(open);
    } else {
        // A step that never began: it was skipped.
        index = add_step(body.step, body.agent, body.child, body.attempt);
    }
    if (index == 0) return;
    auto& span = spans_[index];
    span.end = now_;
    put(span.attributes, attribute::kStepStatus, body.status);
    if (body.status == "completed") span.status = StatusCode::Ok;
    if (body.status == "failed") {
        const std::string_view error = body.error.empty() ? kUnknownError : std::string_view(body.error);
        span.status = StatusCode::Error;
        span.status_message = bounded(error);
        put(span.attributes, attribute::kErrorType, error);
    }
    if (running_) running_->model_from = now_;
}

/// The place of the new span; 0, which is the task's own, where there is no room for one.
std::size_t SpanFold::add_step(const std::string& path, const AgentId& agent, const TaskId& child,
                               int attempt) {
    auto id = child.empty() ? trace::span_of_step(task_, path, attempt) : trace::span_of_child_step(child);
    auto span = make(std::move(id), parent_of_step(path), bounded("step " + path));
    put(span.attributes, attribute::kStep, path);
    put(span.attributes, attribute::kStepAttempt, std::int64_t{attempt});
    put(span.attributes, attribute::kAgentId, agent.value);
    put(span.attributes, attribute::kStepTask, child.value);
    return add(std::move(span)).value_or(0);
}

trace::SpanId SpanFold::parent_of_step(const std::string& path) const {
    if (const auto slash = path.rfind('/'); slash != std::string::npos) {
        const auto outer = open_steps_.find(path.substr(0, slash));
        if (outer != open_steps_.end() && outer->second != 0) return spans_[outer->second].id;
    }
    return running_ ? spans_[running_->span].id : standing_.span;
}

void SpanFold::on(const task::Spent& body) {
    if (!running_ || body.attempt != running_->number) return;
    add_model_call(body.usage);
    running_->model_used += body.usage;
    running_->model_from = now_;
}

void SpanFold::add_model_call(const task::Usage& used) {
    auto& running = *running_;
    if (!running.facts || running.facts->kind != agents::Kind::OpenAi) return;
    const auto& model = running.facts->model;
    auto span = make(trace::span_of_model_call(task_, running.number, ++running.model_calls),
                     spans_[running.span].id, model.empty() ? "chat" : bounded("chat " + model));
    span.kind = otlp::SpanKind::Client;
    span.start = running.model_from;
    span.end = now_;
    span.status = StatusCode::Ok;
    put(span.attributes, attribute::kOperation, "chat");
    put_agent(span.attributes, *running.facts);
    put(span.attributes, attribute::kConversation, conversation_);
    put_usage(span.attributes, used);
    add(std::move(span));
}

}  // namespace meshai::app
