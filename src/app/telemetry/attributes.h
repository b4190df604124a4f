// app/telemetry/attributes.h
//
// The names of what spans say, in one place: OpenTelemetry's conventions for
// generative AI (version 1.41) where there is one, else our own under
// "meshai.". A text is bounded, and one that is empty is left out. Pure.
#pragma once

#include <string>
#include <string_view>

#include "app/telemetry/spans.h"
#include "wire/otlp/span.h"

namespace meshai::app {

namespace attribute {
inline constexpr const char* kOperation = "gen_ai.operation.name";
inline constexpr const char* kProvider = "gen_ai.provider.name";
inline constexpr const char* kModel = "gen_ai.request.model";
inline constexpr const char* kInputTokens = "gen_ai.usage.input_tokens";
inline constexpr const char* kOutputTokens = "gen_ai.usage.output_tokens";
inline constexpr const char* kAgentId = "gen_ai.agent.id";
inline constexpr const char* kAgentName = "gen_ai.agent.name";
inline constexpr const char* kAgentVersion = "gen_ai.agent.version";
inline constexpr const char* kConversation = "gen_ai.conversation.id";
inline constexpr const char* kWorkflow = "gen_ai.workflow.name";
inline constexpr const char* kErrorType = "error.type";
inline constexpr const char* kServerAddress = "server.address";
inline constexpr const char* kServerPort = "server.port";
inline constexpr const char* kTenant = "meshai.tenant";
inline constexpr const char* kTask = "meshai.task.id";
inline constexpr const char* kTaskType = "meshai.task.type";
inline constexpr const char* kTaskState = "meshai.task.state";
inline constexpr const char* kTaskAttempts = "meshai.task.attempts";
inline constexpr const char* kTaskParent = "meshai.task.parent_id";
inline constexpr const char* kTaskRoot = "meshai.task.root_id";
inline constexpr const char* kCorrelation = "meshai.task.correlation_id";
inline constexpr const char* kSpansDropped = "meshai.spans_dropped";
inline constexpr const char* kAttempt = "meshai.attempt";
inline constexpr const char* kCost = "meshai.cost";
inline constexpr const char* kStrategy = "meshai.routing.strategy";
inline constexpr const char* kFallback = "meshai.routing.fallback";
inline constexpr const char* kStep = "meshai.step.path";
inline constexpr const char* kStepType = "meshai.step.type";
inline constexpr const char* kStepStatus = "meshai.step.status";
inline constexpr const char* kStepAttempt = "meshai.step.attempt";
inline constexpr const char* kStepTask = "meshai.step.task_id";
inline constexpr const char* kQuestion = "meshai.question.key";
inline constexpr const char* kExpired = "meshai.question.expired";
inline constexpr const char* kMessageFrom = "meshai.message.from";
inline constexpr const char* kMessageTo = "meshai.message.to";
inline constexpr const char* kMessageKind = "meshai.message.kind";
}  // namespace attribute

/// The conventions' word for a failure whose class nobody knows: the log keeps the
/// code of the last failure only; of an attempt that was repeated it has a sentence.
inline constexpr std::string_view kUnknownError = "_OTHER";

/// At most kAttributeBytesMax of the text, as names are, too.
std::string bounded(std::string_view text);

/// The same as an attribute; an empty one is left out.
void put(wire::otlp::Attributes& attributes, const char* key, std::string_view text);
void put(wire::otlp::Attributes& attributes, const char* key, std::int64_t number);

/// Tokens, and the cost where there is one.
void put_usage(wire::otlp::Attributes& attributes, const task::Usage& usage);

/// Which agent is called, and where it is.
void put_agent(wire::otlp::Attributes& attributes, const AgentFacts& facts);

/// "openai" for whoever speaks that API, as the conventions want it whoever runs the model;
/// "meshai" for a remote mesh; "custom" for what is behind an endpoint or a program of one's own.
std::string_view provider_of(agents::Kind kind);

}  // namespace meshai::app
