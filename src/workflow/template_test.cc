#include <gtest/gtest.h>

#include "workflow/expression.h"

namespace meshai::workflow {
namespace {

json::object document() {
    return {{"input", {{"topic", "bridges"}, {"n", 3}, {"list", {"a", "b"}}}},
            {"steps", {{"draft", {{"result", "A text."}}}}}};
}

std::string filled(const json::value& value) {
    const auto made = Template::compile(value);
    if (!made) return "compile: " + made.error().message;
    const auto result = made->evaluate(document());
    return result ? to_text(*result) : "evaluate: " + result.error().message;
}

TEST(Template, ReplacesExpressionsInATextByTheirValues) {
    EXPECT_EQ(filled("On ${input.topic}: ${steps.draft.result}"), R"("On bridges: A text.")");
    EXPECT_EQ(filled("n=${input.n}, list=${input.list}"), R"("n=3, list=[\"a\",\"b\"]")");
    EXPECT_EQ(filled("${`0.5`} and ${`3`}"), R"("0.5 and 3")");
    EXPECT_EQ(filled("no expression"), R"("no expression")");
    EXPECT_EQ(filled(""), R"("")");
}

TEST(Template, ThatIsOneExpressionKeepsTheTypeOfItsValue) {
    EXPECT_EQ(filled("${input.n}"), "3");
    EXPECT_EQ(filled("${input.list}"), R"(["a","b"])");
    EXPECT_EQ(filled(" ${input.n}"), R"(" 3")");
}

TEST(Template, IsAnyJsonAndOnlyItsStringsAreFilled) {
    EXPECT_EQ(filled({{"a", "${input.n}"}, {"b", {1, nullptr, "${input.topic}!"}}, {"${input.n}", true}}),
              R"({"a":3,"b":[1,null,"bridges!"],"${input.n}":true})");
    EXPECT_EQ(filled(nullptr), "null");
}

TEST(Template, TakesBracesAndQuotesWithinAnExpressionForItsOwn) {
    EXPECT_EQ(filled("${ {a: input.n} }"), R"({"a":3})");
    EXPECT_EQ(filled("${ '}' }${ `\"}\"` }"), R"("}}")");
    EXPECT_EQ(filled(R"(${ 'it\'s }' })"), R"("it's }")");
}

TEST(Template, WritesALiteralDollarBraceWhereItIsEscaped) {
    EXPECT_EQ(filled("$${input.n} costs $5"), R"("${input.n} costs $5")");
    EXPECT_EQ(filled("$$${x}"), R"("$${x}")");
    EXPECT_EQ(filled("$"), R"("$")");
    for (const auto* text : {"${a}", "$${a}", "$$${", "a ${b} $c {d}", "${"})
        EXPECT_EQ(filled(json::value(escaped(std::string_view(text)))), to_text(json::value(text))) << text;
    EXPECT_EQ(filled(escaped(json::value{{"a", {"${b}"}}})), R"({"a":["${b}"]})");
}

TEST(Template, RefusesWhatCannotBeReadAndSaysWhere) {
    EXPECT_EQ(filled({{"a", {"x", "${input.}"}}}).substr(0, 16), "compile: a[1]: t");
    EXPECT_EQ(filled("${input"), "compile: a '${' has no '}'; a literal one is written '$${'");
    std::string many;
    for (std::size_t i = 0; i <= kTemplatesMax; ++i) many += "${input.n}";
    EXPECT_EQ(filled(json::value(many)), "compile: there are more than 256 expressions");
}

TEST(Template, NeedsAValueWhereAnExpressionStands) {
    EXPECT_EQ(filled("On ${input.tpic}"),
              "evaluate: 'input.tpic' gives null, and a value is needed; `||` gives a default.");
    EXPECT_EQ(filled("On ${input.tpic || 'nothing'}"), R"("On nothing")");
}

TEST(Template, GivesNoMoreThanAMessageMayHave) {
    json::object large;
    large["input"] = std::string(1U << 20U, 'x');
    EXPECT_TRUE(Template::compile("${input}${input}")->evaluate(large));
    const auto much = Template::compile("${input}${input}${input}${input}${input}")->evaluate(large);
    ASSERT_FALSE(much);
    EXPECT_EQ(much.error().code, Code::TooLarge);
}

TEST(Template, SaysWhatItReadsEachOnce) {
    const auto made = Template::compile({{"a", "${input.n} ${steps.draft.result}"}, {"b", "${input.n}"}});
    ASSERT_TRUE(made);
    ASSERT_EQ(made->references().size(), 2U);
    EXPECT_EQ(path_text(made->references()[0]), "input.n");
    EXPECT_EQ(path_text(made->references()[1]), "steps.draft.result");
}

TEST(Template, AFalseValueIsWhatJmespathCallsFalse) {
    EXPECT_TRUE(is_false(nullptr));
    EXPECT_TRUE(is_false(""));
    EXPECT_TRUE(is_false(json::array{}));
    EXPECT_TRUE(is_false(json::object{}));
    EXPECT_FALSE(is_false(0));
    EXPECT_FALSE(is_false("no"));
}

}  // namespace
}  // namespace meshai::workflow
