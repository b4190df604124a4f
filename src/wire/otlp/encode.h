// wire/otlp/encode.h
//
// Spans as a request of OTLP/HTTP, in the protocol's JSON encoding, and the
// answer of a receiver (OTLP 1.9, "JSON Protobuf Encoding"). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "wire/otlp/span.h"

namespace meshai::wire::otlp {

inline constexpr std::string_view kTracesPath = "/v1/traces";
inline constexpr std::string_view kContentType = "application/json";

/// Who recorded the spans.
struct Service {
    std::string name;
    std::string version;
};

/// An ExportTraceServiceRequest.
json::object export_request(const Service& service, const std::vector<Span>& spans);

/// What a receiver says in an answer 200: how many spans it did not take, and why.
struct PartialSuccess {
    std::int64_t rejected_spans = 0;
    std::string message{};
};

/// Zero for an answer that says nothing of the kind, which is the usual one.
PartialSuccess parse_export_response(std::string_view body);

}  // namespace meshai::wire::otlp
