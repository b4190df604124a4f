#include "wire/trace/standing.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <array>

namespace meshai::wire::trace {
namespace {

constexpr std::size_t kTraceHexDigits = 32;
constexpr std::size_t kSpanHexDigits = 16;

// Ids of tasks are random; the digest makes them even, and keeps the kinds of span apart.
std::string digest(std::string_view kind, std::string_view id, std::size_t hex_digits) {
    const auto text = fmt::format("meshai {} {}", kind, id);
    std::array<unsigned char, SHA256_DIGEST_LENGTH> bytes{};
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), bytes.data());
    std::string hex;
    for (std::size_t i = 0; hex.size() < hex_digits; ++i) hex += fmt::format("{:02x}", bytes[i]);
    return hex;
}

SpanId span(std::string_view kind, std::string_view id) {
    return SpanId{digest(kind, id, kSpanHexDigits)};
}

// As the samplers of OpenTelemetry do it: the trace id decides, so that every
// program with the same share comes to the same answer.
bool falls_into(const TraceId& trace, int percent) {
    const auto tail = trace.hex.substr(trace.hex.size() - 8);
    const auto place = std::stoull(tail, nullptr, 16);  // of 2^32
    return place * 100 < static_cast<unsigned long long>(percent) << 32U;
}

}  // namespace

Standing standing_of(const Kin& kin, const Tracing& tracing) {
    Standing standing;
    standing.span = span("task", kin.task.value);
    const auto& root = kin.root.empty() ? kin.task : kin.root;
    if (const auto context = parse_traceparent(kin.traceparent)) {
        standing.trace = context->trace;
        standing.parent = context->parent;
        standing.is_parent_remote = true;
        standing.flags = context->flags;
    } else {
        standing.trace = TraceId{digest("trace", root.value, kTraceHexDigits)};
        standing.flags = falls_into(standing.trace, tracing.sample_percent) ? kSampled : 0;
    }
    if (!kin.parent.empty()) {
        standing.parent = span_of_child_step(kin.task);
        standing.is_parent_remote = false;
    }
    return standing;
}

SpanId span_of_attempt(const TaskId& task, int attempt) {
    return span("attempt", fmt::format("{} {}", task.value, attempt));
}

SpanId span_of_model_call(const TaskId& task, int attempt, int call) {
    return span("model call", fmt::format("{} {} {}", task.value, attempt, call));
}

SpanId span_of_step(const TaskId& task, std::string_view step, int attempt) {
    return span("step", fmt::format("{} {} {}", task.value, attempt, step));
}

SpanId span_of_child_step(const TaskId& child) {
    return span("child step", child.value);
}

}  // namespace meshai::wire::trace
