#include "net/ws/frames.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/test_loop.h"
#include "net/ws/raw_frames.h"

namespace meshai::net::ws {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using Words = std::vector<std::string>;

constexpr std::size_t kMessageMax = 1000;

/// A WebSocket that was accepted, and the client at its other end.
struct Line {
    TestLoop loop;
    Frames frames;
    std::string answer;
    raw::Reader reader{};

    explicit Line(const Acceptance& acceptance = {})
        : frames(loop.ex(),
                 {.host = "localhost", .target = "/", .key = std::string(raw::kKey), .protocols = {}},
                 acceptance, kMessageMax),
          answer(frames.take_output()) {}

    Words hears(std::string_view bytes = {}) {
        frames.feed(bytes);
        return reader.feed(frames.take_output());
    }

    Words texts() {
        Words all;
        while (auto text = frames.next()) all.push_back(std::move(*text));
        return all;
    }
};

TEST(WebSocketFrames, TheAnswerToTheHandshakeIsTheOneOfTheRfc) {
    Line line({.protocol = "meshai.v1", .headers = {{"X-Request-Id", "r_1"}}});
    EXPECT_THAT(line.answer, StartsWith("HTTP/1.1 101 Switching Protocols\r\n"));
    EXPECT_THAT(line.answer, HasSubstr("Upgrade: websocket\r\n"));
    EXPECT_THAT(line.answer, HasSubstr("Connection: upgrade\r\n"));
    EXPECT_THAT(line.answer, HasSubstr("Sec-WebSocket-Accept: " + std::string(raw::kAccept) + "\r\n"));
    EXPECT_THAT(line.answer, HasSubstr("Sec-WebSocket-Protocol: meshai.v1\r\n"));
    EXPECT_THAT(line.answer, HasSubstr("X-Request-Id: r_1\r\n"));
    EXPECT_THAT(line.answer, testing::EndsWith("\r\n\r\n"));
    EXPECT_THAT(line.answer, testing::Not(HasSubstr("Sec-WebSocket-Extensions")));
}

TEST(WebSocketFrames, TheMaskedHelloOfTheRfcIsRead) {
    Line line;
    line.frames.feed("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
    EXPECT_THAT(line.texts(), ElementsAre("Hello"));
}

TEST(WebSocketFrames, TheHelloOfTheRfcIsWrittenUnmasked) {
    Line line;
    line.frames.send("Hello");
    EXPECT_EQ(line.frames.take_output(), std::string_view("\x81\x05Hello"));
}

TEST(WebSocketFrames, EveryLengthIsWrittenInItsShortestForm) {
    for (const std::size_t size : {0UL, 125UL, 126UL, 65535UL, 65536UL, 200'000UL}) {
        Line line;
        line.frames.send(std::string(size, 'x'));
        EXPECT_EQ(line.hears(), Words{"text " + std::string(size, 'x')}) << size;
    }
}

TEST(WebSocketFrames, AreReadTheSameHoweverTheBytesAreCut) {
    const auto bytes = raw::bytes_of({.payload = "a\xC3", .fin = false}) +
                       raw::bytes_of({.opcode = raw::kPing, .payload = "p"}) +
                       raw::bytes_of({.opcode = raw::kContinuation, .payload = "\xA4z"}) +
                       raw::text("second") + raw::close(1000, "bye");
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        Line line;
        auto heard = line.hears(bytes.substr(0, cut));
        for (auto& word : line.hears(bytes.substr(cut))) heard.push_back(std::move(word));
        EXPECT_THAT(heard, ElementsAre("pong p", "close 1000")) << "cut at byte " << cut;
        EXPECT_THAT(line.texts(), ElementsAre("a\xC3\xA4z", "second")) << "cut at byte " << cut;
    }
}

TEST(WebSocketFrames, ByteByByteIsEnough) {
    Line line;
    for (const char c : raw::text(std::string(300, 'y'))) line.frames.feed(std::string_view(&c, 1));
    EXPECT_THAT(line.texts(), ElementsAre(std::string(300, 'y')));
}

TEST(WebSocketFrames, APingIsAnsweredWithItsPayload) {
    Line line;
    EXPECT_THAT(line.hears(raw::bytes_of({.opcode = raw::kPing})), ElementsAre("pong "));
    const std::string most(125, 'p');
    EXPECT_THAT(line.hears(raw::bytes_of({.opcode = raw::kPing, .payload = most})),
                ElementsAre("pong " + most));
}

TEST(WebSocketFrames, APongIsTold) {
    Line line;
    line.frames.ping("7");
    EXPECT_THAT(line.hears(), ElementsAre("ping 7"));
    EXPECT_EQ(line.frames.take_pong(), std::nullopt);
    EXPECT_THAT(line.hears(raw::bytes_of({.opcode = raw::kPong, .payload = "7"})), IsEmpty());
    EXPECT_EQ(line.frames.take_pong(), "7");
    EXPECT_EQ(line.frames.take_pong(), std::nullopt);
}

TEST(WebSocketFrames, AMessageOfTheGreatestSizeIsRead) {
    Line line;
    line.frames.feed(raw::text(std::string(kMessageMax, 'x')));
    EXPECT_THAT(line.texts(), ElementsAre(std::string(kMessageMax, 'x')));
}

// What breaks the protocol, and the code that says so. Nothing of it arrives as a message.
struct Case {
    const char* name;
    std::string bytes;
    int code;
};

class BadFrameTest : public testing::TestWithParam<Case> {};

std::string frame(raw::Frame frame) {
    return raw::bytes_of(frame);
}

const Case kCases[] = {
    // RFC 6455 5.1: "The server MUST close the connection upon receiving a frame that is not masked."
    {"Unmasked", frame({.payload = "hi", .is_masked = false}), 1002},
    // 5.2: reserved bits "MUST be 0 unless an extension is negotiated".
    {"ReservedBit1", frame({.payload = "hi", .rsv = 4}), 1002},
    {"ReservedBit2", frame({.payload = "hi", .rsv = 2}), 1002},
    {"ReservedBit3", frame({.payload = "hi", .rsv = 1}), 1002},
    {"ReservedDataOpcode3", frame({.opcode = 3}), 1002},
    {"ReservedDataOpcode7", frame({.opcode = 7}), 1002},
    {"ReservedControlOpcode11", frame({.opcode = 11}), 1002},
    {"ReservedControlOpcode15", frame({.opcode = 15}), 1002},
    // 5.5: "All control frames MUST have a payload length of 125 bytes or less and MUST NOT be fragmented."
    {"PingOf126Bytes", frame({.opcode = raw::kPing, .payload = std::string(126, 'p')}), 1002},
    {"CloseOf126Bytes",
     frame({.opcode = raw::kClose, .payload = raw::close_payload(1000, std::string(124, 'c'))}), 1002},
    {"PingInPieces", frame({.opcode = raw::kPing, .fin = false}), 1002},
    {"CloseInPieces", frame({.opcode = raw::kClose, .fin = false}), 1002},
    // 5.4: fragments.
    {"ContinuationOfNothing", frame({.opcode = raw::kContinuation, .payload = "hi"}), 1002},
    {"MessageInsideAMessage", frame({.payload = "a", .fin = false}) + frame({.payload = "b"}), 1002},
    {"ContinuationBehindTheEnd", raw::text("a") + frame({.opcode = raw::kContinuation, .payload = "b"}),
     1002},
    // 5.2: "the minimal number of bytes MUST be used to encode the length".
    {"LengthInTwoBytesThatFitsIntoOne", frame({.payload = "hi", .length_bytes = 2}), 1002},
    {"LengthInEightBytesThatFitsIntoTwo", frame({.payload = std::string(200, 'x'), .length_bytes = 8}), 1002},
    // 8.1: text is UTF-8.
    {"NoUtf8", raw::text("\xff"), 1007},
    {"OverlongUtf8", raw::text("\xc0\xaf"), 1007},
    {"SurrogateInUtf8", raw::text("\xed\xa0\x80"), 1007},
    {"Utf8ThatEndsTooEarly", raw::text("\xe2\x82"), 1007},
    {"Utf8ThatBreaksInTheSecondFragment",
     frame({.payload = "\xe2\x82", .fin = false}) + frame({.opcode = raw::kContinuation, .payload = "x"}),
     1007},
    {"NoUtf8BeforeTheMessageIsWhole", frame({.payload = "\xff", .fin = false}), 1007},
    // Bounds of this server.
    {"TooLarge", raw::text(std::string(kMessageMax + 1, 'x')), 1009},
    {"TooLargeByItsHeadAlone", frame({.announced = 1ULL << 40U}), 1009},
    {"TooLargeInPieces",
     frame({.payload = std::string(kMessageMax, 'x'), .fin = false}) +
         frame({.opcode = raw::kContinuation, .payload = "x"}),
     1009},
    {"Binary", frame({.opcode = raw::kBinary, .payload = "hi"}), 1003},
    // 7.4, 7.4.1: codes that must not be sent.
    {"CloseOfOneByte", frame({.opcode = raw::kClose, .payload = "x"}), 1002},
    {"CloseWith0", raw::close(0), 1002},
    {"CloseWith999", raw::close(999), 1002},
    {"CloseWith1004", raw::close(1004), 1002},
    {"CloseWith1005", raw::close(1005), 1002},
    {"CloseWith1006", raw::close(1006), 1002},
    {"CloseWith1015", raw::close(1015), 1002},
    {"CloseWith1016", raw::close(1016), 1002},
    {"CloseWith2999", raw::close(2999), 1002},
    {"CloseWhoseReasonIsNoUtf8", raw::close(1000, "\xff"), 1002},
};

TEST_P(BadFrameTest, ClosesWithTheCodeThatSaysWhy) {
    const auto& given = GetParam();
    Line line;
    const auto heard = line.hears(given.bytes);
    ASSERT_EQ(heard.size(), 1U);
    EXPECT_THAT(heard[0], StartsWith("close " + std::to_string(given.code)));
    EXPECT_FALSE(line.frames.is_open());
    EXPECT_LE(line.texts().size(), 1U);
    // Whatever comes behind is dropped, and nothing more is said.
    EXPECT_THAT(line.hears(raw::text("late") + raw::bytes_of({.opcode = raw::kPing})), IsEmpty());
    line.frames.send("late");
    EXPECT_THAT(line.hears(), IsEmpty());
}

TEST_P(BadFrameTest, IsToldInTheEnding) {
    const auto& given = GetParam();
    Line line;
    line.frames.feed(given.bytes + raw::close(1000));
    ASSERT_TRUE(line.frames.ending());
    EXPECT_EQ(line.frames.ending()->code, given.code);
    EXPECT_FALSE(line.frames.ending()->is_by_peer);
}

TEST_P(BadFrameTest, IsTheSameHoweverTheBytesAreCut) {
    const auto& given = GetParam();
    for (std::size_t cut = 0; cut <= std::min<std::size_t>(given.bytes.size(), 16); ++cut) {
        Line line;
        auto heard = line.hears(given.bytes.substr(0, cut));
        for (auto& word : line.hears(given.bytes.substr(cut))) heard.push_back(std::move(word));
        ASSERT_EQ(heard.size(), 1U) << "cut at byte " << cut;
        EXPECT_THAT(heard[0], StartsWith("close " + std::to_string(given.code))) << "cut at byte " << cut;
    }
}

INSTANTIATE_TEST_SUITE_P(Frames, BadFrameTest, testing::ValuesIn(kCases),
                         [](const auto& info) { return std::string(info.param.name); });

class CloseCodeTest : public testing::TestWithParam<int> {};

TEST_P(CloseCodeTest, IsEchoed) {
    // RFC 6455 5.5.1: "the endpoint typically echos the status code it received".
    Line line;
    EXPECT_EQ(line.hears(raw::close(static_cast<std::uint16_t>(GetParam()), "because")),
              Words{"close " + std::to_string(GetParam())});
    ASSERT_TRUE(line.frames.ending());
    EXPECT_EQ(*line.frames.ending(), (Ending{static_cast<CloseCode>(GetParam()), "because", true}));
}

INSTANTIATE_TEST_SUITE_P(Valid, CloseCodeTest,
                         testing::Values(1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999,
                                         4000, 4999));

TEST(WebSocketFrames, ACloseWithoutACodeIsAnswered) {
    Line line;
    const auto heard = line.hears(raw::bytes_of({.opcode = raw::kClose}));
    ASSERT_EQ(heard.size(), 1U);
    EXPECT_THAT(heard[0], StartsWith("close"));
    EXPECT_EQ(*line.frames.ending(), (Ending{kNoStatus, "", true}));
}

TEST(WebSocketFrames, OurCloseWaitsForThePeers) {
    Line line;
    line.frames.send("last words");
    line.frames.close(kGoingAway, "The server stops.");
    EXPECT_THAT(line.hears(), ElementsAre("text last words", "close 1001 The server stops."));
    EXPECT_FALSE(line.frames.is_open());
    EXPECT_FALSE(line.frames.ending());
    // What the peer said before it heard of it is dropped; RFC 6455 5.5.1 asks for no more of us.
    EXPECT_THAT(line.hears(raw::text("crossing") + raw::bytes_of({.opcode = raw::kPing, .payload = "x"})),
                IsEmpty());
    EXPECT_THAT(line.hears(raw::close(1001)), IsEmpty());
    EXPECT_EQ(*line.frames.ending(), (Ending{kGoingAway, "The server stops.", false}));
    EXPECT_THAT(line.texts(), IsEmpty());
}

TEST(WebSocketFrames, ACloseInTheMiddleOfAMessageOfThePeerIsStillAnswered) {
    const auto message = raw::text(std::string(600, 'x'));
    for (const std::size_t cut : {1UL, 2UL, 5UL, 8UL, 9UL, 300UL}) {
        Line line;
        line.frames.feed(message.substr(0, cut));
        line.frames.close(kNormal, "");
        line.frames.feed(message.substr(cut) + raw::close(1000));
        ASSERT_TRUE(line.frames.ending()) << "cut at byte " << cut;
        EXPECT_EQ(line.frames.ending()->code, kNormal) << "cut at byte " << cut;
        EXPECT_THAT(line.texts(), IsEmpty());
    }
}

TEST(WebSocketFrames, AReasonIsCutBetweenTwoLetters) {
    Line line;
    std::string reason;
    for (int i = 0; i < 100; ++i) reason += "ä";
    line.frames.close(kPolicy, reason);
    EXPECT_THAT(line.hears(), ElementsAre("close 1008 " + reason.substr(0, 122)));
}

TEST(WebSocketFrames, ClosingTwiceIsClosingOnce) {
    Line line;
    line.frames.close(kNormal, "one");
    line.frames.close(kPolicy, "two");
    EXPECT_THAT(line.hears(), ElementsAre("close 1000 one"));
}

TEST(WebSocketFrames, MayEndInTheMiddleOfAnything) {
    // Whoever has it lets go of it while the stream waits for bytes, for a close, or has failed.
    {
        Line line;
    }
    {
        Line line;
        line.frames.feed(raw::text("half").substr(0, 3));
    }
    {
        Line line;
        line.frames.close(kNormal, "");
    }
    {
        Line line;
        line.frames.feed(raw::bytes_of({.opcode = 3}));
    }
}

}  // namespace
}  // namespace meshai::net::ws
