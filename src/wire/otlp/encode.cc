#include "wire/otlp/encode.h"

#include <algorithm>
#include <charconv>

namespace meshai::wire::otlp {
namespace {

// Flags of a span in the protocol: the byte of the trace context, then whether it
// is known that the parent is remote, then whether it is.
constexpr std::uint32_t kRemoteIsKnown = 0x100;
constexpr std::uint32_t kIsRemote = 0x200;
constexpr std::size_t kMessageBytesMax = 512;  // of a receiver

constexpr std::string_view kScope = "meshai";
constexpr std::string_view kSchemaUrl = "https://opentelemetry.io/schemas/1.41.0";

// proto3 JSON writes 64-bit integers as decimal strings.
std::string number_text(std::int64_t number) {
    return std::to_string(number);
}

std::string nanoseconds(WallTime time) {
    constexpr std::int64_t kPerMillisecond = 1'000'000;
    return number_text(unix_ms(time) * kPerMillisecond);
}

struct AnyValue {
    json::object operator()(const std::string& text) const { return {{"stringValue", valid_utf8(text)}}; }
    json::object operator()(std::int64_t number) const { return {{"intValue", number_text(number)}}; }
    json::object operator()(double number) const { return {{"doubleValue", number}}; }
    json::object operator()(bool flag) const { return {{"boolValue", flag}}; }
};

json::array attributes_json(const Attributes& attributes) {
    json::array out;
    for (const auto& [key, value] : attributes)
        out.push_back(json::object{{"key", key}, {"value", std::visit(AnyValue{}, value)}});
    return out;
}

json::object event_json(const SpanEvent& event) {
    json::object out{{"timeUnixNano", nanoseconds(event.at)}, {"name", event.name}};
    if (!event.attributes.empty()) out["attributes"] = attributes_json(event.attributes);
    return out;
}

json::object status_json(const Span& span) {
    json::object out;
    if (span.status != StatusCode::Unset) out["code"] = static_cast<int>(span.status);
    if (!span.status_message.empty()) out["message"] = valid_utf8(span.status_message);
    return out;
}

// "The traceId and spanId byte arrays are represented as case-insensitive
// hex-encoded strings; they are not base64-encoded", and "values of enum fields
// MUST be encoded as integer values" (OTLP, JSON Protobuf Encoding).
json::object span_json(const Span& span) {
    std::uint32_t flags = span.flags;
    if (!span.parent.empty()) flags |= kRemoteIsKnown | (span.is_parent_remote ? kIsRemote : 0U);
    json::object out{{"traceId", span.trace.hex}, {"spanId", span.id.hex}};
    if (!span.parent.empty()) out["parentSpanId"] = span.parent.hex;
    out["flags"] = flags;
    out["name"] = valid_utf8(span.name);
    out["kind"] = static_cast<int>(span.kind);
    out["startTimeUnixNano"] = nanoseconds(span.start);
    out["endTimeUnixNano"] = nanoseconds(span.end);
    if (!span.attributes.empty()) out["attributes"] = attributes_json(span.attributes);
    if (!span.events.empty()) {
        json::array events;
        for (const auto& event : span.events) events.push_back(event_json(event));
        out["events"] = std::move(events);
    }
    if (span.events_dropped > 0) out["droppedEventsCount"] = span.events_dropped;
    if (auto status = status_json(span); !status.empty()) out["status"] = std::move(status);
    return out;
}

// A count, which proto3 JSON writes as a string and readers take as a number, too.
std::int64_t count_of(const json::object& object, std::string_view key) {
    if (const auto number = find_int(object, key)) return *number;
    const auto text = find_string(object, key).value_or("");
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

}  // namespace

json::object export_request(const Service& service, const std::vector<Span>& spans) {
    json::array written;
    for (const auto& span : spans) written.push_back(span_json(span));
    const Attributes resource{{"service.name", service.name},
                              {"service.version", service.version},
                              {"telemetry.sdk.name", std::string(kScope)},
                              {"telemetry.sdk.language", std::string("cpp")},
                              {"telemetry.sdk.version", service.version}};
    json::object scope_spans{{"scope", {{"name", kScope}, {"version", service.version}}},
                             {"spans", std::move(written)},
                             {"schemaUrl", kSchemaUrl}};
    json::object resource_spans{{"resource", {{"attributes", attributes_json(resource)}}},
                                {"scopeSpans", json::array{std::move(scope_spans)}},
                                {"schemaUrl", kSchemaUrl}};
    return json::object{{"resourceSpans", json::array{std::move(resource_spans)}}};
}

PartialSuccess parse_export_response(std::string_view body) {
    const auto answer = parse_json(body);
    const auto* object = answer ? answer->if_object() : nullptr;
    const auto* partial = object ? find_object(*object, "partialSuccess") : nullptr;
    if (!partial) return {};
    PartialSuccess said;
    said.rejected_spans = std::max<std::int64_t>(0, count_of(*partial, "rejectedSpans"));
    const auto message = find_string(*partial, "errorMessage").value_or("");
    said.message = utf8_prefix(message, kMessageBytesMax);
    return said;
}

}  // namespace meshai::wire::otlp
