#include <gtest/gtest.h>

#include "mesh/router/router.h"

namespace meshai::mesh {
namespace {

struct Sentence {
    std::string_view name;
    std::string_view text;
    std::string_view primary;
};

// The 19 sentences that the guide's examples give.
constexpr Sentence kSentences[] = {
    {"AnotherName", "What is another name for rectangle?", "text_generation"},
    {"Capital", "What is the capital of France?", "text_generation"},
    {"Rome", "Tell me about the history of Rome", "text_generation"},
    {"Summarize", "Summarize this article in two lines", "text_generation"},
    {"Translate", "Translate 'good morning' into Spanish", "text_generation"},
    {"Factorial", "Write a Python function to calculate factorial", "code_generation"},
    {"Debug", "Debug this code: it loops for ever", "code_generation"},
    {"BinarySearch", "Implement a binary search", "code_generation"},
    {"Refactor", "Refactor the login endpoint", "code_generation"},
    {"Dataset", "Analyze this large dataset", "data_analysis"},
    {"Average", "Calculate the average of 3, 7 and 20", "data_analysis"},
    {"Revenue", "Create a chart of monthly revenue", "data_analysis"},
    {"TwoWishes", "Analyze this dataset and write a Python script to visualize it", "data_analysis"},
    {"Puzzle", "Solve this puzzle: three doors, one key", "reasoning"},
    {"Prove", "Prove that the square root of 2 is irrational", "reasoning"},
    {"Riddle", "What's the logic behind this riddle?", "reasoning"},
    {"Lighthouse", "Generate an image of a lighthouse at dawn", "image_generation"},
    {"WaterCycle", "Draw a diagram of the water cycle", "image_generation"},
    {"ChildrensBook", "Create an illustration for a children's book", "image_generation"},
};

class Detection : public testing::TestWithParam<Sentence> {};

TEST_P(Detection, FindsThePrimaryCapability) {
    EXPECT_EQ(detect_capabilities(GetParam().text, "").primary, GetParam().primary);
}

INSTANTIATE_TEST_SUITE_P(Sentences, Detection, testing::ValuesIn(kSentences),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Detection, FurtherMatchesAreOptionalInTheOrderOfTheText) {
    const auto found = detect_capabilities("Analyze this dataset, draw it, and write a SQL script", "");
    EXPECT_EQ(found.primary, "data_analysis");
    EXPECT_EQ(found.optional, (std::vector<std::string>{"image_generation", "code_generation"}));
}

TEST(Detection, APhraseIsFoundAcrossALineEndAndInAnyCase) {
    EXPECT_EQ(detect_capabilities("Please FIX\n  Code for me", "").primary, "code_generation");
}

TEST(Detection, TheTaskTypeHelpsOnlyWhereTheTextIsSilent) {
    EXPECT_EQ(detect_capabilities("Have a look at this", "code").primary, "code_generation");
    EXPECT_EQ(detect_capabilities("Have a look at this", "analysis").primary, "data_analysis");
    EXPECT_EQ(detect_capabilities("Have a look at this", "anything").primary, "text_generation");
    const auto both = detect_capabilities("Draw a cat", "code");
    EXPECT_EQ(both.primary, "image_generation");
    EXPECT_EQ(both.optional, std::vector<std::string>{"code_generation"});
}

TEST(Detection, AWordInsideAnotherDoesNotCount) {
    EXPECT_EQ(detect_capabilities("capitals, summaries, scripture, überapi", "").primary, "text_generation");
}

TEST(Detection, NoTextIsText) {
    EXPECT_EQ(detect_capabilities("", "").primary, "text_generation");
}

TEST(Strategies, EveryAliasMeansItsStrategy) {
    EXPECT_EQ(strategy_of("performance"), Strategy::Performance);
    EXPECT_EQ(strategy_of("performance_based"), Strategy::Performance);
    EXPECT_EQ(strategy_of("PERFORMANCE_BASED"), Strategy::Performance);
    EXPECT_EQ(strategy_of("least-loaded"), Strategy::LeastLoaded);
    EXPECT_EQ(strategy_of("Sticky-Session"), Strategy::StickySession);
    EXPECT_EQ(strategy_of("capability_match"), Strategy::CapabilityMatch);
    EXPECT_EQ(strategy_of("cost_optimized"), Strategy::CostOptimized);
    EXPECT_EQ(strategy_of("round_robin"), Strategy::RoundRobin);
    for (const auto* word : {"sequential", "parallel", "collaborative", "hierarchical"}) {
        EXPECT_EQ(strategy_of(word), std::nullopt) << word;
        EXPECT_TRUE(is_collaboration(word)) << word;
    }
    EXPECT_FALSE(is_collaboration("performance"));
}

TEST(Strategies, ANameGoesThereAndBack) {
    for (const auto strategy : {Strategy::CapabilityMatch, Strategy::Performance, Strategy::CostOptimized,
                                Strategy::RoundRobin, Strategy::StickySession, Strategy::LeastLoaded})
        EXPECT_EQ(strategy_of(strategy_name(strategy)), strategy);
}

}  // namespace
}  // namespace meshai::mesh
