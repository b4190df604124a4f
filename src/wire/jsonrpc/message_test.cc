#include "wire/jsonrpc/message.h"

#include <gtest/gtest.h>

namespace meshai::wire::jsonrpc {
namespace {

struct BadCase {
    std::string_view name;
    std::string_view body;
    int number;
    std::string_view id;  ///< as JSON, in the answer
};

const BadCase kBadCases[] = {
    {"NotJson", "{", kParseError, "null"},
    {"Empty", "", kParseError, "null"},
    {"TwoValues", "{} {}", kParseError, "null"},
    {"TheSameKeyTwice", R"({"jsonrpc":"2.0","id":1,"id":2,"method":"ping"})", kParseError, "null"},
    {"ANumber", "7", kInvalidRequest, "null"},
    {"NullId", R"({"jsonrpc":"2.0","id":null,"method":"ping"})", kInvalidRequest, "null"},
    {"FractionId", R"({"jsonrpc":"2.0","id":1.5,"method":"ping"})", kInvalidRequest, "null"},
    {"ExponentId", R"({"jsonrpc":"2.0","id":1e3,"method":"ping"})", kInvalidRequest, "null"},
    {"ObjectId", R"({"jsonrpc":"2.0","id":{},"method":"ping"})", kInvalidRequest, "null"},
    {"BoolId", R"({"jsonrpc":"2.0","id":true,"method":"ping"})", kInvalidRequest, "null"},
    {"OldVersion", R"({"jsonrpc":"1.0","id":4,"method":"ping"})", kInvalidRequest, "4"},
    {"VersionIsANumber", R"({"jsonrpc":2.0,"id":4,"method":"ping"})", kInvalidRequest, "4"},
    {"MethodIsANumber", R"({"jsonrpc":"2.0","id":4,"method":7})", kInvalidRequest, "4"},
    {"MethodIsEmpty", R"({"jsonrpc":"2.0","id":4,"method":""})", kInvalidRequest, "4"},
    {"ParamsIsAList", R"({"jsonrpc":"2.0","id":"a","method":"ping","params":[1]})", kInvalidParams, "\"a\""},
    {"ParamsIsText", R"({"jsonrpc":"2.0","id":"a","method":"ping","params":"x"})", kInvalidParams, "\"a\""},
    {"NeitherRequestNorResponse", R"({"jsonrpc":"2.0"})", kInvalidRequest, "null"},
    {"ResultAndError", R"({"jsonrpc":"2.0","id":1,"result":1,"error":{}})", kInvalidRequest, "1"},
    {"ErrorIsText", R"({"jsonrpc":"2.0","id":1,"error":"x"})", kInvalidRequest, "1"},
};

class ABadMessage : public testing::TestWithParam<BadCase> {};

TEST_P(ABadMessage, IsRefusedWithItsNumberAndTheIdThatCouldBeRead) {
    const auto& bad = GetParam();
    auto body = parse_body(bad.body, Version::MayBeAbsent);
    const auto fault = body ? body->messages.at(0).error() : body.error();
    EXPECT_EQ(fault.number, bad.number) << fault.message;
    EXPECT_EQ(json::serialize(fault.id), bad.id);
    EXPECT_FALSE(fault.message.empty());
}

INSTANTIATE_TEST_SUITE_P(JsonRpc, ABadMessage, testing::ValuesIn(kBadCases),
                         [](const auto& info) { return std::string(info.param.name); });

Message parsed(std::string_view text, Version version = Version::Required) {
    auto body = parse_body(text, version);
    EXPECT_TRUE(body && body->messages.size() == 1 && body->messages[0]) << text;
    return *body->messages.at(0);
}

TEST(JsonRpc, IdsComeBackExactly) {
    for (const std::string_view id :
         {R"("123")", "123", "-1", "0", "9223372036854775807", "18446744073709551615", R"("")", R"("é\n")"}) {
        const auto message = parsed(R"({"jsonrpc":"2.0","method":"ping","id":)" + std::string(id) + "}");
        const auto answer = result_message(std::get<Request>(message).id, json::object{});
        EXPECT_EQ(answer.at("id"), json::parse(id)) << id;
        EXPECT_EQ(answer.at("id").kind(), json::parse(id).kind()) << id;
    }
}

TEST(JsonRpc, AnAbsentVersionIsTakenForTwoOnTheGuidesEndpointOnly) {
    constexpr std::string_view kNoVersion = R"({"id":1,"method":"ping"})";
    EXPECT_TRUE(std::holds_alternative<Request>(parsed(kNoVersion, Version::MayBeAbsent)));
    auto strict = parse_body(kNoVersion, Version::Required);
    ASSERT_TRUE(strict);
    EXPECT_EQ(strict->messages.at(0).error().number, kInvalidRequest);
}

TEST(JsonRpc, ARequestWithoutAnIdIsANotification) {
    const auto message = parsed(R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
    EXPECT_EQ(std::get<Notification>(message).method, "notifications/initialized");
}

TEST(JsonRpc, AnAnswerOfThePeerIsAResponse) {
    EXPECT_FALSE(std::get<Response>(parsed(R"({"jsonrpc":"2.0","id":1,"result":{}})")).is_error);
    EXPECT_TRUE(std::get<Response>(parsed(R"({"jsonrpc":"2.0","id":1,"error":{"code":1}})")).is_error);
}

TEST(JsonRpc, EachMessageOfABatchHasItsOwnVerdict) {
    auto body = parse_body(R"([{"jsonrpc":"2.0","id":1,"method":"ping"},7])", Version::Required);
    ASSERT_TRUE(body);
    EXPECT_TRUE(body->is_batch);
    ASSERT_EQ(body->messages.size(), 2U);
    EXPECT_TRUE(body->messages[0]);
    EXPECT_FALSE(body->messages[1]);
    EXPECT_EQ(parse_body("[]", Version::Required).error().number, kInvalidRequest);
}

TEST(JsonRpc, AnIdThatIsTooLongIsRefused) {
    const std::string id(kIdBytesMax + 1, 'x');
    auto body = parse_body(R"({"jsonrpc":"2.0","method":"ping","id":")" + id + "\"}", Version::Required);
    EXPECT_EQ(body->messages.at(0).error().number, kInvalidRequest);
}

TEST(JsonRpc, AnErrorNamesItsStableCode) {
    const auto message = error_message(fault_of(Error{Code::Timeout, "Too slow."}, "7"));
    EXPECT_EQ(
        json::serialize(message),
        R"({"jsonrpc":"2.0","id":"7","error":{"code":1504,"message":"Too slow.","data":{"code":"TIMEOUT"}}})");
}

TEST(JsonRpc, OwnNumbersLieOutsideTheReservedRange) {
    for (int i = 0; i <= static_cast<int>(Code::Internal); ++i) {
        const auto number = number_of(static_cast<Code>(i));
        const bool is_reserved = number >= -32768 && number <= -32000;
        EXPECT_TRUE(!is_reserved || number == kInvalidParams || number == kInternalError) << i;
    }
}

}  // namespace
}  // namespace meshai::wire::jsonrpc
