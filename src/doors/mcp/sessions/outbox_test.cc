#include "doors/mcp/sessions/outbox.h"

#include <gtest/gtest.h>

#include "base/test_loop.h"

namespace meshai::doors::mcp {
namespace {

using Texts = std::vector<std::string>;

constexpr OutboxBounds kRoomy{100, 10'000};
constexpr std::size_t kAll = 1'000'000;

Texts texts(const Outbox::Portion& portion) {
    Texts found;
    for (const auto& message : portion.messages) found.push_back(*message.text);
    return found;
}

struct AnOutbox : testing::Test {
    std::shared_ptr<Outbox> make(OutboxBounds bounds = kRoomy, std::optional<std::size_t> answers = 1,
                                 Keep keep = Keep::ForReplay) {
        return std::make_shared<Outbox>(3, keep, bounds, answers);
    }
    Signal signal() { return {loop.ex(), loop.clock}; }

    TestLoop loop{};
};

TEST_F(AnOutbox, GivesEverythingOnceInOrderAndEndsWithTheAnswer) {  // H21
    auto box = make();
    Outbox::Reader reader(box, signal(), 0);
    box->put("a", Weight::Light);
    EXPECT_EQ(texts(reader.take(kAll)), Texts{"a"});
    box->put("b", Weight::Light);
    box->put_answer("answer");
    const auto rest = reader.take(kAll);
    EXPECT_EQ(texts(rest), (Texts{"b", "answer"}));
    EXPECT_TRUE(rest.is_ended);
    box->put("too late", Weight::Heavy);
    EXPECT_EQ(texts(reader.take(kAll)), Texts{});
}

TEST_F(AnOutbox, ReplaysTheRestFromEveryPlace) {  // H9
    auto box = make();
    for (const auto* text : {"1", "2", "3"}) box->put(text, Weight::Light);
    box->put_answer("4");
    for (std::uint64_t after = 0; after <= 4; ++after) {
        Outbox::Reader again(box, signal(), after);
        const auto rest = again.take(kAll);
        EXPECT_EQ(rest.messages.size(), 4 - after);
        EXPECT_TRUE(rest.is_ended);
        for (std::size_t i = 0; i < rest.messages.size(); ++i)
            EXPECT_EQ(rest.messages[i].place, after + i + 1) << "places go on where the reader was";
    }
    EXPECT_TRUE(box->reaches(4));
    EXPECT_FALSE(box->reaches(5));
}

TEST_F(AnOutbox, ANewReaderPartsTheOneBefore) {  // H11: one message on one stream only
    auto box = make();
    Outbox::Reader first(box, signal(), 0);
    Outbox::Reader second(box, signal(), 0);
    box->put("a", Weight::Light);
    EXPECT_TRUE(first.take(kAll).is_parted);
    EXPECT_EQ(texts(first.take(kAll)), Texts{});
    const auto portion = second.take(kAll);
    EXPECT_FALSE(portion.is_parted);
    EXPECT_EQ(texts(portion), Texts{"a"});
}

TEST_F(AnOutbox, HangingUpPartsTheReaderAndTheNextOneGoesOn) {  // H10
    auto box = make();
    box->hang_up();  // also before anybody reads: the first to come is meant
    {
        Outbox::Reader reader(box, signal(), 0);
        EXPECT_TRUE(reader.take(kAll).is_parted);
    }
    EXPECT_FALSE(box->has_reader());
    box->put_answer("answer");
    Outbox::Reader again(box, signal(), 0);
    const auto rest = again.take(kAll);
    EXPECT_FALSE(rest.is_parted);
    EXPECT_EQ(texts(rest), Texts{"answer"});
}

TEST_F(AnOutbox, ProgressGivesWayAndQuestionsAndAnswersDoNot) {
    auto box = make({.messages = 3, .bytes = 10'000});
    box->put("question", Weight::Heavy);
    for (const auto* text : {"10 %", "20 %", "30 %", "40 %"}) box->put(text, Weight::Light);
    box->put_answer("answer");
    Outbox::Reader reader(box, signal(), 0);
    EXPECT_EQ(texts(reader.take(kAll)), (Texts{"question", "40 %", "answer"}));
}

TEST_F(AnOutbox, TheBoundInBytesCountsToo) {
    auto box = make({.messages = 100, .bytes = 10});
    box->put("12345", Weight::Light);
    box->put("67890", Weight::Light);
    box->put("abcde", Weight::Light);
    EXPECT_EQ(box->bytes(), 10U);
    box->put(std::string(11, 'x'), Weight::Light);
    box->put_answer(std::string(50, 'y'));
    Outbox::Reader reader(box, signal(), 0);
    EXPECT_EQ(texts(reader.take(kAll)), Texts{std::string(50, 'y')});
}

TEST_F(AnOutbox, WhatWasReadGivesWayOnAStreamThatNeverEnds) {
    auto box = make({.messages = 3, .bytes = 10'000}, std::nullopt);
    Outbox::Reader reader(box, signal(), 0);
    for (int i = 0; i < 10; ++i) {
        box->put("news " + std::to_string(i), Weight::Heavy);
        EXPECT_EQ(reader.take(kAll).messages.size(), 1U);
    }
    Outbox::Reader again(box, signal(), 0);
    EXPECT_LE(again.take(kAll).messages.size(), 4U);
}

TEST_F(AnOutbox, KeepsNothingThatWasReadWhereNobodyCanComeBack) {
    auto box = make(kRoomy, std::nullopt, Keep::UntilRead);
    Outbox::Reader reader(box, signal(), 0);
    box->put("a", Weight::Heavy);
    (void)reader.take(kAll);
    (void)reader.take(kAll);
    EXPECT_EQ(box->bytes(), 0U);
}

TEST_F(AnOutbox, TheSameNewsWaitsOnce) {
    auto box = make(kRoomy, std::nullopt);
    Outbox::Reader reader(box, signal(), 0);
    box->put_once("changed");
    box->put_once("changed");
    EXPECT_EQ(texts(reader.take(kAll)), Texts{"changed"});
    (void)reader.take(kAll);
    box->put_once("changed");
    EXPECT_EQ(texts(reader.take(kAll)), Texts{"changed"});
}

TEST_F(AnOutbox, ABatchEndsWithItsLastAnswerWhetherItComesOrNot) {  // B3
    auto box = make(kRoomy, 3);
    Outbox::Reader reader(box, signal(), 0);
    box->put_answer("1");
    box->drop_answer();
    EXPECT_FALSE(reader.take(kAll).is_ended);
    box->put_answer("2");
    EXPECT_TRUE(reader.take(kAll).is_ended);
}

TEST_F(AnOutbox, PortionsAreBoundedAndLoseNothing) {
    auto box = make();
    for (int i = 0; i < 5; ++i) box->put(std::string(10, static_cast<char>('a' + i)), Weight::Light);
    box->end();
    Outbox::Reader reader(box, signal(), 0);
    std::size_t count = 0;
    for (bool is_ended = false; !is_ended;) {
        const auto portion = reader.take(25);
        EXPECT_LE(portion.messages.size(), 2U);
        count += portion.messages.size();
        is_ended = portion.is_ended;
    }
    EXPECT_EQ(count, 5U);
}

TEST(AnEventId, IsReadBackAndNothingElseIs) {  // H9
    const auto place = parse_event_id(event_id(3, 7));
    ASSERT_TRUE(place);
    EXPECT_EQ(place->stream, 3U);
    EXPECT_EQ(place->place, 7U);
    for (const auto* bad :
         {"", "-", "3", "3-", "-7", "3-7-1", " 3-7", "3-7 ", "+3-7", "a-b", "3-99999999999999999999999"})
        EXPECT_FALSE(parse_event_id(bad)) << bad;
}

}  // namespace
}  // namespace meshai::doors::mcp
