#include "app/telemetry/spans.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/telemetry/attributes.h"
#include "net/http/message.h"

namespace meshai::app {
namespace {

namespace otlp = wire::otlp;
namespace trace = wire::trace;
using otlp::StatusCode;

// What is said between the failure of an attempt and the next one, and looked through.
constexpr std::size_t kSaidMax = 32;

}  // namespace

AgentFacts facts_of(const agents::Spec& spec) {
    AgentFacts facts{.kind = spec.kind, .model = spec.model, .version = spec.version};
    if (const auto url = net::http::parse_url(spec.url)) {
        facts.host = url->host;
        facts.port = url->port;
    }
    return facts;
}

SpanFold::SpanFold(TenantId tenant, TaskId task, trace::Tracing tracing, FactsOf facts)
    : tenant_(std::move(tenant)), task_(std::move(task)), tracing_(tracing), facts_(std::move(facts)) {}

void SpanFold::take(const task::Event& event) {
    now_ = event.at;
    const bool is_first = std::holds_alternative<task::Submitted>(event.body);
    if (is_first || !spans_.empty()) std::visit([this](const auto& body) { on(body); }, event.body);
    // A new decision for the next attempt is no word of the one before.
    if (running_ && !std::holds_alternative<task::Routed>(event.body)) running_->heard_at = now_;
}

std::vector<otlp::Span> SpanFold::spans() && {
    if (!spans_.empty() && spans_.front().end == WallTime{}) end_task("", StatusCode::Unset, "");
    return std::move(spans_);
}

void SpanFold::on(const task::Submitted& body) {
    const auto& request = body.request;
    const auto& lineage = request.lineage;
    standing_ = trace::standing_of({task_, lineage.parent, lineage.root, request.trace}, tracing_);
    conversation_ = request.conversation;
    is_composite_ = request.is_composite();
    workflow_ = task::workflow_name(request);

    auto span = make(standing_.span, standing_.parent, "meshai.task");
    span.is_parent_remote = standing_.is_parent_remote;
    // What a client asked for is served; what a step of a workflow asked for stays in the house.
    span.kind = lineage.parent.empty() ? otlp::SpanKind::Server : otlp::SpanKind::Internal;
    put(span.attributes, attribute::kTenant, tenant_.value);
    put(span.attributes, attribute::kTask, task_.value);
    put(span.attributes, attribute::kTaskType, request.task_type);
    put(span.attributes, attribute::kTaskParent, lineage.parent.value);
    put(span.attributes, attribute::kTaskRoot, lineage.root.value);
    put(span.attributes, attribute::kStep, lineage.step);
    put(span.attributes, attribute::kWorkflow, workflow_);
    put(span.attributes, attribute::kConversation, conversation_);
    put(span.attributes, attribute::kCorrelation, request.correlation_id);
    add(std::move(span));
}

void SpanFold::on(const task::Routed& body) {
    otlp::Attributes said;
    put(said, attribute::kAgentId, body.agent.value);
    put(said, attribute::kAgentName, body.agent_name);
    put(said, attribute::kStrategy, body.strategy);
    if (body.fallback) said.push_back({attribute::kFallback, true});
    note(0, "meshai.routed", std::move(said));
}

void SpanFold::on(const task::Started& body) {
    if (running_) supersede(body.reason);
    ++attempts_;
    Running running{.number = body.attempt, .agent = body.agent, .model_from = now_};
    auto span = make(trace::span_of_attempt(task_, body.attempt), standing_.span, "");
    put(span.attributes, attribute::kAttempt, std::int64_t{body.attempt});
    if (is_composite_) {
        span.name = workflow_.empty() ? "invoke_workflow" : bounded("invoke_workflow " + workflow_);
        put(span.attributes, attribute::kOperation, "invoke_workflow");
        put(span.attributes, attribute::kWorkflow, workflow_);
    } else {
        running.facts = facts_ ? facts_(body.agent) : std::nullopt;
        span.name = bounded("invoke_agent " + body.agent_name);
        put(span.attributes, attribute::kOperation, "invoke_agent");
        put(span.attributes, attribute::kAgentId, body.agent.value);
        put(span.attributes, attribute::kAgentName, body.agent_name);
        if (running.facts) {
            put(span.attributes, attribute::kAgentVersion, running.facts->version);
            put_agent(span.attributes, *running.facts);
            // The call of a model's API is a span of its own below; a program runs here.
            const auto kind = running.facts->kind;
            if (kind == agents::Kind::Http || kind == agents::Kind::Mesh) span.kind = otlp::SpanKind::Client;
        }
        put(span.attributes, attribute::kConversation, conversation_);
    }
    if (body.attempt > 1) {
        otlp::Attributes said;
        put(said, attribute::kAttempt, std::int64_t{body.attempt});
        put(said, attribute::kAgentName, body.agent_name);
        note(0, "meshai.retry", std::move(said));
    }
    const auto added = add(std::move(span));
    if (!added) return;
    running.span = *added;
    running_ = std::move(running);
}

void SpanFold::on(const task::Progress& body) {
    if (!running_) return;
    running_->said.push_back({now_, body.message});
    if (running_->said.size() > kSaidMax) running_->said.pop_front();
}

void SpanFold::on(const task::Output&) {
    if (!running_ || std::exchange(running_->has_written, true)) return;
    note(running_->span, "meshai.first_output", {});
}

void SpanFold::on(const task::AgentMessage& body) {
    otlp::Attributes said;
    put(said, attribute::kMessageFrom, body.from.value);
    put(said, attribute::kMessageTo, body.to.value);
    put(said, attribute::kMessageKind, body.kind);
    note_where_it_runs("meshai.agent_message", std::move(said));
}

void SpanFold::on(const task::InputRequired& body) {
    otlp::Attributes said;
    put(said, attribute::kQuestion, body.key);
    note_where_it_runs("meshai.input_required", std::move(said));
}

void SpanFold::on(const task::InputGiven& body) {
    otlp::Attributes said;
    put(said, attribute::kQuestion, body.key);
    if (body.by.value == task::kExpired) said.push_back({attribute::kExpired, true});
    note_where_it_runs("meshai.input_given", std::move(said));
    if (running_) running_->model_from = now_;
}

void SpanFold::on(const task::Completed& body) {
    if (running_ && !is_composite_) {
        put_usage(spans_[running_->span].attributes, body.usage);
        task::Usage rest = body.usage;
        rest.input_tokens = std::max<std::int64_t>(0, rest.input_tokens - running_->model_used.input_tokens);
        rest.output_tokens =
            std::max<std::int64_t>(0, rest.output_tokens - running_->model_used.output_tokens);
        rest.cost = std::max(0.0, rest.cost - running_->model_used.cost);
        add_model_call(rest);
    }
    end_task("completed", StatusCode::Ok, "");
}

void SpanFold::on(const task::Failed& body) {
    end_task("failed", StatusCode::Error, code_name(body.code));
}

// Somebody wished it: that is an end like any other, and no error of anybody.
void SpanFold::on(const task::Cancelled&) {
    end_task("cancelled", StatusCode::Unset, "");
}

otlp::Span SpanFold::make(trace::SpanId id, trace::SpanId parent, std::string name) const {
    Span span;
    span.trace = standing_.trace;
    span.id = std::move(id);
    span.parent = std::move(parent);
    span.flags = standing_.flags;
    span.name = std::move(name);
    span.start = now_;
    return span;
}

std::optional<std::size_t> SpanFold::add(Span span) {
    if (spans_.size() >= kSpansPerTaskMax) {
        ++spans_dropped_;
        return std::nullopt;
    }
    spans_.push_back(std::move(span));
    return spans_.size() - 1;
}

void SpanFold::note(std::size_t index, std::string name, otlp::Attributes attributes) {
    auto& span = spans_[index];
    if (span.events.size() < kEventsPerSpanMax)
        span.events.push_back({now_, std::move(name), std::move(attributes)});
    else
        ++span.events_dropped;
}

void SpanFold::note_where_it_runs(std::string name, otlp::Attributes attributes) {
    note(running_ ? running_->span : 0, std::move(name), std::move(attributes));
}

// Another attempt begins. One that failed was announced by a progress that begins
// with the reason of the next; one that left no such word ended with its server.
void SpanFold::supersede(const std::string& reason) {
    const auto announced = std::ranges::find_if(running_->said, [&](const Said& said) {
        return !reason.empty() && said.message.starts_with(reason);
    });
    if (announced != running_->said.end())
        return end_attempt(StatusCode::Error, kUnknownError, announced->at);
    end_attempt(StatusCode::Error, code_name(Code::Interrupted), running_->heard_at);
}

void SpanFold::end_attempt(StatusCode status, std::string_view error, WallTime at) {
    auto& span = spans_[running_->span];
    span.end = at;
    span.status = status;
    span.status_message = error;
    put(span.attributes, attribute::kErrorType, error);
    running_.reset();
}

void SpanFold::end_task(std::string_view state, StatusCode status, std::string_view error) {
    if (running_) end_attempt(status, error, now_);
    for (const auto& [path, index] : open_steps_) {
        if (index == 0) continue;
        spans_[index].end = now_;
        put(spans_[index].attributes, attribute::kStepStatus, "cancelled");
    }
    open_steps_.clear();
    auto& span = spans_.front();
    span.end = now_;
    span.status = status;
    span.status_message = error;
    put(span.attributes, attribute::kTaskState, state);
    put(span.attributes, attribute::kTaskAttempts, std::int64_t{attempts_});
    put(span.attributes, attribute::kErrorType, error);
    if (spans_dropped_ > 0) put(span.attributes, attribute::kSpansDropped, spans_dropped_);
}

std::vector<otlp::Span> spans_of(const TenantId& tenant, const TaskId& task,
                                 const std::vector<task::Event>& events, const trace::Tracing& tracing,
                                 const FactsOf& facts) {
    SpanFold fold(tenant, task, tracing, facts);
    for (const auto& event : events) fold.take(event);
    if (!fold.is_sampled()) return {};
    return std::move(fold).spans();
}

}  // namespace meshai::app
