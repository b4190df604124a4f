// What docs/workflows.md shows is what this room reads.
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <sstream>

#include "workflow/check.h"
#include "workflow/expression.h"
#include "workflow/samples_test.h"
#include "workflow/text.h"
#include "workflow/words.h"

namespace meshai::workflow {
namespace {

std::string page() {
    std::ifstream file(MESHAI_DOCS "/workflows.md");
    std::ostringstream text;
    text << file.rdbuf();
    EXPECT_FALSE(text.str().empty());
    return text.str();
}

std::vector<std::string> blocks(const std::string& language) {
    const auto text = page();
    const auto fence = "```" + language + "\n";
    std::vector<std::string> found;
    for (auto at = text.find(fence); at != std::string::npos; at = text.find(fence, at)) {
        at += fence.size();
        const auto end = text.find("```", at);
        found.push_back(text.substr(at, end - at));
        at = end + 3;
    }
    return found;
}

TEST(WorkflowsPage, ItsExamplesAreGoodDefinitions) {
    Known known;
    known.workflow = [](std::string_view name) -> std::optional<Definition> {
        if (name != "post") return std::nullopt;
        return defined(R"({"name":"post","steps":[{"id":"a","task":"Post ${input.text}"}]})");
    };
    const auto examples = blocks("json");
    EXPECT_EQ(examples.size(), 3U);
    for (const auto& example : examples) EXPECT_EQ(listed(check(defined(example), known)), "") << example;
}

TEST(WorkflowsPage, TogetherItsExamplesShowEveryTypeOfStep) {
    std::string all = "\"type\": \"agent\"";
    for (const auto& example : blocks("json")) all += example;
    for (const auto type : kTypes)
        EXPECT_NE(all.find("\"type\": \"" + std::string(type)), std::string::npos) << type;
}

TEST(WorkflowsPage, ItsTomlIsTheSameWorkflowAsItsJson) {
    const auto files = blocks("toml");
    ASSERT_EQ(files.size(), 1U);
    const auto definition = read_text(files[0], Language::Toml);
    ASSERT_TRUE(definition) << listed(definition.error());
    EXPECT_EQ(*definition, defined(blocks("json").at(0)));
}

TEST(WorkflowsPage, ItsExpressionsGiveTheValuesBesideThem) {
    const auto document = parse_json_object(blocks("text").at(0));
    ASSERT_TRUE(document) << document.error().message;
    const auto text = page();
    const std::regex row(R"(\n\| `{1,2} ?(.+?) ?`{1,2} \| `(.+)` \|)");
    std::size_t rows = 0;
    const auto begin = text.begin() + static_cast<std::ptrdiff_t>(text.find("| expression | value |"));
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(text.find("- A step reads the steps"));
    for (std::sregex_iterator it(begin, end, row), none; it != none; ++it, ++rows) {
        const auto expression = std::regex_replace((*it)[1].str(), std::regex(R"(\\\|)"), "|");
        const auto compiled = Expression::compile(expression);
        ASSERT_TRUE(compiled) << compiled.error().message;
        const auto value = compiled->evaluate(*document);
        ASSERT_TRUE(value) << value.error().message;
        EXPECT_EQ(to_text(*value), (*it)[2].str()) << expression;
    }
    EXPECT_EQ(rows, 10U);
}

TEST(WorkflowsPage, NamesEveryMemberOfADefinitionAndOfAStep) {
    const auto text = page();
    for (const auto* member :
         {"name",         "description", "category",      "tags",       "version",      "input_schema",
          "timeout",      "budget",      "on_disconnect", "steps",      "result",       "id",
          "type",         "title",       "after",         "depends_on", "when",         "retry",
          "on_error",     "task",        "agent",         "agents",     "capabilities", "routing_strategy",
          "instructions", "parameters",  "context",       "output",     "over",         "width",
          "step",         "if",          "then",          "else",       "for",          "until",
          "message",      "schema",      "on_timeout",    "on_reject",  "strategy",     "manager",
          "input",        "tokens",      "cost",          "calls",      "depth",        "wall_time"})
        EXPECT_NE(text.find("`" + std::string(member) + "`"), std::string::npos) << member;
}

}  // namespace
}  // namespace meshai::workflow
