#include "wire/otlp/encode.h"

#include <gtest/gtest.h>

namespace meshai::wire::otlp {
namespace {

Span sample() {
    Span span;
    span.trace.hex = "0af7651916cd43dd8448eb211c80319c";
    span.id.hex = "00f067aa0ba902b7";
    span.parent.hex = "b7ad6b7169203331";
    span.is_parent_remote = true;
    span.flags = 1;
    span.name = "meshai.task";
    span.kind = SpanKind::Server;
    span.start = wall_of(1'737'028'800'000);
    span.end = wall_of(1'737'028'801'250);
    span.attributes = {{"meshai.task.id", std::string("t_1")},
                       {"meshai.task.attempts", std::int64_t{2}},
                       {"meshai.cost", 0.5},
                       {"meshai.fallback", true}};
    span.events = {{wall_of(1'737'028'800'500), "meshai.retry", {{"meshai.attempt", std::int64_t{2}}}}};
    span.events_dropped = 3;
    span.status = StatusCode::Error;
    span.status_message = "TIMEOUT";
    return span;
}

// The golden text: a receiver reads exactly this.
TEST(OtlpJson, WritesARequestAsTheProtocolSaysIt) {
    const auto expected = parse_json(R"({"resourceSpans":[{
      "resource":{"attributes":[
        {"key":"service.name","value":{"stringValue":"mesh"}},
        {"key":"service.version","value":{"stringValue":"1.2.3"}},
        {"key":"telemetry.sdk.name","value":{"stringValue":"meshai"}},
        {"key":"telemetry.sdk.language","value":{"stringValue":"cpp"}},
        {"key":"telemetry.sdk.version","value":{"stringValue":"1.2.3"}}]},
      "scopeSpans":[{"scope":{"name":"meshai","version":"1.2.3"},
        "spans":[{
          "traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"00f067aa0ba902b7",
          "parentSpanId":"b7ad6b7169203331","flags":769,"name":"meshai.task","kind":2,
          "startTimeUnixNano":"1737028800000000000","endTimeUnixNano":"1737028801250000000",
          "attributes":[
            {"key":"meshai.task.id","value":{"stringValue":"t_1"}},
            {"key":"meshai.task.attempts","value":{"intValue":"2"}},
            {"key":"meshai.cost","value":{"doubleValue":0.5}},
            {"key":"meshai.fallback","value":{"boolValue":true}}],
          "events":[{"timeUnixNano":"1737028800500000000","name":"meshai.retry",
            "attributes":[{"key":"meshai.attempt","value":{"intValue":"2"}}]}],
          "droppedEventsCount":3,
          "status":{"code":2,"message":"TIMEOUT"}}],
        "schemaUrl":"https://opentelemetry.io/schemas/1.41.0"}],
      "schemaUrl":"https://opentelemetry.io/schemas/1.41.0"}]})");
    ASSERT_TRUE(expected);
    EXPECT_EQ(json::value(export_request({"mesh", "1.2.3"}, {sample()})), *expected);
}

TEST(OtlpJson, ASpanWithoutAParentSaysNothingOfOne) {
    Span span = sample();
    span.parent = {};
    span.is_parent_remote = false;
    const auto text = to_text(export_request({"mesh", "1"}, {span}));
    EXPECT_EQ(text.find("parentSpanId"), std::string::npos);
    EXPECT_NE(text.find("\"flags\":1,"), std::string::npos);
}

TEST(OtlpJson, AParentOfThisServerIsKnownNotToBeRemote) {
    Span span = sample();
    span.is_parent_remote = false;
    EXPECT_NE(to_text(export_request({"mesh", "1"}, {span})).find("\"flags\":257,"), std::string::npos);
}

TEST(OtlpJson, IsValidUtf8WhateverAttributesHold) {
    Span span = sample();
    span.name = "\xff";
    span.attributes = {{"a", std::string("\xc3")}};
    const auto text = to_text(export_request({"mesh", "1"}, {span}));
    EXPECT_TRUE(is_valid_utf8(text));
    EXPECT_TRUE(parse_json(text));
}

struct ResponseCase {
    const char* name;
    const char* body;
    std::int64_t rejected;
    const char* message;
};

const ResponseCase kResponses[] = {
    {"Nothing", "", 0, ""},
    {"AllTaken", "{}", 0, ""},
    {"NullPartial", R"({"partialSuccess":null})", 0, ""},
    {"EmptyPartial", R"({"partialSuccess":{}})", 0, ""},
    {"AsAString", R"({"partialSuccess":{"rejectedSpans":"7","errorMessage":"too old"}})", 7, "too old"},
    {"AsANumber", R"({"partialSuccess":{"rejectedSpans":7}})", 7, ""},
    {"OnlyAWarning", R"({"partialSuccess":{"errorMessage":"use gzip"}})", 0, "use gzip"},
    {"NoNumber", R"({"partialSuccess":{"rejectedSpans":"many"}})", 0, ""},
    {"Negative", R"({"partialSuccess":{"rejectedSpans":-1}})", 0, ""},
    {"NotJson", "<html>", 0, ""},
    {"NotAnObject", "[]", 0, ""},
};

class OtlpResponse : public testing::TestWithParam<ResponseCase> {};

TEST_P(OtlpResponse, SaysWhatWasNotTaken) {
    const auto said = parse_export_response(GetParam().body);
    EXPECT_EQ(said.rejected_spans, GetParam().rejected);
    EXPECT_EQ(said.message, GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(OtlpJson, OtlpResponse, testing::ValuesIn(kResponses),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace meshai::wire::otlp
