#include "net/client/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/test_loop.h"
#include "net/memory/network.h"

namespace meshai::net::client {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

const Endpoint kThere{"agent.example", 80};

/// The other side: takes connections, keeps what it hears, and says what a test
/// tells it to after the head of each request.
struct World {
    TestLoop loop;
    MemoryNetwork network{loop.clock};
    std::vector<std::string> heard{};                     // by connection
    std::vector<std::shared_ptr<Connection>> accepted{};  // by connection
    std::vector<std::string> script{};                    // answers, one per request
    bool closes_after_answer = false;
    std::unique_ptr<Client> client = std::make_unique<Client>(loop.ex(), network, loop.clock, loop.log);

    World() {
        loop.scope.spawn("accept", accept(*network.listen(loop.ex(), kThere)));
        loop.settle();
    }

    ~World() {
        // What runs in the scope uses the members, which end before the loop does.
        client.reset();
        loop.scope.cancel();
        loop.settle();
    }

    Async<void> accept(std::unique_ptr<Listener> listener) {
        while (auto connection = co_await listener->accept()) {
            accepted.push_back(std::move(*connection));
            heard.emplace_back();
            loop.scope.spawn("peer", serve(accepted.back(), heard.size() - 1));
        }
    }

    Async<void> serve(std::shared_ptr<Connection> connection, std::size_t index) {
        char piece[8192];
        std::size_t answered = 0;
        for (;;) {
            auto count = co_await connection->read_some(piece, kNever);
            if (!count || *count == 0) co_return heard[index].append("|gone"), void();
            heard[index].append(piece, *count);
            std::size_t heads = 0;
            for (auto at = heard[index].find("\r\n\r\n"); at != std::string::npos;
                 at = heard[index].find("\r\n\r\n", at + 1))
                ++heads;
            for (; answered < heads && !script.empty(); ++answered) {
                const auto answer = script.front();
                script.erase(script.begin());
                if (!co_await connection->write(answer, kNever)) co_return;
                if (closes_after_answer) co_return connection->finish_writing();
            }
        }
    }

    static Request request(std::string method = "POST") {
        Request made;
        made.method = std::move(method);
        made.url = *http::parse_url("http://agent.example/execute");
        return made;
    }

    auto fetch(Request made) { return loop.run(client->fetch(std::move(made))); }
    auto fetch(std::string method = "POST") { return fetch(request(std::move(method))); }
};

const char* const kFine = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

TEST(HttpClient, SaysWhoItWantsAndHowMuchItSends) {
    World world;
    world.script = {kFine};
    auto request = World::request();
    request.headers = {{"X-A", "1"}, {"Host", "other"}, {"Content-Length", "99"}};
    request.body = "{}";
    const auto answer = world.fetch(std::move(request));
    ASSERT_TRUE(answer) << answer.error().error.message;
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "hi");
    EXPECT_EQ(world.heard[0],
              "POST /execute HTTP/1.1\r\nHost: agent.example\r\nX-A: 1\r\nUser-Agent: meshai/" MESHAI_VERSION
              "\r\nContent-Length: 2\r\n\r\n{}");
}

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

TEST(HttpClient, NothingWasSentWhereNobodyListens) {
    World world;
    world.network.set_faults(kThere, Faults{.is_refused = true});
    const auto answer = world.fetch();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().error.code, Code::Unavailable);
    EXPECT_FALSE(answer.error().was_sent);
}

TEST(HttpClient, AConnectWithoutAnswerEndsAtItsLimit) {
    World world;
    world.network.set_faults(kThere, Faults{.is_lost = true});
    const auto start = world.loop.clock.now();
    const auto answer = world.fetch();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().error.code, Code::Timeout);
    EXPECT_FALSE(answer.error().was_sent);
    EXPECT_EQ(world.loop.clock.now() - start, 5s);
}

TEST(HttpClient, APrivateAddressBehindANameIsNotCalledForAStranger) {
    World world;
    world.network.set_address("agent.example", "10.0.0.7");
    world.script = {kFine};
    const auto answer = world.fetch();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().error.code, Code::InvalidArgument);
    EXPECT_FALSE(answer.error().was_sent);
    auto request = World::request();
    request.reach = Reach::Anywhere;
    EXPECT_TRUE(world.fetch(std::move(request)));
}

TEST(HttpClient, HeadersThatWouldBeginOthersAreRefused) {
    World world;
    for (const char* value : {"a\r\nX: y", "a\nb", "a\rb"}) {
        auto request = World::request();
        request.headers = {{"A", value}};
        EXPECT_EQ(world.fetch(std::move(request)).error().error.code, Code::InvalidArgument);
    }
    auto request = World::request();
    request.headers = {{"A\r\nB", "x"}};
    EXPECT_EQ(world.fetch(std::move(request)).error().error.code, Code::InvalidArgument);
    EXPECT_EQ(world.fetch("GET / HTTP/1.1\r\nX:").error().error.code, Code::InvalidArgument);
    EXPECT_EQ(world.network.connections_made(), 0U);
}

TEST(HttpClient, OneConnectionCarriesManyRequests) {
    World world;
    world.script = {kFine, kFine, kFine};
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(world.loop.run(world.client->fetch(World::request())));
    EXPECT_EQ(world.network.connections_made(), 1U);
}

TEST(HttpClient, StrangersAndOperatorsAgentsNeverShareAConnection) {
    World world;
    world.script = {kFine, kFine};
    ASSERT_TRUE(world.loop.run(world.client->fetch(World::request())));
    auto request = World::request();
    request.reach = Reach::Anywhere;
    ASSERT_TRUE(world.loop.run(world.client->fetch(std::move(request))));
    EXPECT_EQ(world.network.connections_made(), 2U);
}

TEST(HttpClient, AConnectionWithBytesLeftOverIsNotUsedAgain) {
    World world;
    world.script = {std::string(kFine) + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", kFine};
    ASSERT_TRUE(world.fetch());
    const auto second = world.fetch();
    ASSERT_TRUE(second);
    EXPECT_EQ(second->body, "hi");
    EXPECT_EQ(world.network.connections_made(), 2U);
}

TEST(HttpClient, AnIdleConnectionIsClosedAfterAWhile) {
    World world;
    world.script = {kFine};
    ASSERT_TRUE(world.loop.run(world.client->fetch(World::request())));
    world.loop.passes(kPooledIdleMax - 1s);
    EXPECT_EQ(world.network.connections_open(), 1U);
    world.loop.passes(1s);
    EXPECT_EQ(world.network.connections_open(), 0U);
}

TEST(HttpClient, APooledConnectionThatDiedIsReplacedUnnoticed) {
    World world;
    world.script = {kFine, kFine};
    ASSERT_TRUE(world.loop.run(world.client->fetch(World::request())));
    world.network.break_connections(kThere);
    EXPECT_TRUE(world.fetch());
    EXPECT_EQ(world.network.connections_made(), 2U);
}

TEST(HttpClient, ARequestThatMayHaveArrivedIsRepeatedOnlyIfItIsIdempotent) {
    for (const char* method : {"GET", "POST"}) {
        World world;
        world.script = {kFine};
        ASSERT_TRUE(world.loop.run(world.client->fetch(World::request(method))));
        // The peer takes the second request and ends without a word.
        std::optional<std::expected<http::Response, Failure>> got;
        auto call = [](World& there, std::string with, auto& into) -> Async<void> {
            into.emplace(co_await there.client->fetch(World::request(std::move(with))));
        };
        world.loop.scope.spawn("call", call(world, method, got));
        world.loop.settle();
        ASSERT_FALSE(got);
        world.script = {kFine};
        world.accepted[0]->close();
        world.loop.settle();
        ASSERT_TRUE(got);
        EXPECT_EQ(got->has_value(), std::string(method) == "GET");
        if (!*got) EXPECT_TRUE(got->error().was_sent);
    }
}

TEST(HttpClient, AnAnswerComesPieceByPiece) {
    World world;
    world.script = {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n"};
    auto opened = world.loop.run(world.client->open(World::request()));
    ASSERT_TRUE(opened);
    auto& answer = **opened;
    EXPECT_EQ(**world.loop.run(answer.next()), "a");
    world.loop.run(world.accepted[0]->write("1\r\nb\r\n0\r\n\r\n", kNever)).value();
    EXPECT_EQ(**world.loop.run(answer.next()), "b");
    EXPECT_EQ(*world.loop.run(answer.next()), std::nullopt);
    EXPECT_EQ(*world.loop.run(answer.next()), std::nullopt);
}

TEST(HttpClient, SilenceInTheMiddleIsATimeout) {
    World world;
    world.script = {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n"};
    const auto start = world.loop.clock.now();
    const auto answer = world.fetch();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().error.code, Code::Timeout);
    EXPECT_EQ(world.loop.clock.now() - start, 60s);
}

TEST(HttpClient, NoAnswerAtAllIsATimeoutAfterTheRequest) {
    World world;
    auto request = World::request();
    request.limits.first_byte = 7s;
    const auto start = world.loop.clock.now();
    const auto answer = world.fetch(std::move(request));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().error.code, Code::Timeout);
    EXPECT_TRUE(answer.error().was_sent);
    EXPECT_EQ(world.loop.clock.now() - start, 7s);
}

TEST(HttpClient, TheWholeCallHasALimitToo) {
    World world;
    auto request = World::request();
    request.limits.whole = world.loop.clock.in(3s);
    const auto answer = world.fetch(std::move(request));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().error.code, Code::Timeout);
}

TEST(HttpClient, AnAnswerBeforeTheEndOfALongRequestIsRead) {
    World world;
    world.script = {"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n"};
    world.closes_after_answer = true;  // and it reads no further
    auto request = World::request();
    request.body = std::string(5'000'000, 'x');
    const auto answer = world.fetch(std::move(request));
    ASSERT_TRUE(answer) << answer.error().error.message;
    EXPECT_EQ(answer->status, 413);
    world.loop.settle();
    EXPECT_EQ(world.network.connections_open(), 0U);
}

TEST(HttpClient, ALongRequestArrivesWhole) {
    World world;
    auto request = World::request();
    request.body = std::string(1'000'000, 'x');
    auto call = [](World& there, Request made) -> Async<void> {
        (void)co_await there.client->fetch(std::move(made));
    };
    world.loop.scope.spawn("call", call(world, std::move(request)));
    world.loop.settle();
    EXPECT_THAT(world.heard[0], EndsWith(std::string(1'000'000, 'x')));
}

TEST(HttpClient, ClosingTheScopeClosesTheConnectionAtOnce) {
    for (const char* so_far : {"", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n"}) {
        World world;
        world.script = {so_far};
        std::optional<Failure> failure;
        auto call = [](World& there, auto& into) -> Async<void> {
            auto got = co_await there.client->fetch(World::request());
            if (!got) into = got.error();
        };
        Scope scope(world.loop.ex(), world.loop.clock, world.loop.log);
        scope.spawn("call", call(world, failure));
        world.loop.settle();
        EXPECT_EQ(world.network.connections_open(), 1U);
        scope.cancel();
        world.loop.settle();
        ASSERT_TRUE(failure);
        EXPECT_EQ(failure->error.code, Code::Cancelled);
        EXPECT_THAT(world.heard[0], EndsWith("|gone"));
    }
}

TEST(HttpClient, AnAnswerNobodyWantsAnyMoreEndsItsConnection) {
    World world;
    world.script = {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"};
    {
        const auto opened = world.loop.run(world.client->open(World::request()));
    }
    world.loop.settle();
    EXPECT_THAT(world.heard[0], EndsWith("|gone"));
}

TEST(HttpClient, MayEndWhileAnAnswerIsStillRead) {
    World world;
    world.script = {kFine};
    auto opened = world.loop.run(world.client->open(World::request()));
    world.client.reset();
    EXPECT_EQ(*world.loop.run((*opened)->rest()), "hi");
}

}  // namespace
}  // namespace meshai::net::client
