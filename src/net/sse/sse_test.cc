#include <gtest/gtest.h>

#include "net/sse/reader.h"
#include "net/sse/writer.h"

namespace meshai::net::sse {
namespace {

using Messages = std::vector<Message>;

struct SseCase {
    const char* name;
    std::string bytes;
    Messages expected;
};

const SseCase kSseCases[] = {
    {"OneMessage", "data: hi\n\n", {{"", "hi", ""}}},
    {"TwoDataLinesAreJoined", "data: a\ndata: b\n\n", {{"", "a\nb", ""}}},
    {"CommentIsNotAMessage", ": ping\n\n", {}},
    {"UnfinishedMessageWaits", "data: hi\n", {}},
    {"CarriageReturnsEndLines", "data: a\r\rdata: b\r\n\r\n", {{"", "a", ""}, {"", "b", ""}}},
    {"NameAndId", "event: token\nid: 7\ndata: x\n\n", {{"token", "x", "7"}}},
    {"TheIdStays", "id: 7\ndata: x\n\ndata: y\n\n", {{"", "x", "7"}, {"", "y", "7"}}},
    {"TheNameDoesNotStay", "event: a\ndata: x\n\ndata: y\n\n", {{"a", "x", ""}, {"", "y", ""}}},
    {"ANameWithoutDataIsForgotten", "event: a\n\ndata: y\n\n", {{"", "y", ""}}},
    {"OnlyOneSpaceIsTaken", "data:  x\ndata:y\n\n", {{"", " x\ny", ""}}},
    {"ALineWithoutColonIsAFieldName", "data\n\n", {{"", "", ""}}},
    {"AnIdWithNulIsIgnored", std::string("id: a\0b\ndata: x\n\n", 17), {{"", "x", ""}}},
    {"UnknownFieldsAreIgnored", "retry: 5\nfoo: bar\ndata: x\n\n", {{"", "x", ""}}},
    {"AByteOrderMarkIsSkippedOnce",
     "\xEF\xBB\xBF"
     "data: x\n\n\xEF\xBB\xBF"
     "data: y\n\n",
     {{"", "x", ""}}},
    {"DoneIsData", "data: {\"a\":1}\n\ndata: [DONE]\n\n", {{"", "{\"a\":1}", ""}, {"", "[DONE]", ""}}},
};

void PrintTo(const SseCase& the_case, std::ostream* out) {
    *out << the_case.name;
}

void append(Messages& all, Messages more) {
    all.insert(all.end(), more.begin(), more.end());
}

class SseReaderTest : public testing::TestWithParam<SseCase> {};

TEST_P(SseReaderTest, ReadsTheSameHoweverTheBytesAreCut) {
    const auto& [name, bytes, expected] = GetParam();
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        Reader reader;
        auto got = reader.feed(std::string_view(bytes).substr(0, cut));
        append(got, reader.feed(std::string_view(bytes).substr(cut)));
        EXPECT_EQ(got, expected) << "cut at byte " << cut;
    }
    Reader reader;
    Messages got;
    for (char byte : bytes) append(got, reader.feed(std::string_view(&byte, 1)));
    EXPECT_EQ(got, expected) << "byte by byte";
}

INSTANTIATE_TEST_SUITE_P(Cases, SseReaderTest, testing::ValuesIn(kSseCases),
                         [](const auto& the_case) { return std::string(the_case.param.name); });

TEST(SseReader, AMessageOverTheBoundIsAFailureAndTheEnd) {
    Reader reader(10);
    EXPECT_EQ(reader.feed("data: 1\n\n").size(), 1U);
    EXPECT_TRUE(reader.feed("data: 12345678").empty());
    EXPECT_TRUE(reader.has_failed());
    EXPECT_TRUE(reader.feed("\n\ndata: 1\n\n").empty());
}

TEST(SseReader, ManyLinesCannotPassTheBoundEither) {
    Reader reader(100);
    for (int line = 0; line < 50; ++line) (void)reader.feed("data: 1234567890\n");
    EXPECT_TRUE(reader.has_failed());
}

TEST(SseReader, TellsHowMuchOfAMessageIsMissing) {
    Reader reader;
    (void)reader.feed("data: abc\nda");
    EXPECT_EQ(reader.unfinished_bytes(), 5U);
}

TEST(SseReader, KnowsBehindWhichEventANextConnectionGoesOn) {
    Reader reader;
    (void)reader.feed("id: 1\ndata: x\n\nid: 2\n");
    EXPECT_EQ(reader.last_id(), "1") << "an event that is not complete may not be skipped";
    (void)reader.feed("\n");
    EXPECT_EQ(reader.last_id(), "2") << "an event without data is one all the same";
}

TEST(SseReader, KnowsTheServersWishForTheNextConnection) {
    Reader reader;
    EXPECT_FALSE(reader.retry());
    (void)reader.feed("retry: 1500\nretry: soon\nretry: -1\nretry: 99999999999\n");
    EXPECT_EQ(reader.retry(), std::chrono::milliseconds(1500));
}

TEST(SseWriter, WritesWhatTheGuidesClientsRead) {
    std::string out;
    write_frame(out, Frame{.event = "progress", .id = "3", .retry_ms = 1000, .data = "{}"});
    write_frame(out, Frame{.data = "[DONE]"});
    EXPECT_EQ(out, "event: progress\nid: 3\nretry: 1000\ndata: {}\n\ndata: [DONE]\n\n");
}

TEST(SseWriter, AStreamHasTheFourFieldsOfTheGuide) {
    const auto headers = stream_headers();
    EXPECT_EQ(headers.get("Content-Type"), "text/event-stream");
    EXPECT_EQ(headers.get("Cache-Control"), "no-cache");
    EXPECT_EQ(headers.get("Connection"), "keep-alive");
    EXPECT_EQ(headers.get("X-Accel-Buffering"), "no");
}

}  // namespace
}  // namespace meshai::net::sse
