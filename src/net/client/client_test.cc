#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/client/scripted_world.h"

namespace meshai::net::client {
namespace {

using testing::EndsWith;
using World = ScriptedWorld;

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
