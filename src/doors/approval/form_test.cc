#include "doors/approval/form.h"

#include <gtest/gtest.h>

#include "wire/mcp/questions.h"

namespace meshai::doors {
namespace {

json::object schema() {
    return json::parse(R"json({
      "type": "object",
      "required": ["name", "sure", "colours"],
      "properties": {
        "name": {"type": "string", "title": "Your name", "description": "As on the door", "minLength": 2, "maxLength": 20},
        "mail": {"type": "string", "format": "email", "default": "ann@example.org"},
        "sure": {"type": "boolean"},
        "age": {"type": "integer", "minimum": 0, "maximum": 150},
        "price": {"type": "number"},
        "size": {"type": "string", "enum": ["s", "l"], "enumNames": ["Small", "Large"]},
        "place": {"type": "string", "oneOf": [{"const": "eu", "title": "Europe"}, {"const": "us"}]},
        "colours": {"type": "array", "items": {"enum": ["red", "blue"]}, "default": ["red"]}
      }
    })json")
        .as_object();
}

TEST(ApprovalForm, HasAFieldForEachKindOfTheFlatSchema) {
    const auto fields = fields_of(schema());
    ASSERT_EQ(fields.size(), 8U);
    EXPECT_EQ(fields[0].title, "Your name");
    EXPECT_EQ(fields[0].about, "As on the door");
    EXPECT_TRUE(fields[0].is_required);
    EXPECT_EQ(fields[0].length_max, 20);
    EXPECT_EQ(fields[1].input_type, "email");
    EXPECT_EQ(fields[1].values, std::vector<std::string>{"ann@example.org"});
    EXPECT_EQ(fields[2].kind, FieldKind::YesNo);
    EXPECT_TRUE(fields[3].is_whole);
    EXPECT_EQ(fields[3].most, 150);
    EXPECT_EQ(fields[4].kind, FieldKind::Number);
    EXPECT_EQ(fields[5].choices[1].title, "Large");
    EXPECT_EQ(fields[6].choices[0].title, "Europe");
    EXPECT_EQ(fields[6].choices[1].title, "us");
    EXPECT_EQ(fields[7].kind, FieldKind::Choices);
    EXPECT_EQ(fields[7].values, std::vector<std::string>{"red"});
    EXPECT_TRUE(fields_of(json::object{}).empty());
}

TEST(ApprovalForm, WhatABrowserSendsBecomesTheContentThatFits) {
    const auto values =
        parse_form("action=accept&f0=Ann+%C3%84&f1=&f2=false&f3=42&f4=1.5&f5=l&f6=&f7=red&f7=blue").value();
    const auto content = content_of(fields_of(schema()), values);
    EXPECT_EQ(to_text(content),
              R"({"name":"Ann Ä","sure":false,"age":42,"price":1.5E0,"size":"l","colours":["red","blue"]})");
    const wire::mcp::Question question = wire::mcp::FormQuestion{"?", schema()};
    EXPECT_TRUE(check_answer(question, json::object{{"action", "accept"}, {"content", content}}));
}

TEST(ApprovalForm, WhatDoesNotFitIsKeptForTheCheckToName) {
    const auto content = content_of(fields_of(schema()), parse_form("f3=many&f4=1e400").value());
    EXPECT_EQ(content.at("age"), json::value("many"));
    EXPECT_FALSE(content.contains("name"));
    const wire::mcp::Question question = wire::mcp::FormQuestion{"?", schema()};
    EXPECT_FALSE(check_answer(question, json::object{{"action", "accept"}, {"content", content}}));
}

TEST(ApprovalForm, AFormThatComesBackKeepsWhatWasFilledIn) {
    const auto fields = refilled(fields_of(schema()), parse_form("f0=A&f7=blue").value());
    EXPECT_EQ(fields[0].values, std::vector<std::string>{"A"});
    EXPECT_TRUE(fields[1].values.empty());
    EXPECT_EQ(fields[7].values, std::vector<std::string>{"blue"});
}

TEST(ApprovalForm, HostileBodiesAreReadOrRefused) {
    EXPECT_EQ(parse_form("").value(), FormValues{});
    EXPECT_EQ(parse_form("&&a&=b&%").value(), (FormValues{{"a", ""}, {"", "b"}, {"%", ""}}));
    EXPECT_EQ(parse_form("a=%4").value(), (FormValues{{"a", "%4"}}));
    EXPECT_EQ(parse_form("a=%zz%41").value(), (FormValues{{"a", "%zzA"}}));
    EXPECT_FALSE(parse_form("a=%ff"));
    std::string many;
    for (std::size_t i = 0; i <= kFormValuesMax; ++i) many += "a=1&";
    EXPECT_FALSE(parse_form(many));
}

TEST(ApprovalForm, ASchemaOfNonsenseIsNoForm) {
    const auto odd = json::parse(R"({"properties": {"a": 1, "b": {"enum": [1, null]}, "c": {"type": 7}}})");
    const auto fields = fields_of(odd.as_object());
    ASSERT_EQ(fields.size(), 2U);
    EXPECT_EQ(fields[0].kind, FieldKind::Text);
}

}  // namespace
}  // namespace meshai::doors
