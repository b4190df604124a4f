#include "wire/mcp/headers.h"

#include <gtest/gtest.h>

#include "wire/mcp/base64.h"

namespace meshai::wire::mcp {
namespace {

struct Encoding {
    std::string_view name;
    std::string_view text;
    std::string_view value;
};

// The examples of the specification, and its edges (H17).
const Encoding kEncodings[] = {
    {"PlainAscii", "us-west1", "us-west1"},
    {"InnerSpace", "a b", "a b"},
    {"NotAscii", "Hello, 世界", "=?base64?SGVsbG8sIOS4lueVjA==?="},
    {"Padded", " padded ", "=?base64?IHBhZGRlZCA=?="},
    {"TwoLines", "line1\nline2", "=?base64?bGluZTEKbGluZTI=?="},
    {"LooksEncoded", "=?base64?literal?=", "=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?="},
    {"OnlyThePrefix", "=?base64?x", "=?base64?x"},
    {"Empty", "",
     "=?base64?"
     "?="},
    {"TrailingTab", "a\t", "=?base64?YQk=?="},
};

class AHeaderValue : public testing::TestWithParam<Encoding> {};

TEST_P(AHeaderValue, IsEncodedOnlyWhereItMustBeAndComesBack) {
    EXPECT_EQ(encode_header_value(GetParam().text), GetParam().value);
    EXPECT_EQ(decode_header_value(GetParam().value).value(), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(McpHeaders, AHeaderValue, testing::ValuesIn(kEncodings),
                         [](const auto& info) { return std::string(info.param.name); });

struct Decoding {
    std::string_view name;
    std::string_view value;
    std::optional<std::string_view> text;  ///< nothing: refused
};

const Decoding kDecodings[] = {
    {"Encoded", "=?base64?SGVsbG8=?=", "Hello"},
    {"WhitespaceAroundIsNotPartOfIt", " \tweather\t ", "weather"},
    {"WhitespaceAroundTheEncoding", "  =?base64?SGVsbG8=?=  ", "Hello"},
    {"WrongPadding", "=?base64?SGVsbG8?=", std::nullopt},
    {"OutsideTheAlphabet", "=?base64?SGVs!!!bG8=?=", std::nullopt},
    {"TooMuchPadding", "=?base64?SGVsbA===?=", std::nullopt},
    {"OnlyPadding", "=?base64?====?=", std::nullopt},
    {"PaddingInTheMiddle", "=?base64?SG==bG8=?=", std::nullopt},
    {"BitsBehindTheEnd", "=?base64?SGVsbG9=?=", std::nullopt},
    {"AlphabetOfUrls", "=?base64?_-8=?=", std::nullopt},
    {"SpaceInside", "=?base64?SGVs bG8=?=", std::nullopt},
    {"NotUtf8", "=?base64?/w==?=", std::nullopt},
    {"WithoutThePrefix", "SGVsbG8=", "SGVsbG8="},
    {"WithoutThePrefixButWithTheSuffix", "SGVsbG8=?=", "SGVsbG8=?="},
    {"WithoutTheSuffix", "=?base64?SGVsbG8=", "=?base64?SGVsbG8="},
    {"MarkersAreCaseSensitive", "=?BASE64?SGVsbG8=?=", "=?BASE64?SGVsbG8=?="},
    {"PrefixAndSuffixShareACharacter", "=?base64?=", "=?base64?="},
    {"NotAscii", "caf\xC3\xA9", std::nullopt},
    {"AControlCharacter",
     "a\x01"
     "b",
     std::nullopt},
    {"Empty", "", ""},
};

class AReceivedHeader : public testing::TestWithParam<Decoding> {};

TEST_P(AReceivedHeader, IsDecodedLiteralOrRefused) {
    const auto text = decode_header_value(GetParam().value);
    ASSERT_EQ(text.has_value(), GetParam().text.has_value());
    if (text) {
        EXPECT_EQ(*text, *GetParam().text);
    } else {
        EXPECT_EQ(text.error().code, Code::InvalidArgument);
    }
}

INSTANTIATE_TEST_SUITE_P(McpHeaders, AReceivedHeader, testing::ValuesIn(kDecodings),
                         [](const auto& info) { return std::string(info.param.name); });

// RFC 4648, section 10.
TEST(McpHeaders, Base64IsThatOfTheStandard) {
    const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                     {"f", "Zg=="},
                                                                     {"fo", "Zm8="},
                                                                     {"foo", "Zm9v"},
                                                                     {"foob", "Zm9vYg=="},
                                                                     {"fooba", "Zm9vYmE="},
                                                                     {"foobar", "Zm9vYmFy"},
                                                                     {"\xFB\xFF", "+/8="}};
    for (const auto& [bytes, text] : vectors) {
        EXPECT_EQ(base64_of(bytes), text);
        EXPECT_EQ(bytes_of_base64(text), bytes);
    }
}

struct NameCase {
    std::string_view method;
    std::string_view params;
    std::optional<std::string> name;
};

// H16.
TEST(McpHeaders, TheNameIsThatOfTheMethod) {
    const NameCase cases[] = {
        {"tools/call", R"({"name":"weather"})", "weather"},
        {"prompts/get", R"({"name":"review"})", "review"},
        {"resources/read", R"({"uri":"test://x","name":"n"})", "test://x"},
        {"tasks/get", R"({"taskId":"t_1"})", "t_1"},
        {"tasks/update", R"({"taskId":"t_1"})", "t_1"},
        {"tasks/cancel", R"({"taskId":"t_1"})", "t_1"},
        {"tools/list", R"({"name":"weather"})", std::nullopt},
        {"completion/complete", R"({"name":"weather"})", std::nullopt},
        {"tools/call", R"({"name":7})", std::nullopt},
        {"tools/call", "{}", std::nullopt},
    };
    for (const auto& one : cases)
        EXPECT_EQ(name_in_body(one.method, parse_json_object(one.params).value()), one.name) << one.method;
}

struct ParamCase {
    std::string_view name;
    HeaderParam param;
    std::optional<std::string_view> field;
    std::string_view arguments;
    bool fits;
};

const HeaderParam kRegion{"Region", {"region"}, false};
const HeaderParam kLevel{"Level", {"level"}, true};
const HeaderParam kInner{"Zone", {"place", "zone"}, false};

// H18, and the cases of the conformance suite.
const ParamCase kParams[] = {
    {"TheSame", kRegion, "us-west1", R"({"region":"us-west1"})", true},
    {"TheSameEncoded", kRegion, "=?base64?SGVsbG8=?=", R"({"region":"Hello"})", true},
    {"WhitespaceAround", kRegion, "  Hello ", R"({"region":"Hello"})", true},
    {"WrongPadding", kRegion, "=?base64?SGVsbG8?=", R"({"region":"Hello"})", false},
    {"OutsideTheAlphabet", kRegion, "=?base64?SGVs!!!bG8=?=", R"({"region":"Hello"})", false},
    {"LiteralWithoutThePrefix", kRegion, "SGVsbG8=", R"({"region":"SGVsbG8="})", true},
    {"LiteralWithoutTheSuffix", kRegion, "=?base64?SGVsbG8=", R"({"region":"=?base64?SGVsbG8="})", true},
    {"Different", kRegion, "us-east1", R"({"region":"us-west1"})", false},
    {"CaseCounts", kRegion, "US-WEST1", R"({"region":"us-west1"})", false},
    {"MissingAlthoughGiven", kRegion, std::nullopt, R"({"region":"test-value"})", false},
    {"NeitherIsThere", kRegion, std::nullopt, "{}", true},
    {"NullIsNotThere", kRegion, std::nullopt, R"({"region":null})", true},
    {"AHeaderForNothing", kRegion, "us-west1", "{}", false},
    {"AHeaderForNull", kRegion, "null", R"({"region":null})", false},
    {"AHeaderForAnObject", kRegion, "{}", R"({"region":{}})", false},
    {"AnEmptyTextEncoded", kRegion,
     "=?base64?"
     "?=",
     R"({"region":""})", true},
    {"True", {"Dry", {"dry"}, false}, "true", R"({"dry":true})", true},
    {"TrueIsLowerCase", {"Dry", {"dry"}, false}, "True", R"({"dry":true})", false},
    {"False", {"Dry", {"dry"}, false}, "false", R"({"dry":false})", true},
    {"Integer", kLevel, "42", R"({"level":42})", true},
    {"NegativeInteger", kLevel, "-7", R"({"level":-7})", true},
    {"IntegerWithAPoint", kLevel, "42.0", R"({"level":42})", true},
    {"IntegerWithAPointInTheBody", kLevel, "42", R"({"level":42.0})", true},
    {"IntegerWithAnExponent", kLevel, "4.2e1", R"({"level":42})", true},
    {"AnotherInteger", kLevel, "43", R"({"level":42})", false},
    {"AFraction", kLevel, "42.5", R"({"level":42})", false},
    {"NoNumber", kLevel, "42abc", R"({"level":42})", false},
    {"NotANumber", kLevel, "nan", R"({"level":42})", false},
    {"LargeIntegersKeepTheirDigits", kLevel, "9007199254740993", R"({"level":9007199254740993})", true},
    {"LargeIntegersDifferInTheirLastDigit", kLevel, "9007199254740992", R"({"level":9007199254740993})",
     false},
    {"WithinAnObject", kInner, "b", R"({"place":{"zone":"b"}})", true},
    {"WithinAnObjectMissing", kInner, std::nullopt, R"({"place":{"zone":"b"}})", false},
    {"TheObjectIsNotThere", kInner, std::nullopt, R"({"place":7})", true},
};

class AHeaderOfAnArgument : public testing::TestWithParam<ParamCase> {};

TEST_P(AHeaderOfAnArgument, SaysWhatTheArgumentSays) {
    const auto& one = GetParam();
    const auto checked = check_header_param(one.param, one.field, parse_json_object(one.arguments).value());
    EXPECT_EQ(checked.has_value(), one.fits) << (checked ? "" : checked.error().message);
    if (!checked) {
        EXPECT_NE(checked.error().message.find("Mcp-Param-" + one.param.name), std::string::npos)
            << checked.error().message;
    }
}

INSTANTIATE_TEST_SUITE_P(McpHeaders, AHeaderOfAnArgument, testing::ValuesIn(kParams),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace meshai::wire::mcp
