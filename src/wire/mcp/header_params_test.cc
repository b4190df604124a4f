#include <fmt/format.h>
#include <gtest/gtest.h>

#include "wire/mcp/headers.h"

namespace meshai::wire::mcp {
namespace {

struct SchemaCase {
    std::string_view name;
    std::string_view schema;
    std::string_view found;  ///< "Region=region Level=a.b#", "#" for integers; "!" and a word: refused
};

// H18: which schemas may ask for headers, and for which.
const SchemaCase kSchemas[] = {
    {"None", R"({"type":"object","properties":{"a":{"type":"string"}}})", ""},
    {"Empty", "{}", ""},
    {"AString", R"({"properties":{"region":{"type":"string","x-mcp-header":"Region"}}})", "Region=region"},
    {"AnInteger", R"({"properties":{"level":{"type":"integer","x-mcp-header":"Level"}}})", "Level=level#"},
    {"ABoolean", R"({"properties":{"dry":{"type":"boolean","x-mcp-header":"Dry"}}})", "Dry=dry"},
    {"WithinObjects",
     R"({"properties":{"a":{"type":"object","properties":{"b":{"type":"integer","x-mcp-header":"Level"}}},
         "c":{"type":"string","x-mcp-header":"C"}}})",
     "Level=a.b# C=c"},
    {"APropertyOfThatName", R"({"properties":{"x-mcp-header":{"type":"string"}}})", ""},
    {"InsideAnExample",
     R"({"properties":{"a":{"const":{"x-mcp-header":""}}},"examples":[{"x-mcp-header":1}]})", ""},
    {"ANumber", R"({"properties":{"a":{"type":"number","x-mcp-header":"A"}}})", "!integer"},
    {"AnObject", R"({"properties":{"a":{"type":"object","x-mcp-header":"A"}}})", "!integer"},
    {"AMixedType", R"({"properties":{"a":{"type":["string","null"],"x-mcp-header":"A"}}})", "!integer"},
    {"WithoutType", R"({"properties":{"a":{"x-mcp-header":"A"}}})", "!integer"},
    {"EmptyName", R"({"properties":{"a":{"type":"string","x-mcp-header":""}}})", "!token"},
    {"NameWithASpace", R"({"properties":{"a":{"type":"string","x-mcp-header":"A B"}}})", "!token"},
    {"NameWithAColon", R"({"properties":{"a":{"type":"string","x-mcp-header":"A:B"}}})", "!token"},
    {"NameWithANewline", R"({"properties":{"a":{"type":"string","x-mcp-header":"A\r\nB"}}})", "!token"},
    {"NameIsANumber", R"({"properties":{"a":{"type":"string","x-mcp-header":7}}})", "!token"},
    {"TheSameNameTwice",
     R"({"properties":{"a":{"type":"string","x-mcp-header":"Region"},
         "b":{"type":"string","x-mcp-header":"REGION"}}})",
     "!twice"},
    {"OnTheRoot", R"({"type":"string","x-mcp-header":"A"})", "!chain"},
    {"InItems", R"({"properties":{"a":{"type":"array","items":{"type":"string","x-mcp-header":"A"}}}})",
     "!chain"},
    {"InAnyOf", R"({"anyOf":[{"properties":{"a":{"type":"string","x-mcp-header":"A"}}}]})", "!chain"},
    {"InThen", R"({"then":{"properties":{"a":{"type":"string","x-mcp-header":"A"}}}})", "!chain"},
    {"InNot", R"({"properties":{"a":{"not":{"type":"string","x-mcp-header":"A"}}}})", "!chain"},
    {"InDefinitions", R"({"$defs":{"a":{"type":"string","x-mcp-header":"A"}}})", "!chain"},
    {"InPatterns", R"({"patternProperties":{"^a":{"type":"string","x-mcp-header":"A"}}})", "!chain"},
};

std::string listed(const std::vector<HeaderParam>& params) {
    std::string text;
    for (const auto& param : params) {
        if (!text.empty()) text += ' ';
        text += fmt::format("{}={}{}", param.name, fmt::join(param.path, "."), param.is_integer ? "#" : "");
    }
    return text;
}

class AnInputSchema : public testing::TestWithParam<SchemaCase> {};

TEST_P(AnInputSchema, AsksForHeadersOrIsRefused) {
    const auto params = header_params(parse_json_object(GetParam().schema).value());
    if (GetParam().found.starts_with('!')) {
        ASSERT_FALSE(params);
        EXPECT_NE(params.error().message.find(GetParam().found.substr(1)), std::string::npos)
            << params.error().message;
    } else {
        ASSERT_TRUE(params) << params.error().message;
        EXPECT_EQ(listed(*params), GetParam().found);
    }
}

INSTANTIATE_TEST_SUITE_P(McpHeaders, AnInputSchema, testing::ValuesIn(kSchemas),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(McpHeaders, ASchemaWithoutEndIsNotFollowed) {
    json::object schema;
    for (int depth = 0; depth < 100; ++depth) {
        json::object outer;
        outer["not"] = std::move(schema);
        schema = std::move(outer);
    }
    const auto params = header_params(schema);
    ASSERT_FALSE(params);
    EXPECT_NE(params.error().message.find("deeper than"), std::string::npos);
}

}  // namespace
}  // namespace meshai::wire::mcp
