#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/client/scripted_world.h"

namespace meshai::net::client {
namespace {

using World = ScriptedWorld;

struct AnswerCase {
    const char* name;
    const char* method;
    std::string bytes;
    bool closes;
    int status;
    std::string body;
};

void PrintTo(const AnswerCase& the_case, std::ostream* out) {
    *out << the_case.name;
}

const AnswerCase kAnswers[] = {
    {"Length", "POST", kFine, false, 200, "hi"},
    {"Empty", "POST", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false, 200, ""},
    {"Chunked", "POST",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n1\r\nd\r\n0\r\nT: 1\r\n\r\n",
     false, 200, "abcd"},
    {"UntilTheEnd", "POST", "HTTP/1.1 200 OK\r\n\r\nabcd", true, 200, "abcd"},
    {"Http10", "POST", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", true, 200, "hi"},
    {"NoContent", "POST", "HTTP/1.1 204 No Content\r\n\r\n", false, 204, ""},
    {"NotModified", "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n", false, 304, ""},
    {"HeadOnly", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n", false, 200, ""},
    {"HeadOnlyChunked", "HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", false, 200, ""},
    {"Interim", "POST",
     std::string("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n") + kFine, false,
     200, "hi"},
    {"Redirect", "POST", "HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", false, 302, ""},
    {"NoPhrase", "POST", "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", false, 200, ""},
};

class Answers : public testing::TestWithParam<AnswerCase> {};

TEST_P(Answers, AreReadTheSameHoweverTheyAreCut) {
    const auto& the_case = GetParam();
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        World world;
        Faults faults;
        faults.to_client.split_seed = seed;
        world.network.set_faults(kThere, faults);
        world.script = {the_case.bytes};
        world.closes_after_answer = the_case.closes;
        const auto answer = world.fetch(the_case.method);
        ASSERT_TRUE(answer) << answer.error().error.message;
        EXPECT_EQ(answer->status, the_case.status);
        EXPECT_EQ(answer->body, the_case.body);
    }
}

INSTANTIATE_TEST_SUITE_P(All, Answers, testing::ValuesIn(kAnswers),
                         [](const auto& info) { return std::string(info.param.name); });

struct BrokenCase {
    const char* name;
    std::string bytes;
    Code code;
};

void PrintTo(const BrokenCase& the_case, std::ostream* out) {
    *out << the_case.name;
}

const BrokenCase kBroken[] = {
    {"Nothing", "", Code::AgentProtocol},
    {"HalfAHead", "HTTP/1.1 200 OK\r\nContent-", Code::AgentProtocol},
    {"HalfABody", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", Code::AgentProtocol},
    {"HalfAChunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", Code::AgentProtocol},
    {"NoLastChunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", Code::AgentProtocol},
    {"NoHttp", "SSH-2.0-OpenSSH_9.2\r\n", Code::AgentProtocol},
    {"Http2", "HTTP/2.0 200 OK\r\n\r\n", Code::AgentProtocol},
    {"Rtsp", "RTSP/1.0 200 OK\r\n\r\n", Code::AgentProtocol},
    {"BadStatus", "HTTP/1.1 2x0 OK\r\n\r\n", Code::AgentProtocol},
    {"LowStatus", "HTTP/1.1 042 OK\r\nContent-Length: 0\r\n\r\n", Code::AgentProtocol},
    {"TwoLengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi!",
     Code::AgentProtocol},
    {"LengthAndChunked",
     "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     Code::AgentProtocol},
    {"UnknownCoding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nxx", Code::AgentProtocol},
    {"BadChunkSize", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", Code::AgentProtocol},
    {"ControlInHeader", "HTTP/1.1 200 OK\r\nA: \x01\r\n\r\n", Code::AgentProtocol},
    {"SwitchedProtocols", "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
     Code::AgentProtocol},
    {"EndlessInterim",
     [] {
         std::string bytes;
         for (int i = 0; i < 100; ++i) bytes += "HTTP/1.1 100 Continue\r\n\r\n";
         return bytes;
     }(),
     Code::AgentProtocol},
    {"HugeHead", "HTTP/1.1 200 OK\r\nA: " + std::string(40'000, 'x') + "\r\n\r\n", Code::AgentProtocol},
    {"TooLarge", "HTTP/1.1 200 OK\r\nContent-Length: 33554433\r\n\r\n", Code::TooLarge},
    {"ChunkedTooLarge",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n" + std::string(33U << 20U, 'x'),
     Code::TooLarge},
};

class BrokenAnswers : public testing::TestWithParam<BrokenCase> {};

TEST_P(BrokenAnswers, AreOneClearFailureAndTheEndOfTheConnection) {
    World world;
    world.script = {GetParam().bytes};
    world.closes_after_answer = true;
    const auto answer = world.fetch();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().error.code, GetParam().code) << answer.error().error.message;
    EXPECT_TRUE(answer.error().was_sent);
    world.loop.settle();
    EXPECT_EQ(world.network.connections_open(), 0U);
}

INSTANTIATE_TEST_SUITE_P(All, BrokenAnswers, testing::ValuesIn(kBroken),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(BrokenAnswer, CutAtAnyByteItIsAFailureUntilItIsWhole) {
    for (const std::string& answer :
         {std::string(kFine), std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
                                          "\r\n2\r\nhi\r\n0\r\n\r\n")})
        for (const bool is_orderly : {true, false})
            for (std::size_t cut = 0; cut < answer.size(); ++cut) {
                World world;
                Faults faults;
                faults.to_client.cut_after = cut;
                faults.to_client.is_cut_orderly = is_orderly;
                world.network.set_faults(kThere, faults);
                world.script = {answer};
                const auto got = world.fetch();
                ASSERT_FALSE(got) << "cut at " << cut;
                EXPECT_EQ(got.error().error.code, Code::AgentProtocol) << "cut at " << cut;
                EXPECT_TRUE(got.error().was_sent);
            }
}

}  // namespace
}  // namespace meshai::net::client
