#include "wire/trace/standing.h"

#include <gtest/gtest.h>

#include <set>

namespace meshai::wire::trace {
namespace {

const std::string kClients = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const TaskId kTask{"t_1"};
const Tracing kOn{.is_on = true};

TEST(StandingOfATask, IsInTheTraceOfItsClient) {
    const auto standing = standing_of({kTask, {}, {}, kClients}, kOn);
    EXPECT_EQ(standing.trace.hex, "0af7651916cd43dd8448eb211c80319c");
    EXPECT_EQ(standing.parent.hex, "b7ad6b7169203331");
    EXPECT_TRUE(standing.is_parent_remote);
    EXPECT_TRUE(standing.is_sampled());
}

TEST(StandingOfATask, BeginsATraceWithoutAClients) {
    const auto standing = standing_of({kTask, {}, {}, "garbage"}, kOn);
    EXPECT_EQ(standing.trace.hex.size(), 32U);
    EXPECT_TRUE(standing.parent.empty());
    EXPECT_FALSE(standing.is_parent_remote);
    EXPECT_TRUE(standing.is_sampled());
    const auto own = parse_traceparent(traceparent({standing.trace, standing.span, standing.flags}));
    ASSERT_TRUE(own);
    EXPECT_EQ(own->trace, standing.trace);
}

TEST(StandingOfATask, IsTheSameEveryTime) {
    for (const auto* trace : {"", kClients.c_str()}) {
        const auto once = standing_of({kTask, {}, {}, trace}, kOn);
        const auto again = standing_of({kTask, {}, {}, trace}, kOn);
        EXPECT_EQ(once.trace, again.trace);
        EXPECT_EQ(once.span, again.span);
        EXPECT_EQ(once.parent, again.parent);
    }
}

TEST(StandingOfAChild, IsBelowTheStepOfItsParentInTheTraceOfTheRoot) {
    const TaskId child{"t_2"};
    for (const auto* trace : {"", kClients.c_str()}) {
        const auto root = standing_of({kTask, {}, {}, trace}, kOn);
        const auto standing = standing_of({child, kTask, kTask, trace}, kOn);
        EXPECT_EQ(standing.trace, root.trace);
        EXPECT_EQ(standing.parent, span_of_child_step(child));
        EXPECT_FALSE(standing.is_parent_remote);
        EXPECT_EQ(standing.flags, root.flags);
    }
}

TEST(Spans, OfOneTaskAreAllDifferent) {
    std::set<SpanId> spans{standing_of({kTask, {}, {}, ""}, kOn).span};
    int made = 1;
    for (int i = 1; i <= 3; ++i) {
        spans.insert(span_of_attempt(kTask, i));
        spans.insert(span_of_model_call(kTask, i, 1));
        spans.insert(span_of_model_call(kTask, i, 2));
        spans.insert(span_of_step(kTask, "draft", i));
        spans.insert(span_of_child_step(TaskId{"t_" + std::to_string(i)}));
        made += 5;
    }
    EXPECT_EQ(spans.size(), static_cast<std::size_t>(made));
    for (const auto& span : spans) EXPECT_EQ(span.hex.size(), 16U);
}

TEST(Sampling, IsTheClientsDecisionWhereItSaysSomething) {
    auto unsampled = kClients;
    unsampled.back() = '0';
    EXPECT_FALSE(standing_of({kTask, {}, {}, unsampled}, kOn).is_sampled());
    EXPECT_TRUE(standing_of({kTask, {}, {}, kClients}, {.is_on = true, .sample_percent = 0}).is_sampled());
}

TEST(Sampling, TakesItsShareOfTheOthers) {
    for (const int percent : {0, 10, 50, 100}) {
        int sampled = 0;
        for (int i = 0; i < 1000; ++i)
            sampled += standing_of({TaskId{"t_" + std::to_string(i)}, {}, {}, ""},
                                   {.is_on = true, .sample_percent = percent})
                           .is_sampled();
        EXPECT_NEAR(sampled, percent * 10, percent % 100 == 0 ? 0 : 60) << percent;
    }
}

}  // namespace
}  // namespace meshai::wire::trace
