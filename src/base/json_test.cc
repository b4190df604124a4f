#include "base/json.h"

#include <gtest/gtest.h>

namespace meshai {
namespace {

struct RefusedCase {
    const char* name;
    std::string text;
};

class RefusedJson : public testing::TestWithParam<RefusedCase> {};

TEST_P(RefusedJson, IsRefusedWithAWord) {
    auto parsed = parse_json(GetParam().text);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, Code::InvalidArgument);
    EXPECT_TRUE(parsed.error().message.starts_with("Not valid JSON")) << parsed.error().message;
}

const RefusedCase kRefused[] = {
    {"Nothing", ""},
    {"HalfAnObject", "{\"a\":1"},
    {"TrailingBytes", "{} x"},
    {"DuplicateKeys", R"({"a":1,"a":2})"},
    {"DuplicateKeysWrittenDifferently", "{\"a\":1,\"\\u0061\":2}"},
    {"DuplicateKeysDeepInside", R"({"x":[{"k":{"a":1,"a":2}}]})"},
    {"NotANumber", "[NaN]"},
    {"Infinity", "[1e999]"},
    {"InvalidUtf8", "[\"\xff\"]"},
    {"LoneSurrogate", R"(["\ud800"])"},
    {"TooDeep", std::string(65, '[') + std::string(65, ']')},
    {"Comment", "{/* no */}"},
    {"SingleQuotes", "{'a':1}"},
};

INSTANTIATE_TEST_SUITE_P(, RefusedJson, testing::ValuesIn(kRefused),
                         [](const auto& row) { return row.param.name; });

TEST(Json, IntegersOf64BitsComeBackExactly) {
    for (const auto* text : {"9223372036854775807", "-9223372036854775808", "18446744073709551615"}) {
        auto parsed = parse_json(text);
        ASSERT_TRUE(parsed);
        EXPECT_EQ(to_text(*parsed), text);
    }
}

TEST(Json, SixtyFourLevelsAreFine) {
    EXPECT_TRUE(parse_json(std::string(64, '[') + std::string(64, ']')));
}

TEST(Json, TheSameKeyInTwoObjectsIsFine) {
    EXPECT_TRUE(parse_json(R"([{"a":1},{"a":2},{"b":{"a":1},"a":2}])"));
}

TEST(Utf8, BrokenBytesBecomeReplacementCharacters) {
    EXPECT_EQ(valid_utf8("a\xff"
                         "b"),
              "a\xEF\xBF\xBD"
              "b");
    EXPECT_EQ(valid_utf8("\xC0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD");
    EXPECT_TRUE(is_valid_utf8("Grüße, 世界 🌍"));
    EXPECT_FALSE(is_valid_utf8("\xED\xA0\x80"));
}

TEST(Utf8, APrefixNeverSplitsACharacter) {
    EXPECT_EQ(utf8_prefix("aé", 2), "a");
    EXPECT_EQ(utf8_prefix("aé", 3), "aé");
}

TEST(Json, WholeNumbersAreWrittenWhole) {
    EXPECT_EQ(to_text(json_number(60.0)), "60");
}

}  // namespace
}  // namespace meshai
