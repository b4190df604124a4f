#include "doors/ws/ask.h"

#include <gtest/gtest.h>

namespace meshai::doors::ws {
namespace {

template <class T>
T ask_of(std::string_view text) {
    auto heard = read_message(text);
    EXPECT_TRUE(heard.ask) << heard.ask.error().message;
    if (!heard.ask || !std::holds_alternative<T>(*heard.ask)) {
        ADD_FAILURE() << text;
        return {};
    }
    return std::get<T>(*heard.ask);
}

TEST(WhatAClientSays, SubmitHasTheBodyOfThePost) {
    const auto ask = ask_of<SubmitAsk>(R"({"op":"submit","task":{"input":"Write"},"subscribe":true})");
    EXPECT_EQ(to_text(ask.task), R"({"input":"Write"})");
    EXPECT_TRUE(ask.subscribe);
    EXPECT_FALSE(ask_of<SubmitAsk>(R"({"op":"submit","task":{}})").subscribe);
}

TEST(WhatAClientSays, SubscribeNamesATaskOrAStream) {
    auto ask = ask_of<SubscribeAsk>(R"({"op":"subscribe","task_id":"t_1","after":"4821930770000007"})");
    EXPECT_EQ(ask.topic, (Topic{true, "t_1"}));
    EXPECT_EQ(ask.after, "4821930770000007");
    ask = ask_of<SubscribeAsk>(R"({"op":"subscribe","stream":"events","kind":["completed"]})");
    EXPECT_EQ(ask.topic, (Topic{false, "events"}));
    EXPECT_TRUE(ask.filter.contains("kind"));
}

TEST(WhatAClientSays, APlaceMayBeANumber) {
    EXPECT_EQ(ask_of<SubscribeAsk>(R"({"op":"subscribe","task_id":"t_1","after":7})").after, "7");
    EXPECT_EQ(ask_of<SubscribeAsk>(R"({"op":"subscribe","task_id":"t_1","after":null})").after, "");
}

TEST(WhatAClientSays, TheOtherOperations) {
    EXPECT_EQ(ask_of<UnsubscribeAsk>(R"({"op":"unsubscribe","task_id":"t_1"})").topic, (Topic{true, "t_1"}));
    EXPECT_EQ(ask_of<CancelAsk>(R"({"op":"cancel","task_id":"t_1"})").task_id, "t_1");
    const auto answer = ask_of<AnswerAsk>(R"({"op":"answer","task_id":"t_1","answers":{"name":"Ann"}})");
    EXPECT_EQ(to_text(answer.answers), R"({"name":"Ann"})");
    ask_of<PingAsk>(R"({"op":"ping"})");
}

TEST(WhatAClientSays, ARefIsGivenBack) {
    EXPECT_EQ(read_message(R"({"op":"ping","ref":"a"})").ref, json::value("a"));
    EXPECT_EQ(read_message(R"({"op":"ping","ref":7})").ref, json::value(7));
    EXPECT_TRUE(read_message(R"({"op":"ping"})").ref.is_null());
}

TEST(WhatAClientSays, WhatIsWrongIsToldWithTheRef) {
    const auto heard = read_message(R"({"op":"fly","ref":"a"})");
    ASSERT_FALSE(heard.ask);
    EXPECT_EQ(heard.ref, json::value("a"));
    EXPECT_EQ(heard.op, "fly");
}

struct Case {
    const char* name;
    std::string text;
    const char* says;  ///< stands in the message of the error
};

class BadMessageTest : public testing::TestWithParam<Case> {};

const Case kCases[] = {
    {"NoJson", "hello", "JSON"},
    {"NoObject", "[1]", "object"},
    {"NoOp", "{}", "\"op\" must be one of submit"},
    {"OpOfAWrongType", R"({"op":1})", "\"op\""},
    {"TwoKeysTheSame", R"({"op":"ping","op":"ping"})", "op"},
    {"SubmitWithoutTask", R"({"op":"submit"})", "\"task\" is needed"},
    {"SubmitWithAText", R"({"op":"submit","task":"Write"})", "\"task\" is needed"},
    {"SubscribeInWords", R"({"op":"submit","task":{},"subscribe":"yes"})", "\"subscribe\""},
    {"SubscribeToNothing", R"({"op":"subscribe"})", "one of them"},
    {"SubscribeToBoth", R"({"op":"subscribe","task_id":"t","stream":"events"})", "one of them"},
    {"SubscribeToANumber", R"({"op":"subscribe","task_id":7})", "\"task_id\" is needed"},
    {"PlaceOfAWrongType", R"({"op":"subscribe","task_id":"t","after":[]})", "\"after\""},
    {"PlaceWithAFraction", R"({"op":"subscribe","task_id":"t","after":1.5})", "\"after\""},
    {"PlaceThatIsTooLong", R"({"op":"subscribe","task_id":"t","after":")" + std::string(65, '1') + R"("})",
     "\"after\""},
    {"CancelOfNothing", R"({"op":"cancel"})", "\"task_id\" is needed"},
    {"AnswerOfNothing", R"({"op":"answer","task_id":"t"})", "\"answers\" is needed"},
    {"AnswersThatAreNone", R"({"op":"answer","task_id":"t","answers":{}})", "\"answers\" is needed"},
    {"RefThatIsAnObject", R"({"op":"ping","ref":{}})", "\"ref\" must be"},
    {"RefThatIsTooLong", R"({"op":"ping","ref":")" + std::string(300, 'r') + R"("})", "\"ref\" is longer"},
};

TEST_P(BadMessageTest, IsRefusedInWordsThatHelp) {
    const auto heard = read_message(GetParam().text);
    ASSERT_FALSE(heard.ask);
    EXPECT_EQ(heard.ask.error().code, Code::InvalidArgument);
    EXPECT_NE(heard.ask.error().message.find(GetParam().says), std::string::npos)
        << heard.ask.error().message;
}

INSTANTIATE_TEST_SUITE_P(Messages, BadMessageTest, testing::ValuesIn(kCases),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace meshai::doors::ws
