#include "workflow/predefined.h"

#include <gtest/gtest.h>

#include "workflow/check.h"
#include "workflow/expression.h"
#include "workflow/graph.h"
#include "workflow/samples_test.h"

namespace meshai::workflow {
namespace {

TEST(Predefined, AreTheSixOfTheFamilyWithTheirAgentsAndParameters) {
    std::string text;
    for (const auto& definition : predefined()) {
        text += definition.name + " " + tool_name(definition.name) + ":";
        for (const auto& agent : agents_of(definition)) text += " " + agent;
        text += " (";
        for (const auto& member : definition.input_schema.at("properties").as_object())
            text += std::string(member.key()) + " ";
        text += "needs " + std::string(definition.input_schema.at("required").at(0).as_string()) + ")\n";
    }
    EXPECT_EQ(
        text,
        "code-review mesh_code_review: code-reviewer security-analyzer best-practices-advisor (files depth "
        "focus_areas context needs files)\n"
        "refactor-optimize mesh_refactor_optimize: code-optimizer performance-analyzer test-generator (files "
        "goals "
        "preserve_api context needs files)\n"
        "debug-fix mesh_debug_fix: debugger-expert log-analyzer test-generator (issue_description error_logs "
        "affected_files context needs issue_description)\n"
        "document-explain mesh_document_explain: doc-writer code-explainer example-generator (files audience "
        "style "
        "context needs files)\n"
        "architecture-review mesh_architecture_review: system-architect performance-analyst security-auditor "
        "(scope "
        "focus constraints context needs scope)\n"
        "feature-development mesh_feature_development: product-designer senior-developer test-engineer "
        "doc-writer "
        "(feature_description requirements include_tests include_docs context needs feature_description)\n");
}

TEST(Predefined, AreGoodDefinitionsAlsoWhereTheirAgentsDoNotExist) {
    const Known known{[](std::string_view) { return false; },
                      [](std::string_view name) { return name == "text_generation"; },
                      {},
                      {}};
    for (const auto& definition : predefined()) {
        EXPECT_EQ(listed(check(definition, known)), "") << definition.name;
        const auto again = parse(to_json(definition));
        ASSERT_TRUE(again) << again.error().message;
        EXPECT_EQ(*again, definition);
        EXPECT_EQ(definition.timeout, Millis{300'000});
        ASSERT_EQ(sinks(definition.steps).size(), 1U);
        EXPECT_EQ(sinks(definition.steps)[0]->id, "synthesis");
    }
}

TEST(Predefined, NeedOnlyTheirFirstParameter) {
    const auto review = *predefined("code-review");
    EXPECT_FALSE(check_input(review, {{"depth", "deep"}}));
    const json::value input = {{"files", "main.cc"}};
    EXPECT_TRUE(check_input(review, input));
    EXPECT_EQ(listed(check(review, {}, input)), "");
    const auto task =
        Template::compile(std::get<AgentWork>(review.steps[0].work).task)->evaluate({{"input", input}});
    ASSERT_TRUE(task) << task.error().message;
    EXPECT_EQ(std::string(task->get_string()),
              "Review this code: find what is wrong or hard to understand, and say where and why.\n\nFiles: "
              "main.cc\nDepth: "
              "standard\nFocus areas: whatever matters most");
}

TEST(Predefined, ThereIsNoOtherByAnotherName) {
    EXPECT_FALSE(predefined("code_review"));
    EXPECT_FALSE(predefined(""));
}

}  // namespace
}  // namespace meshai::workflow
