#include "app/telemetry/attributes.h"

namespace meshai::app {

std::string bounded(std::string_view text) {
    return std::string(utf8_prefix(text, kAttributeBytesMax));
}

void put(wire::otlp::Attributes& attributes, const char* key, std::string_view text) {
    if (!text.empty()) attributes.push_back({key, bounded(text)});
}

void put(wire::otlp::Attributes& attributes, const char* key, std::int64_t number) {
    attributes.push_back({key, number});
}

void put_usage(wire::otlp::Attributes& attributes, const task::Usage& usage) {
    put(attributes, attribute::kInputTokens, usage.input_tokens);
    put(attributes, attribute::kOutputTokens, usage.output_tokens);
    if (usage.cost > 0) attributes.push_back({attribute::kCost, usage.cost});
}

void put_agent(wire::otlp::Attributes& attributes, const AgentFacts& facts) {
    put(attributes, attribute::kProvider, provider_of(facts.kind));
    put(attributes, attribute::kModel, facts.model);
    put(attributes, attribute::kServerAddress, facts.host);
    if (!facts.host.empty()) put(attributes, attribute::kServerPort, std::int64_t{facts.port});
}

std::string_view provider_of(agents::Kind kind) {
    if (kind == agents::Kind::OpenAi) return "openai";
    if (kind == agents::Kind::Mesh) return "meshai";
    return "custom";
}

}  // namespace meshai::app
