#include "doors/toolbox/trace.h"

#include <gtest/gtest.h>

namespace meshai::doors {
namespace {

using Trace = std::map<std::string, std::string>;

const std::string kParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

json::object meta(json::object members) {
    return json::object{{"_meta", std::move(members)}};
}

TEST(TraceOfARequest, ComesFromMetaOrFromTheHeader) {  // B9
    EXPECT_EQ(trace_of(meta({{"traceparent", kParent}, {"tracestate", "a=1,b=2"}}), {}),
              (Trace{{"traceparent", kParent}, {"tracestate", "a=1,b=2"}}));
    EXPECT_EQ(trace_of({}, {{"Traceparent", kParent}, {"Baggage", "user=ann"}}),
              (Trace{{"traceparent", kParent}, {"baggage", "user=ann"}}));
}

TEST(TraceOfARequest, MetaGoesBeforeTheHeader) {
    auto other = kParent;
    other.back() = '0';
    EXPECT_EQ(trace_of(meta({{"traceparent", kParent}}), {{"traceparent", other}}),
              (Trace{{"traceparent", kParent}}));
}

TEST(TraceOfARequest, WhatIsMalformedIsLeftOut) {  // B9
    for (const std::string bad : {"", "00", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                  "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                                  "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                                  "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                                  "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"})
        EXPECT_EQ(trace_of(meta({{"traceparent", bad}, {"tracestate", "a=1"}}), {}), Trace{}) << bad;
    EXPECT_EQ(trace_of(meta({{"traceparent", 7}, {"baggage", "no equals sign"}}), {}), Trace{});
    EXPECT_EQ(trace_of(meta({{"baggage", "a=\r\nb"}}), {}), Trace{});
}

TEST(TraceOfATask, IsTheParentAlone) {
    EXPECT_EQ(traceparent_in(trace_of({}, {{"traceparent", kParent}, {"baggage", "a=b"}})), kParent);
    EXPECT_EQ(traceparent_in(trace_of({}, {{"baggage", "a=b"}})), "");
    EXPECT_EQ(traceparent_in(trace_of({}, {{"traceparent", kParent}, {"traceparent", kParent}})), "");
}

TEST(TraceOfATask, IsWrittenAsThisVersionWritesIt) {
    auto later = kParent;
    later[1] = '1';
    EXPECT_EQ(traceparent_in(trace_of(meta({{"traceparent", later + "-and-more"}}), {})), kParent);
}

}  // namespace
}  // namespace meshai::doors
