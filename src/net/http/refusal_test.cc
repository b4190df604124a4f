// Every way to say a request wrong that is known to have confused a server:
// each gets one clear answer, and its connection is closed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/http/server.h"
#include "net/memory/network.h"
#include "net/memory/raw_client.h"

namespace meshai::net::http {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const Endpoint kHere{"127.0.0.1", 80};

struct BadRequest {
    std::string name;
    int status;
    std::string bytes;
};

void PrintTo(const BadRequest& bad, std::ostream* out) {
    *out << bad.name;
}

std::string with(const std::string& fields, const std::string& body = "") {
    return "POST / HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n" + body;
}

std::string chunked(const std::string& body) {
    return with("Transfer-Encoding: chunked\r\n", body);
}

std::vector<BadRequest> bad_framing() {
    return {
        {"LengthAndChunked", 400, with("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
        {"ChunkedAndLength", 400, with("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n")},
        {"TwoLengths", 400, with("Content-Length: 3\r\nContent-Length: 3\r\n", "abc")},
        {"TwoDifferentLengths", 400, with("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd")},
        {"LengthList", 400, with("Content-Length: 3, 3\r\n", "abc")},
        {"LengthWithSign", 400, with("Content-Length: +3\r\n", "abc")},
        {"NegativeLength", 400, with("Content-Length: -3\r\n", "abc")},
        {"HexLength", 400, with("Content-Length: 0x3\r\n", "abc")},
        {"EmptyLength", 400, with("Content-Length: \r\n")},
        {"LengthWithSpaceInside", 400, with("Content-Length: 1 1\r\n", "a")},
        {"LengthOverflow", 400, with("Content-Length: 18446744073709551617\r\n", "a")},
        {"HugeLength", 413, with("Content-Length: 9223372036854775807\r\n", "a")},
        {"UnknownCoding", 501, with("Transfer-Encoding: gzip\r\n")},
        {"CodingBeforeChunked", 501, with("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")},
        {"CodingAfterChunked", 501, with("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n")},
        {"ChunkedTwice", 501, with("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n")},
        {"ChunkedInTwoFields", 400,
         with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
        {"ChunkedAndIdentity", 400,
         with("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n")},
        {"AlmostChunked", 501, with("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n")},
        {"ChunkedWithVerticalTab", 400,
         with("Transfer-Encoding: \x0b"
              "chunked\r\n",
              "0\r\n\r\n")},
        {"EmptyCoding", 501, with("Transfer-Encoding: \r\n")},
        {"ChunkedInHttp10", 400,
         "POST / HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {"ChunkSizeOverflow", 400, chunked("fffffffffffffffff\r\nabc\r\n0\r\n\r\n")},
        {"NegativeChunkSize", 400, chunked("-1\r\nabc\r\n0\r\n\r\n")},
        {"HexPrefixChunkSize", 400, chunked("0x3\r\nabc\r\n0\r\n\r\n")},
        {"EmptyChunkSize", 400, chunked("\r\nabc\r\n0\r\n\r\n")},
        {"SpaceBeforeChunkSize", 400, chunked(" 3\r\nabc\r\n0\r\n\r\n")},
        {"SpaceAfterChunkSize", 400, chunked("3 \r\nabc\r\n0\r\n\r\n")},
        {"ChunkSizeEndsInBareNewline", 400, chunked("3\nabc\r\n0\r\n\r\n")},
        {"ChunkDataLongerThanItsSize", 400, chunked("3\r\nabcd\r\n0\r\n\r\n")},
        {"ChunkDataEndsInBareNewline", 400, chunked("3\r\nabc\n0\r\n\r\n")},
        {"NewlineInChunkExtension", 400, chunked("3;a\nb\r\nabc\r\n0\r\n\r\n")},
        {"CarriageReturnInChunkExtension", 400, chunked("3;a\rb\r\nabc\r\n0\r\n\r\n")},
        {"LargeChunk", 413, chunked("7fffffff\r\n" + std::string(6U << 20U, 'x'))},
        {"EndlessChunkExtension", 413, chunked("1;" + std::string(40U << 20U, 'x'))},
        {"BadTrailer", 400, chunked("0\r\nbad trailer\r\n\r\n")},
    };
}

std::vector<BadRequest> bad_heads() {
    const std::string host = "Host: localhost\r\n";
    return {
        {"Noise", 400, "\x16\x03\x01\x02\x05\x01"},
        {"NoiseWithSpaces", 400, "a\x01 b c\r\n\r\n"},
        {"UnknownMethod", 501, "BREW / HTTP/1.1\r\n" + host + "\r\n"},
        {"LowerCaseMethod", 501, "get / HTTP/1.1\r\n" + host + "\r\n"},
        {"SpaceBeforeTheMethod", 400, " GET / HTTP/1.1\r\n" + host + "\r\n"},
        {"Http09", 400, "GET /\r\n\r\n"},
        {"Http2Preface", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
        {"Http20", 505, "GET / HTTP/2.0\r\n" + host + "\r\n"},
        {"Http12", 505, "GET / HTTP/1.2\r\n" + host + "\r\n"},
        {"HttpWithoutVersion", 505, "GET / HTTP/x.y\r\n" + host + "\r\n"},
        {"LongVersion", 400, "GET / HTTP/1.11\r\n" + host + "\r\n"},
        {"Rtsp", 400, "DESCRIBE / RTSP/1.0\r\n" + host + "\r\n"},
        {"Ice", 400, "SOURCE / ICE/1.0\r\n" + host + "\r\n"},
        {"LowerCaseProtocol", 400, "GET / http/1.1\r\n" + host + "\r\n"},
        {"BareNewlineAfterRequestLine", 400, "GET / HTTP/1.1\n" + host + "\r\n"},
        {"BareNewlineAfterField", 400, "GET / HTTP/1.1\r\nHost: localhost\n\r\n"},
        {"BareNewlineAtTheEnd", 400, "GET / HTTP/1.1\r\n" + host + "\n"},
        {"BareCarriageReturn", 400, "GET / HTTP/1.1\r\nHost: local\rhost\r\n\r\n"},
        {"SpaceBeforeColon", 400, with("Content-Length : 3\r\n", "abc")},
        {"TabBeforeColon", 400, with("Content-Length\t: 3\r\n", "abc")},
        {"SpaceBeforeFirstField", 400, "GET / HTTP/1.1\r\n Host: localhost\r\n\r\n"},
        {"FoldedField", 400, with("A: b\r\n c\r\n")},
        {"FoldedWithTab", 400, with("A: b\r\n\tc\r\n")},
        {"NoColon", 400, with("Nonsense\r\n")},
        {"EmptyName", 400, with(": value\r\n")},
        {"ControlInName", 400, with("A\x01: b\r\n")},
        {"NulInName", 400, with(std::string("A\0: b\r\n", 7))},
        {"NulInValue", 400, with(std::string("A: b\0c\r\n", 8))},
        {"ControlInValue", 400, with("A: b\x01\r\n")},
        {"DeleteInValue", 400, with("A: b\x7f\r\n")},
        {"ManyFields", 431, with([] {
             std::string fields;
             for (int i = 0; i < 100; ++i) fields += "A: b\r\n";
             return fields;
         }())},
        {"LargeField", 431, with("A: " + std::string(33U << 10U, 'x') + "\r\n")},
        {"EndlessName", 431, with(std::string(40U << 10U, 'x'))},
        {"EndlessEmptyLines", 431, std::string(40U << 10U, '\n')},
        {"LargeTarget", 414, "GET /" + std::string(9U << 10U, 'x') + " HTTP/1.1\r\n" + host + "\r\n"},
        {"EndlessTarget", 414, "GET /" + std::string(60U << 10U, 'x')},
        {"Connect", 405, "CONNECT localhost:80 HTTP/1.1\r\n" + host + "\r\n"},
        {"Trace", 405, "TRACE / HTTP/1.1\r\n" + host + "\r\n"},
        {"Fragment", 400, "GET /#a HTTP/1.1\r\n" + host + "\r\n"},
        {"EncodedNul", 400, "GET /%00 HTTP/1.1\r\n" + host + "\r\n"},
        {"DotSegments", 400, "GET /a/../b HTTP/1.1\r\n" + host + "\r\n"},
        {"TargetWithSpace", 400, "GET /a b HTTP/1.1\r\n" + host + "\r\n"},
        {"OtherExpectation", 417, with("Expect: 200-ok\r\n")},
        {"TwoExpectations", 417, with("Expect: 100-continue\r\nExpect: 100-continue\r\n")},
    };
}

std::vector<BadRequest> bad_visitors() {
    const std::string host = "Host: localhost\r\n";
    return {
        {"NoHost", 400, "GET / HTTP/1.1\r\n\r\n"},
        {"TwoHosts", 400, "GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n"},
        {"EmptyHost", 400, "GET / HTTP/1.1\r\nHost:\r\n\r\n"},
        {"HostList", 400, "GET / HTTP/1.1\r\nHost: localhost, evil.example\r\n\r\n"},
        {"HostWithUser", 400, "GET / HTTP/1.1\r\nHost: evil@localhost\r\n\r\n"},
        {"HostWithBadPort", 400, "GET / HTTP/1.1\r\nHost: localhost:80x\r\n\r\n"},
        {"HostWithPath", 400, "GET / HTTP/1.1\r\nHost: localhost/evil\r\n\r\n"},
        {"OpenBracket", 400, "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"},
        {"ForeignHost", 421, "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"},
        {"HostThatBeginsLikeOurs", 421, "GET / HTTP/1.1\r\nHost: localhost.evil.example\r\n\r\n"},
        {"ForeignHttp10Host", 421, "GET / HTTP/1.0\r\nHost: evil.example\r\n\r\n"},
        {"ForeignAuthority", 421, "GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n"},
        {"ForeignHostBehindAuthority", 421, "GET http://localhost/ HTTP/1.1\r\nHost: evil.example\r\n\r\n"},
        {"ForeignOrigin", 403, "GET / HTTP/1.1\r\n" + host + "Origin: https://evil.example\r\n\r\n"},
        {"NullOrigin", 403, "GET / HTTP/1.1\r\n" + host + "Origin: null\r\n\r\n"},
        {"EmptyOrigin", 403, "GET / HTTP/1.1\r\n" + host + "Origin:\r\n\r\n"},
        {"TwoOrigins", 403,
         "GET / HTTP/1.1\r\n" + host + "Origin: http://localhost\r\nOrigin: http://localhost\r\n\r\n"},
        {"OriginThatBeginsLikeOurs", 403,
         "GET / HTTP/1.1\r\n" + host + "Origin: http://localhost.evil.example\r\n\r\n"},
        {"OriginWithOurUser", 403,
         "GET / HTTP/1.1\r\n" + host + "Origin: http://localhost@evil.example\r\n\r\n"},
        {"ForeignOriginGoesFirst", 403,
         "TRACE /%00 HTTP/1.1\r\nHost: evil.example\r\nOrigin: http://evil.example\r\n\r\n"},
    };
}

class Refusals : public testing::TestWithParam<BadRequest> {};

TEST_P(Refusals, AreClearAndFinal) {
    TestLoop loop;
    MemoryNetwork network(loop.clock);
    Metrics metrics;
    // A refused request must never become a second one: the handler answers 200 to whatever reaches it.
    Server server(loop.ex(), loop.clock, loop.log, metrics, {}, {}, [](Exchange& exchange) -> Async<void> {
        auto body = co_await exchange.body();
        if (body)
            (void)co_await exchange.respond(Response{200, {}, *body});
        else
            (void)co_await exchange.respond(
                problem(body.error().code == Code::TooLarge ? 413 : 400, "X", body.error().message));
    });
    server.serve(*network.listen(loop.ex(), kHere));
    RawClient client(loop, network, kHere);
    client.listens();
    client.says(GetParam().bytes);
    client.says("\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const auto answer = client.takes();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 " + std::to_string(GetParam().status) + " "))
        << answer.substr(0, 600);
    EXPECT_THAT(answer, HasSubstr("application/problem+json"));
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
    EXPECT_EQ(answer.find("\r\nDate:"), answer.rfind("\r\nDate:")) << "a second answer";
    EXPECT_TRUE(client.is_ended());
    EXPECT_FALSE(client.is_broken());
    client.leaves();
    EXPECT_EQ(server.connections(), 0U);
    loop.run(server.drain(0s));
}

std::string name_of(const testing::TestParamInfo<BadRequest>& info) {
    return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(Framing, Refusals, testing::ValuesIn(bad_framing()), name_of);
INSTANTIATE_TEST_SUITE_P(Heads, Refusals, testing::ValuesIn(bad_heads()), name_of);
INSTANTIATE_TEST_SUITE_P(Visitors, Refusals, testing::ValuesIn(bad_visitors()), name_of);

TEST(Visitors, LoopbackAndConfiguredNamesAreWelcome) {
    TestLoop loop;
    MemoryNetwork network(loop.clock);
    Metrics metrics;
    const AllowList allow{{"mesh.example", "fd00::7"}, {"https://app.example"}};
    Server server(loop.ex(), loop.clock, loop.log, metrics, {}, allow, [](Exchange& exchange) -> Async<void> {
        (void)co_await exchange.respond(Response{200, {}, "welcome"});
    });
    server.serve(*network.listen(loop.ex(), kHere));
    for (const char* host : {"localhost", "LOCALHOST:8080", "127.0.0.1:1", "[::1]:80", "mesh.example",
                             "Mesh.Example:443", "[fd00::7]:80"})
        for (const char* origin :
             {"http://localhost:3000", "https://127.0.0.1", "http://[::1]:5173", "https://app.example"}) {
            RawClient client(loop, network, kHere);
            client.says(std::string("GET / HTTP/1.1\r\nHost: ") + host + "\r\nOrigin: " + origin +
                        "\r\n\r\n");
            EXPECT_THAT(client.takes(), StartsWith("HTTP/1.1 200 OK\r\n")) << host << " " << origin;
            client.leaves();
        }
}

}  // namespace
}  // namespace meshai::net::http
