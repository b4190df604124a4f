#include "wire/mcp/form.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace meshai::wire::mcp {
namespace {

struct FieldCase {
    std::string_view name;
    std::string_view schema;  ///< of the one field "f"
    std::string_view value;
    std::string_view complaint;  ///< empty: it fits
};

// R7: primitives and choices, in every way that a revision writes a choice.
const FieldCase kFields[] = {
    {"Text", R"({"type":"string"})", R"("a")", ""},
    {"TextWithDefault", R"({"type":"string","default":"John Doe"})", R"("Jane")", ""},
    {"TextIsANumber", R"({"type":"string"})", "1", R"("f" must be a text)"},
    {"TextTooShort", R"({"type":"string","minLength":2})", R"("a")", "too short"},
    {"TextIsCountedInCharacters", R"({"type":"string","maxLength":2})", R"("éé")", ""},
    {"TextTooLong", R"({"type":"string","maxLength":2})", R"("ééé")", "too long"},
    {"Number", R"({"type":"number"})", "95.5", ""},
    {"NumberIsAText", R"({"type":"number"})", R"("1")", R"("f" must be a number)"},
    {"NumberIsABool", R"({"type":"number"})", "true", R"("f" must be a number)"},
    {"NumberTooSmall", R"({"type":"number","minimum":1.5})", "1", "too small"},
    {"NumberTooLarge", R"({"type":"integer","maximum":9})", "10", "too large"},
    {"Integer", R"({"type":"integer"})", "30", ""},
    {"IntegerWithAPoint", R"({"type":"integer"})", "30.0", ""},
    {"IntegerIsAFraction", R"({"type":"integer"})", "30.5", "whole number"},
    {"Bool", R"({"type":"boolean"})", "false", ""},
    {"BoolIsAText", R"({"type":"boolean"})", R"("true")", "true or false"},
    {"Choice", R"({"type":"string","enum":["a","b"]})", R"("b")", ""},
    {"NoChoice", R"({"type":"string","enum":["a","b"]})", R"("c")", "one of its choices"},
    {"OldTitledChoice", R"({"type":"string","enum":["a"],"enumNames":["A"]})", R"("A")",
     "one of its choices"},
    {"TitledChoice", R"({"type":"string","oneOf":[{"const":"a","title":"A"}]})", R"("a")", ""},
    {"TitleIsNoChoice", R"({"type":"string","oneOf":[{"const":"a","title":"A"}]})", R"("A")", "choices"},
    {"Choices", R"({"type":"array","items":{"type":"string","enum":["a","b"]}})", R"(["b","a"])", ""},
    {"TitledChoices", R"({"type":"array","items":{"anyOf":[{"const":"a","title":"A"}]}})", R"(["a"])", ""},
    {"ChoicesHoldAStranger", R"({"type":"array","items":{"enum":["a"]}})", R"(["a","c"])", "no choice"},
    {"ChoicesAreAText", R"({"type":"array","items":{"enum":["a"]}})", R"("a")", "must be a list"},
    {"ChoicesHoldANumber", R"({"type":"array"})", "[1]", "texts only"},
    {"TooFewChoices", R"({"type":"array","minItems":1})", "[]", "too few"},
    {"TooManyChoices", R"({"type":"array","maxItems":1})", R"(["a","b"])", "too many"},
    {"AKindNobodyKnows", R"({"type":"colour"})", R"({"red":1})", ""},
    {"NotASchema", "7", "1", ""},
};

class AField : public testing::TestWithParam<FieldCase> {};

TEST_P(AField, FitsOrIsNamedInTheComplaint) {
    const auto& one = GetParam();
    const auto schema = parse_json_object(fmt::format(R"({{"properties":{{"f":{}}}}})", one.schema)).value();
    const auto content = parse_json_object(fmt::format(R"({{"f":{}}})", one.value)).value();
    const auto checked = check_form(schema, content);
    if (one.complaint.empty()) {
        ASSERT_TRUE(checked) << checked.error().message;
        EXPECT_EQ(*checked, content);
    } else {
        ASSERT_FALSE(checked);
        EXPECT_NE(checked.error().message.find(one.complaint), std::string::npos) << checked.error().message;
    }
}

INSTANTIATE_TEST_SUITE_P(McpForm, AField, testing::ValuesIn(kFields),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(McpForm, AnOptionalFieldLeftOpenAsNullIsNotThere) {
    const auto schema =
        parse_json_object(R"({"properties":{"a":{"type":"string"},"b":{"type":"string"}},"required":["a"]})")
            .value();
    const auto open = check_form(schema, parse_json_object(R"({"a":"x","b":null})").value());
    ASSERT_TRUE(open) << open.error().message;
    EXPECT_EQ(to_text(*open), R"({"a":"x"})");

    const auto missing = check_form(schema, parse_json_object(R"({"b":"y"})").value());
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().message, R"(The field "a" is required.)");
    EXPECT_FALSE(check_form(schema, parse_json_object(R"({"a":null})").value()));
}

}  // namespace
}  // namespace meshai::wire::mcp
