#include "wire/schema/schema.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <numeric>

#include "wire/schema/measure.h"

namespace meshai::wire::schema {
namespace {

json::value tree(std::string_view text) {
    auto value = parse_json(text);
    EXPECT_TRUE(value) << text;
    return value ? *value : json::value();
}

std::string repeated(std::string_view text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
}

/// "ok", or what the caller is told.
std::string said_of_value(const json::value& instance, std::string_view schema) {
    const auto compiled = Schema::compile(tree(schema));
    if (!compiled) return "schema: " + compiled.error().message;
    const auto status = compiled->check(instance);
    if (status) return "ok";
    EXPECT_EQ(status.error().code, Code::InvalidArgument);
    return status.error().message;
}

std::string said_of(std::string_view instance, std::string_view schema) {
    return said_of_value(tree(instance), schema);
}

std::string refusal_of(const json::value& schema) {
    const auto compiled = Schema::compile(schema);
    if (compiled) return "accepted";
    EXPECT_EQ(compiled.error().code, Code::InvalidArgument);
    return compiled.error().message;
}

struct Case {
    const char* name;
    const char* schema;
    const char* instance;
    const char* said;
};

// F5: inputs are validated by JSON Schema 2020-12; these are the words a caller gets.
const Case kCases[] = {
    {"AllIsWell", R"({"type":"object","required":["a"]})", R"({"a":1})", "ok"},
    {"WrongType", R"({"properties":{"a":{"type":"string"}}})", R"({"a":1})",
     "'/a': expected string, found integer."},
    {"TwoTypes", R"({"type":["string","null"]})", "[]", "expected string or null, found array."},
    {"AMemberIsMissing", R"({"required":["task"]})", "{}", "needs the member 'task'."},
    {"AMemberTooMany", R"({"additionalProperties":false})", R"({"x":1})", "'/x': is not a known member."},
    {"OtherMembersHaveASchemaToo", R"({"additionalProperties":{"type":"string"}})", R"({"x":1})",
     "'/x': expected string, found integer."},
    {"NotInTheList", R"({"enum":["fast","cheap"]})", R"("best")", "must be one of \"fast\", \"cheap\"."},
    {"NotTheConstant", R"({"const":1})", "2", "must be 1."},
    {"TooLong", R"({"maxLength":2})", R"("äöü")", "must have at most 2 characters."},
    {"TooShort", R"({"minLength":1})", R"("")", "must have at least 1 characters."},
    {"OutOfRange", R"({"maximum":10})", "11", "must be at most 10."},
    {"PatternIsAnywhere", R"({"pattern":"b"})", R"("abc")", "ok"},
    {"PatternIsNowhere", R"({"pattern":"^b$"})", R"("abc")", "must match the pattern '^b$'."},
    {"WrongName", R"({"propertyNames":{"maxLength":2}})", R"({"abc":1})",
     "'/abc': is no name that a member may have: the name must have at most 2 characters."},
    {"TwiceTheSame", R"({"uniqueItems":true})", "[1,[2],1.0]", "must have no two equal elements."},
    {"NoBranchFits", R"({"anyOf":[{"type":"string"},{"minimum":5}]})", "1",
     "must be valid against at least one schema, but found no matching schemas (expected string, found "
     "integer; "
     "must be at least 5)."},
    {"AllOfSaysWhatFailed", R"({"allOf":[{"required":["a"]}]})", "{}", "needs the member 'a'."},
    {"NothingOfTheSameKindTwice", R"({"items":{"allOf":[{"type":"string"},{"type":"string"}]}})", "[1]",
     "'/0': expected string, found integer."},
    {"FormatIsAnAnnotation", R"({"format":"email"})", R"("nobody")", "ok"},
    {"DefinitionsAreStillKnown",
     R"({"definitions":{"a":{"type":"string"}},"items":{"$ref":"#/definitions/a"}})", "[1]",
     "'/0': expected string, found integer."},
    {"Draft07", R"({"$schema":"http://json-schema.org/draft-07/schema#","items":[{"type":"string"}]})", "[1]",
     "'/0': expected string, found integer."},
    {"Draft07WithoutItsFragment", R"({"$schema":"http://json-schema.org/draft-07/schema","items":[false]})",
     "[]", "ok"},
    {"AListOfAnyLengthByReference", R"({"properties":{"next":{"$ref":"#"}},"additionalProperties":false})",
     R"({"next":{"next":{"nxt":{}}}})", "'/next/next/nxt': is not a known member."},
    {"IntegersAreExact", R"({"maximum":9007199254740992})", "9007199254740993",
     "must be at most 9007199254740992."},
    {"TheLargestIntegersDiffer", R"({"const":18446744073709551615})", "18446744073709551614",
     "must be 18446744073709551615."},
    {"SignedAndUnsignedAreCompared", R"({"exclusiveMaximum":9223372036854775808})", "9223372036854775807",
     "ok"},
    {"WholeDoublesAreIntegers", R"({"type":"integer"})", "1e300", "ok"},
    {"MultiplesOfLargeIntegers", R"({"multipleOf":2})", "9007199254740993", "must be a multiple of 2.0."},
    {"MultiplesOfFractions", R"({"multipleOf":0.01})", "19.99", "ok"},
};

class SchemaTest : public testing::TestWithParam<Case> {};

TEST_P(SchemaTest, SaysWhatIsWrongAndWhere) {
    EXPECT_EQ(said_of(GetParam().instance, GetParam().schema), GetParam().said);
}

INSTANTIATE_TEST_SUITE_P(, SchemaTest, testing::ValuesIn(kCases),
                         [](const auto& of) { return of.param.name; });

TEST(Schema, NamesFiveWrongMembersAtMost) {
    const auto said = said_of("[1,2,3,4,5,6,7,8]", R"({"items":{"type":"string"}})");
    EXPECT_NE(said.find("'/4'"), std::string::npos);
    EXPECT_EQ(said.find("'/5'"), std::string::npos) << said;
}

TEST(Schema, DoesNotRepeatWhatTheCallerSent) {
    const auto schema = R"({"properties":{"key":{"enum":["a"],"pattern":"^a$","maxLength":1,"const":"a"}}})";
    EXPECT_EQ(said_of(R"({"key":"hunter2"})", schema).find("hunter2"), std::string::npos);
}

TEST(Schema, ACopyIsTheSameSchema) {
    const auto schema = Schema::compile(tree(R"({"type":"string"})"));
    ASSERT_TRUE(schema);
    const Schema copy = *schema;
    EXPECT_TRUE(copy.check("text"));
    EXPECT_FALSE(copy.check(1));
}

TEST(Schema, MayReferToDocumentsThatAreHandedIn) {
    const auto schema = tree(R"({"$ref":"https://example.org/name.json#/$defs/name"})");
    EXPECT_EQ(refusal_of(schema),
              "The schema refers to 'https://example.org/name.json#/$defs/name', which is not in "
              "it; nothing is fetched from elsewhere.");
    const Documents known = {
        {"https://example.org/name.json", tree(R"({"$defs":{"name":{"type":"string"}}})")}};
    const auto compiled = Schema::compile(schema, known);
    ASSERT_TRUE(compiled) << compiled.error().message;
    EXPECT_FALSE(compiled->check(1));
}

struct Refused {
    const char* name;
    const char* schema;
    const char* says;  ///< a part of it
};

const Refused kRefused[] = {
    {"NoSchemaAtAll", "5", "expected object or boolean, found integer"},
    {"UnknownType", R"({"properties":{"a":{"type":"strin"}}})", "'/properties/a/type'"},
    {"KeywordOfAWrongType", R"({"items":{"required":"a"}})",
     "'/items/required': expected array, found string"},
    {"FileReference", R"({"$ref":"file:///etc/passwd"})", "refers to 'file:///etc/passwd'"},
    {"NetworkReference", R"({"items":{"$ref":"http://10.0.0.1/x"}})", "nothing is fetched"},
    {"NetworkDynamicReference", R"({"$dynamicRef":"http://10.0.0.1/x"})", "nothing is fetched"},
    {"ReferenceToNowhere", R"({"$ref":"#/$defs/a"})", "refers to '#/$defs/a'"},
    {"ReferenceThatIsNoUri", R"({"$ref":"http://host:12K34/x"})", "cannot be used: 'port' argument"},
    {"OtherDialect", R"({"$schema":"http://json-schema.org/draft-04/schema#"})", "$schema is not known"},
    {"DialectThatIsNoText", R"({"$schema":5})", "$schema is not known"},
    {"OtherDialectWithin", R"({"items":{"$schema":"http://json-schema.org/draft-04/schema#"}})",
     "'/items/$schema' changes the dialect"},
    {"BadPattern", R"({"pattern":"(a"})", "The pattern '(a' has a ( without its )."},
    {"BadPatternOfNames", R"({"patternProperties":{"*":true}})", "The pattern '*' repeats nothing."},
    {"HugeCount", R"({"maxLength":1e30})", "'/maxLength' is too large a number"},
};

class RefusedSchemaTest : public testing::TestWithParam<Refused> {};

TEST_P(RefusedSchemaTest, IsRefusedWithAReason) {
    const auto said = refusal_of(tree(GetParam().schema));
    EXPECT_NE(said.find(GetParam().says), std::string::npos) << said;
}

INSTANTIATE_TEST_SUITE_P(, RefusedSchemaTest, testing::ValuesIn(kRefused),
                         [](const auto& of) { return of.param.name; });

// From here on: schemas and instances that mean harm. Each ends, soon, with a sentence.

constexpr auto kTooMuch =
    "The value takes too much work to be checked against its schema; send a smaller one.";

TEST(HostileSchema, ThatRefersToItselfEnds) {
    EXPECT_EQ(said_of("1", R"({"$ref":"#"})"), kTooMuch);
    EXPECT_EQ(said_of("1", R"({"allOf":[{"$ref":"#"},{"$ref":"#"}]})"), kTooMuch);
    EXPECT_EQ(said_of("1", R"({"$dynamicAnchor":"a","not":{"$dynamicRef":"#a"}})"), kTooMuch);
}

/// a0 needs a1 twice, a1 needs a2 twice, and so on.
std::string doubling(int levels, std::string_view with, std::string_view last) {
    std::string defs;
    for (int i = 0; i < levels; ++i)
        defs += fmt::format(R"("a{0}":{{{1}"anyOf":[{{"$ref":"#/$defs/a{2}"}},{{"$ref":"#/$defs/a{2}"}}]}},)",
                            i, with, i + 1);
    return fmt::format(R"({{"$ref":"#/$defs/a0","$defs":{{{}"a{}":{}}}}})", defs, levels, last);
}

TEST(HostileSchema, ThatDoublesItsWorkAtEveryLevelEnds) {
    EXPECT_EQ(said_of("1", doubling(40, "", R"({"type":"string"})")), kTooMuch);
    EXPECT_EQ(said_of(R"({"a":1,"b":2})",
                      doubling(40, R"("unevaluatedProperties":true,)", R"({"minProperties":1})")),
              kTooMuch);
}

TEST(HostileSchema, PatternsThatBacktrackEnd) {
    EXPECT_EQ(said_of_value(json::string(repeated("a", 40)), R"({"pattern":"^(a+)+$"})"), "ok");
    EXPECT_EQ(said_of_value(json::string(repeated("a", 40) + "b"), R"({"pattern":"^(a+)+$"})"), kTooMuch);
    EXPECT_EQ(said_of_value(json::object{{repeated("a", 40) + "b", 1}},
                            R"({"patternProperties":{"^(a|aa)+$":true}})"),
              kTooMuch);
}

TEST(HostileSchema, LongTextsAreNoDangerToPatterns) {
    EXPECT_EQ(said_of_value(json::string(repeated("a", 1'000'000)), R"({"pattern":"^[a-z]*$"})"), "ok");
}

json::array numbers(std::size_t count) {
    json::array array(count);
    std::int64_t next = 0;
    for (auto& element : array) element = next++;
    return array;
}

TEST(HostileInstance, ALargeArrayOfDifferentElementsIsNoWork) {
    EXPECT_EQ(said_of_value(numbers(100'000), R"({"uniqueItems":true})"), "ok");
}

TEST(HostileInstance, TooManyValuesAreRefused) {
    EXPECT_NE(said_of_value(numbers(kInstanceNodesMax), "true").find("too much to be checked"),
              std::string::npos);
}

TEST(HostileInstance, ThatIsNestedTooDeepIsRefused) {
    json::value deep = 1;
    for (int i = 0; i < 10'000; ++i) deep = json::array{std::move(deep)};
    EXPECT_NE(said_of_value(deep, "true").find("too much to be checked"), std::string::npos);
    EXPECT_NE(refusal_of(deep).find("nested"), std::string::npos);
    // Boost takes such a tree apart by recursion; by loop it is also safe in a build with sanitizers.
    while (deep.is_array() && !deep.get_array().empty()) deep = json::value(std::move(deep.get_array()[0]));
}

TEST(HostileSchema, IsRefusedAboveEachBound) {
    EXPECT_NE(refusal_of(json::object{{"enum", numbers(kSchemaNodesMax)}}).find("larger than"),
              std::string::npos);
    EXPECT_NE(refusal_of(json::object{{"title", std::string(kSchemaBytesMax + 1, 'x')}}).find("too large"),
              std::string::npos);
    EXPECT_NE(
        refusal_of(json::object{{"$id", std::string(kSchemaReferenceBytesMax + 1, 'x')}}).find("longer than"),
        std::string::npos);
    std::string deep = "true";
    for (int i = 0; i < 20; ++i)
        deep = fmt::format(R"({{"properties":{{"{}":{}}}}})", repeated("k", 9'000), deep);
    EXPECT_NE(refusal_of(tree(deep)).find("too large"), std::string::npos);
}

TEST(HostileSchema, IsRefusedWithTooManyPatterns) {
    json::object names;
    for (std::size_t i = 0; i <= kSchemaPatternsMax; ++i) names[fmt::format("a{}", i)] = true;
    EXPECT_NE(refusal_of(json::object{{"patternProperties", names}}).find("too many"), std::string::npos);
}

TEST(HostileSchema, AsDeepAsAllowedIsRead) {
    for (const auto* keyword : {"not", "items", "contains", "propertyNames", "unevaluatedItems", "if"}) {
        const auto schema = repeated(fmt::format("{{\"{}\":", keyword), 62) + "true" + repeated("}", 62);
        EXPECT_EQ(refusal_of(tree(schema)), "accepted") << keyword;
    }
}

}  // namespace
}  // namespace meshai::wire::schema
