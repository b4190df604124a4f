#include "auth/credentials.h"

#include <gtest/gtest.h>

namespace meshai::auth {
namespace {

using net::http::Headers;

struct Case {
    const char* name;
    Headers headers;
    const char* key;  ///< null: Unauthenticated; "": none shown
};

std::string case_name(const testing::TestParamInfo<Case>& info) {
    return info.param.name;
}

class ShownKeyTest : public testing::TestWithParam<Case> {};

const Case kCases[] = {
    {"Nothing", {}, ""},
    {"OtherFieldsAreNotLookedAt", {{"Cookie", "key=abc"}, {"X-Api-Token", "abc"}}, ""},
    {"Bearer", {{"Authorization", "Bearer abc"}}, "abc"},
    {"SchemeWithoutCase", {{"authorization", "bEARER abc"}}, "abc"},
    {"SpacesAroundTheKey", {{"Authorization", "Bearer   abc  "}}, "abc"},
    {"BareKey", {{"Authorization", "abc"}}, "abc"},
    {"XApiKey", {{"x-api-key", "abc"}}, "abc"},
    {"TwoThatAgree", {{"Authorization", "Bearer abc"}, {"X-API-Key", "abc"}}, "abc"},
    {"TwoThatDisagree", {{"Authorization", "Bearer abc"}, {"X-API-Key", "abd"}}, nullptr},
    {"TwoAuthorizationsThatDisagree",
     {{"Authorization", "Bearer abc"}, {"Authorization", "Bearer abd"}},
     nullptr},
    {"EmptyField", {{"X-API-Key", ""}}, nullptr},
    {"EmptyBesideAGoodOne", {{"X-API-Key", ""}, {"Authorization", "Bearer abc"}}, nullptr},
    {"BearerWithoutKey", {{"Authorization", "Bearer"}}, nullptr},
    {"BearerWithSpacesOnly", {{"Authorization", "Bearer  "}}, nullptr},
    {"SubprotocolOfAWebSocket", {{"Sec-WebSocket-Protocol", "meshai.v1, bearer.abc"}}, "abc"},
    {"SubprotocolThatAgrees",
     {{"Sec-WebSocket-Protocol", "bearer.abc"}, {"Authorization", "Bearer abc"}},
     "abc"},
    {"SubprotocolThatDisagrees",
     {{"Sec-WebSocket-Protocol", "bearer.abd"}, {"Authorization", "Bearer abc"}},
     nullptr},
    {"SubprotocolWithoutKey", {{"Sec-WebSocket-Protocol", "bearer."}}, nullptr},
    {"OtherSubprotocols", {{"Sec-WebSocket-Protocol", "meshai.v1, bearer"}}, ""},
    {"AnotherScheme", {{"Authorization", "Basic YTpi"}}, nullptr},
};

TEST_P(ShownKeyTest, IsReadFromTheFieldsThatMayCarryOne) {
    const auto& wanted = GetParam();
    const auto key = shown_key(wanted.headers);
    if (wanted.key == nullptr) {
        ASSERT_FALSE(key);
        EXPECT_EQ(key.error().code, Code::Unauthenticated);
        return;
    }
    ASSERT_TRUE(key) << key.error().message;
    EXPECT_EQ(key->value_or(""), wanted.key);
}

INSTANTIATE_TEST_SUITE_P(Fields, ShownKeyTest, testing::ValuesIn(kCases), case_name);

}  // namespace
}  // namespace meshai::auth
