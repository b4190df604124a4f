// wire/otlp/span.h
//
// A span as OpenTelemetry understands it: one piece of work with a beginning,
// an end and a parent. Made from the log of a task (app/telemetry), written by
// encode.h. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "wire/trace/context.h"

namespace meshai::wire::otlp {

using Value = std::variant<std::string, std::int64_t, double, bool>;

struct Attribute {
    std::string key;
    Value value;
    friend bool operator==(const Attribute&, const Attribute&) = default;
};
using Attributes = std::vector<Attribute>;

/// The numbers are those of the protocol, here and below.
enum class SpanKind { Internal = 1, Server = 2, Client = 3 };
enum class StatusCode { Unset = 0, Ok = 1, Error = 2 };

/// Something that happened at one moment of a span.
struct SpanEvent {
    WallTime at{};
    std::string name{};
    Attributes attributes{};
    friend bool operator==(const SpanEvent&, const SpanEvent&) = default;
};

struct Span {
    trace::TraceId trace{};
    trace::SpanId id{};
    trace::SpanId parent{};         ///< empty: the first of its trace
    bool is_parent_remote = false;  ///< the parent was recorded by another program
    std::uint8_t flags = 0;         ///< of the trace context
    std::string name{};
    SpanKind kind = SpanKind::Internal;
    WallTime start{};
    WallTime end{};
    Attributes attributes{};
    std::vector<SpanEvent> events{};
    std::uint32_t events_dropped = 0;
    StatusCode status = StatusCode::Unset;
    std::string status_message{};
    friend bool operator==(const Span&, const Span&) = default;
};

}  // namespace meshai::wire::otlp
