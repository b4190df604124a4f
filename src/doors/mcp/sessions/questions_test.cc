#include "doors/mcp/sessions/questions.h"

#include <gtest/gtest.h>

#include "base/test_loop.h"

namespace meshai::doors::mcp {
namespace {

namespace rpc = wire::jsonrpc;
using namespace wire::mcp;

const FormQuestion kName{"What is your name?", json::object{{"type", "object"},
                                                            {"properties", {{"name", {{"type", "string"}}}}},
                                                            {"required", json::array{"name"}}}};

rpc::Response accepts(QuestionId id, json::object content) {
    return {rpc::RequestId{id}, json::value{{"action", "accept"}, {"content", std::move(content)}}};
}

struct Questions : testing::Test {
    Signal signal() { return {loop.ex(), loop.clock}; }
    TestLoop loop{};
    PendingQuestions pending{2};
};

TEST_F(Questions, AreAnsweredOnceByTheirId) {  // R6
    const auto first = pending.add(kName, signal());
    const auto second = pending.add(kName, signal());
    ASSERT_TRUE(first && second);
    EXPECT_NE(*first, *second);
    EXPECT_FALSE(pending.take(*first));
    EXPECT_TRUE(pending.answer(accepts(*first, {{"name", "Ann"}})));
    EXPECT_FALSE(pending.answer(accepts(*first, {{"name", "Bob"}}))) << "it has been answered";
    const auto answer = pending.take(*first);
    ASSERT_TRUE(answer && *answer);
    EXPECT_EQ(answer->value().at("content").at("name"), "Ann");
    EXPECT_FALSE(pending.take(*second));
    EXPECT_EQ(pending.size(), 1U);
}

TEST_F(Questions, AnAnswerToNothingIsNoMistake) {
    EXPECT_FALSE(pending.answer(accepts(77, {})));
    EXPECT_FALSE(pending.answer({rpc::RequestId{std::string("x")}, json::value(json::object{})}));
}

TEST_F(Questions, AreBounded) {
    ASSERT_TRUE(pending.add(kName, signal()));
    const auto second = pending.add(kName, signal());
    const auto third = pending.add(kName, signal());
    ASSERT_FALSE(third);
    EXPECT_EQ(third.error().code, Code::ResourceExhausted);
    pending.forget(*second);
    EXPECT_TRUE(pending.add(kName, signal()));
}

TEST_F(Questions, AMalformedAnswerAndARefusalAreErrors) {  // R4
    const auto first = pending.add(kName, signal());
    EXPECT_TRUE(pending.answer({rpc::RequestId{*first}, json::value(42)}));
    const auto malformed = pending.take(*first);
    ASSERT_TRUE(malformed);
    EXPECT_EQ(malformed->error().code, Code::InvalidArgument);

    const auto second = pending.add(kName, signal());
    const json::object refusal{{"code", -1}, {"message", "The person is not here."}};
    EXPECT_TRUE(pending.answer({rpc::RequestId{*second}, refusal, true}));
    const auto refused = pending.take(*second);
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->error().message,
              "The client did not answer elicitation/create: The person is not here.");
}

TEST(AQuestion, IsAskedOnlyWhereRevisionAndClientHaveIt) {  // N3, R2
    ClientAbilities client;
    client.elicitation_form = true;
    const auto features = [](Revision revision) { return codec_of(revision).features(); };
    EXPECT_TRUE(check_question(kName, features(Revision::R2025_06_18), client));
    EXPECT_FALSE(check_question(kName, features(Revision::R2025_03_26), client));
    EXPECT_FALSE(check_question(UrlQuestion{"Pay", "https://pay.example", "e1"},
                                features(Revision::R2025_11_25), client));
    EXPECT_FALSE(check_question(RootsQuestion{}, features(Revision::R2025_11_25), client));
    client.elicitation_url = true;
    EXPECT_TRUE(check_question(UrlQuestion{"Pay", "https://pay.example", "e1"},
                               features(Revision::R2025_11_25), client));
    EXPECT_FALSE(check_question(UrlQuestion{"Pay", "https://pay.example", "e1"},
                                features(Revision::R2025_06_18), client));
}

TEST(AQuestion, IsARequestOfOurs) {  // R6
    const auto message = question_message(5, kName, codec_of(Revision::R2025_06_18).features());
    EXPECT_EQ(message.at("id"), 5);
    EXPECT_EQ(message.at("method"), "elicitation/create");
    EXPECT_EQ(message.at("params").at("message"), "What is your name?");
    EXPECT_FALSE(message.at("params").get_object().contains("mode")) << "that came with URL mode";
}

}  // namespace
}  // namespace meshai::doors::mcp
