#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "base/real_loop.h"
#include "net/client/client.h"
#include "net/http/server.h"
#include "net/tcp/network.h"

namespace meshai::net {
namespace {

using testing::HasSubstr;

/// Two ends of one real connection on loopback.
struct Pair {
    RealLoop loop;
    TcpNetwork network{loop.clock};
    std::unique_ptr<Listener> listener = std::move(*network.listen(loop.ex(), {"127.0.0.1", 0}));
    std::unique_ptr<Connection> near = std::move(
        *loop.run(network.connect(listener->local(), Security::Plain, Reach::Anywhere, loop.clock.in(10s))));
    std::unique_ptr<Connection> far = std::move(*loop.run(listener->accept()));
};

TEST(Tcp, BytesGoBothWaysAndAnEndIsAnEnd) {
    Pair pair;
    ASSERT_TRUE(pair.loop.run(pair.near->write("hello", pair.loop.clock.in(10s))));
    char piece[16];
    ASSERT_TRUE(pair.loop.run(pair.far->readable(pair.loop.clock.in(10s))));
    EXPECT_EQ(*pair.loop.run(pair.far->read_some(piece, pair.loop.clock.in(10s))), 5U);
    EXPECT_EQ(pair.far->peer(), "127.0.0.1");
    pair.near->finish_writing();
    EXPECT_EQ(*pair.loop.run(pair.far->read_some(piece, pair.loop.clock.in(10s))), 0U);
    ASSERT_TRUE(pair.loop.run(pair.far->write("bye", pair.loop.clock.in(10s))));
    EXPECT_EQ(*pair.loop.run(pair.near->read_some(piece, pair.loop.clock.in(10s))), 3U);
}

TEST(Tcp, AWaitEndsAtItsDeadlineAndTheNextOneStillWorks) {
    Pair pair;
    EXPECT_EQ(pair.loop.run(pair.near->readable(pair.loop.clock.in(1ms))).error().code, Code::Timeout);
    ASSERT_TRUE(pair.loop.run(pair.far->write("x", pair.loop.clock.in(10s))));
    EXPECT_TRUE(pair.loop.run(pair.near->readable(pair.loop.clock.in(10s))));
}

TEST(Tcp, AWriterThatNobodyReadsIsTimedOut) {
    Pair pair;
    const std::string much(64U << 20U, 'x');
    EXPECT_EQ(pair.loop.run(pair.near->write(much, pair.loop.clock.in(50ms))).error().code, Code::Timeout);
}

Async<void> record(Connection& connection, std::optional<Status>& status) {
    status = co_await connection.readable(kNever);
}

TEST(Tcp, ClosingTheScopeEndsAWait) {
    Pair pair;
    std::optional<Status> status;
    Scope scope(pair.loop.ex(), pair.loop.clock, pair.loop.log);
    scope.spawn("reader", record(*pair.near, status));
    pair.loop.run(scope.close());
    ASSERT_TRUE(status);
    EXPECT_EQ(status->error().code, Code::Cancelled);
}

TEST(Tcp, ClosingTheConnectionEndsAWait) {
    Pair pair;
    std::optional<Status> status;
    Scope scope(pair.loop.ex(), pair.loop.clock, pair.loop.log);
    scope.spawn("reader", record(*pair.near, status));
    pair.loop.run(pause(pair.loop.clock, 1ms)).value();
    pair.near->close();
    pair.loop.run(scope.drained());
    ASSERT_TRUE(status);
    EXPECT_EQ(status->error().code, Code::Unavailable);
}

TEST(Tcp, AResetIsABrokenConnection) {
    Pair pair;
    ASSERT_TRUE(pair.loop.run(pair.near->write("unread", pair.loop.clock.in(10s))));
    ASSERT_TRUE(pair.loop.run(pair.far->readable(pair.loop.clock.in(10s))));
    pair.far->close();
    EXPECT_EQ(pair.loop.run(pair.near->readable(pair.loop.clock.in(10s))).error().code, Code::Unavailable);
}

TEST(Tcp, NobodyListeningIsUnavailable) {
    RealLoop loop;
    TcpNetwork network(loop.clock);
    auto listener = std::move(*network.listen(loop.ex(), {"127.0.0.1", 0}));
    const auto at = listener->local();
    listener.reset();
    const auto got = loop.run(network.connect(at, Security::Plain, Reach::Anywhere, loop.clock.in(10s)));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, Code::Unavailable);
}

TEST(Tcp, StrangersReachNoAddressOfOurs) {
    RealLoop loop;
    TcpNetwork network(loop.clock);
    for (const char* host :
         {"127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "0.0.0.0"}) {
        const auto got =
            loop.run(network.connect({host, 80}, Security::Plain, Reach::Public, loop.clock.in(10s)));
        ASSERT_FALSE(got) << host;
        EXPECT_EQ(got.error().code, Code::InvalidArgument) << host;
    }
}

TEST(Tcp, ANameIsResolvedAndItsAddressesAreTriedInTurn) {
    RealLoop loop;
    TcpNetwork network(loop.clock);
    auto listener = std::move(*network.listen(loop.ex(), {"127.0.0.1", 0}));
    const auto got = loop.run(network.connect({"localhost", listener->local().port}, Security::Plain,
                                              Reach::Anywhere, loop.clock.in(10s)));
    EXPECT_TRUE(got) << got.error().message << got.error().cause;
}

TEST(Tcp, ListenersOfOneNetworkShareAPortAndStrangersDoNot) {
    RealLoop loop;
    TcpNetwork network(loop.clock);
    auto first = network.listen(loop.ex(), {"127.0.0.1", 0});
    ASSERT_TRUE(first);
    EXPECT_NE((*first)->local().port, 0);
    auto second = network.listen(loop.ex(), (*first)->local());
    EXPECT_TRUE(second) << second.error().message;
    TcpNetwork other(loop.clock);
    auto third = other.listen(loop.ex(), (*first)->local());
    ASSERT_FALSE(third);
    EXPECT_THAT(third.error().message, HasSubstr("Cannot listen on 127.0.0.1:"));
}

TEST(Tcp, AClosedListenerAcceptsNoMore) {
    RealLoop loop;
    TcpNetwork network(loop.clock);
    auto listener = std::move(*network.listen(loop.ex(), {"127.0.0.1", 0}));
    listener->close();
    EXPECT_EQ(loop.run(listener->accept()).error().code, Code::Cancelled);
}

TEST(Tcp, WithoutDescriptorsAcceptSaysSoAndWorksAgainLater) {
    RealLoop loop;
    TcpNetwork network(loop.clock);
    auto listener = std::move(*network.listen(loop.ex(), {"127.0.0.1", 0}));
    const auto near = std::move(
        *loop.run(network.connect(listener->local(), Security::Plain, Reach::Anywhere, loop.clock.in(10s))));
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    const rlimit none{0, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
    const auto refused = loop.run(listener->accept());
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::ResourceExhausted);
    EXPECT_TRUE(loop.run(listener->accept()));
}

TEST(Tcp, ServerAndClientMeetOnRealSockets) {
    RealLoop loop;
    TcpNetwork network(loop.clock);
    Metrics metrics;
    http::Server server(loop.ex(), loop.clock, loop.log, metrics, {}, {},
                        [](http::Exchange& exchange) -> Async<void> {
                            auto body = co_await exchange.body();
                            if (body) (void)co_await exchange.respond(http::Response{200, {}, *body});
                        });
    auto listener = std::move(*network.listen(loop.ex(), {"127.0.0.1", 0}));
    const auto at = listener->local();
    server.serve(std::move(listener));
    {
        client::Client client(loop.ex(), network, loop.clock, loop.log);
        for (std::size_t size : {0U, 1U, 100'000U, 3'000'000U}) {
            client::Request request;
            request.url = *http::parse_url("http://" + to_text(at) + "/x");
            request.reach = Reach::Anywhere;
            request.body = std::string(size, 'x');
            const auto answer = loop.run(client.fetch(std::move(request)));
            ASSERT_TRUE(answer) << answer.error().error.message << answer.error().error.cause;
            EXPECT_EQ(answer->body.size(), size);
        }
    }
    loop.run(server.drain(10s));
}

}  // namespace
}  // namespace meshai::net
