#include "net/http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/memory/network.h"
#include "net/memory/raw_client.h"
#include "net/sse/writer.h"

namespace meshai::net::http {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const Endpoint kHere{"127.0.0.1", 80};

/// A server in memory whose handler tells what it saw.
struct House {
    TestLoop loop;
    MemoryNetwork network{loop.clock};
    Metrics metrics;
    std::vector<std::string> seen{};
    std::unique_ptr<Server> server{};

    explicit House(Limits limits = {}, AllowList allow = {}) {
        open(limits, std::move(allow), [this](Exchange& exchange) { return echo(exchange); });
    }

    House(Limits limits, Handler handler) { open(limits, {}, std::move(handler)); }

    void open(Limits limits, AllowList allow, Handler handler) {
        server = std::make_unique<Server>(loop.ex(), loop.clock, loop.log, metrics, limits, std::move(allow),
                                          std::move(handler));
        server->serve(*network.listen(loop.ex(), kHere));
        loop.settle();
    }

    ~House() { loop.run(server->drain(0s)); }

    RawClient client() { return RawClient(loop, network, kHere); }

    std::string asks(std::string request) {
        auto visitor = client();
        visitor.says(std::move(request));
        return visitor.takes();
    }

    Async<void> echo(Exchange& exchange) {
        seen.push_back(exchange.head().method + " " + exchange.head().path);
        auto body = co_await exchange.body();
        if (!body) {
            const int status = body.error().code == Code::TooLarge  ? 413
                               : body.error().code == Code::Timeout ? 408
                                                                    : 400;
            auto refused = co_await exchange.respond(problem(status, "X", body.error().message));
            if (!refused) co_return;
            co_return;
        }
        Response response{200, {{"Content-Type", "text/plain"}}, exchange.head().path + "|" + *body};
        (void)co_await exchange.respond(std::move(response));
    }
};

std::string get(const std::string& path) {
    return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
}

TEST(HttpServer, AnswersWithLengthAndDate) {
    House house;
    EXPECT_EQ(house.asks(get("/a")),
              "HTTP/1.1 200 OK\r\nDate: Thu, 16 Jan 2025 12:00:00 GMT\r\nContent-Type: text/plain\r\n"
              "Content-Length: 3\r\n\r\n/a|");
}

TEST(HttpServer, AnswersTheSameHoweverTheRequestIsCut) {
    const std::string request =
        "POST /x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: dropped\r\n\r\n" +
        get("/y");
    for (std::size_t cut = 0; cut <= request.size(); ++cut) {
        House house;
        auto client = house.client();
        client.says(request.substr(0, cut));
        client.says(request.substr(cut));
        const auto answer = client.takes();
        EXPECT_THAT(answer, HasSubstr("\r\n\r\n/x|abcde")) << "cut at byte " << cut;
        EXPECT_THAT(answer, EndsWith("\r\n\r\n/y|")) << "cut at byte " << cut;
    }
}

TEST(HttpServer, PipelinedRequestsAreAnsweredInOrder) {
    House house;
    const auto answer = house.asks(get("/1") + get("/2") + get("/3"));
    EXPECT_LT(answer.find("/1|"), answer.find("/2|"));
    EXPECT_LT(answer.find("/2|"), answer.find("/3|"));
    EXPECT_THAT(answer, EndsWith("/3|"));
}

TEST(HttpServer, AHeadRequestGetsTheHeadAlone) {
    House house;
    const auto answer = house.asks("HEAD /a HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_THAT(answer, HasSubstr("Content-Length: 3\r\n"));
    EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

TEST(HttpServer, Http10IsClosedUnlessItAsksToStay) {
    House house;
    auto client = house.client();
    client.says("GET / HTTP/1.0\r\n\r\n");
    EXPECT_THAT(client.takes(), HasSubstr("Connection: close\r\n"));
    EXPECT_TRUE(client.is_ended());
    auto staying = house.client();
    staying.says("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_THAT(staying.takes(), HasSubstr("Connection: keep-alive\r\n"));
    EXPECT_FALSE(staying.is_ended());
}

TEST(HttpServer, ConnectionCloseIsObeyedAndSaid) {
    House house;
    auto client = house.client();
    client.says("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(client.takes(), HasSubstr("Connection: close\r\n"));
    EXPECT_TRUE(client.is_ended());
    EXPECT_FALSE(client.is_broken());
}

TEST(HttpServer, UpgradesAreIgnored) {
    House house;
    EXPECT_THAT(house.asks("GET /a HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\n"
                           "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n"),
                StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST(HttpServer, AskedForItsOptionsAsAWholeItSaysNothing) {
    House house;
    EXPECT_THAT(house.asks("OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n"),
                StartsWith("HTTP/1.1 204 No Content\r\n"));
}

TEST(HttpServer, ContinueIsSaidOnlyWhenTheBodyIsWanted) {
    House house;
    auto client = house.client();
    client.says("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(client.takes(), "HTTP/1.1 100 Continue\r\n\r\n");
    client.says("hi");
    EXPECT_THAT(client.takes(), EndsWith("/|hi"));
}

TEST(HttpServer, ABodyThatIsTooLargeIsRefusedBeforeItIsRead) {
    House house(Limits{.body_bytes = 10});
    auto client = house.client();
    client.says(
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_THAT(client.takes(), StartsWith("HTTP/1.1 413 Content Too Large\r\n"));
    EXPECT_TRUE(client.is_ended());
}

TEST(HttpServer, AClientThatSendsTooLargeABodyAnywayReadsTheAnswerAndNoReset) {
    House house(Limits{.body_bytes = 10});
    auto client = house.client();
    client.says("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n" +
                std::string(1'000'000, 'x'));
    EXPECT_THAT(client.takes(), StartsWith("HTTP/1.1 413 Content Too Large\r\n"));
    EXPECT_FALSE(client.is_broken());
    client.leaves();
    EXPECT_EQ(house.server->connections(), 0U);
}

TEST(HttpServer, AChunkedBodyThatGrowsTooLargeIsRefused) {
    House house(Limits{.body_bytes = 10});
    EXPECT_THAT(house.asks("POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                           "b\r\n12345678901\r\n0\r\n\r\n"),
                StartsWith("HTTP/1.1 413 "));
}

TEST(HttpServer, AnExceptionInAHandlerIsLoggedAndEndsOneConnection) {
    House house({}, [](Exchange&) -> Async<void> {
        throw std::runtime_error("seven");
        co_return;
    });
    auto client = house.client();
    client.says(get("/a"));
    EXPECT_THAT(client.takes(), StartsWith("HTTP/1.1 500 Internal Server Error\r\n"));
    EXPECT_TRUE(client.is_ended());
    ASSERT_EQ(house.loop.log.lines().size(), 1U);
    EXPECT_THAT(house.loop.log.lines()[0], HasSubstr("seven"));
    EXPECT_THAT(house.asks(get("/a")), StartsWith("HTTP/1.1 500 "));
}

TEST(HttpServer, AHandlerThatForgetsToAnswerIsAnsweredFor) {
    House house({}, [](Exchange&) -> Async<void> { co_return; });
    EXPECT_THAT(house.asks(get("/a")), StartsWith("HTTP/1.1 500 "));
}

TEST(HttpServer, AClientThatNeverFinishesItsHeadIsTimedOut) {
    House house;
    auto client = house.client();
    client.says("GET / HTTP/1.1\r\nHost:");
    for (int second = 0; second < 9; ++second) {
        house.loop.passes(1s);
        client.says("x");
    }
    EXPECT_EQ(client.takes(), "");
    house.loop.passes(2s);
    EXPECT_THAT(client.takes(), StartsWith("HTTP/1.1 408 Request Timeout\r\n"));
    EXPECT_TRUE(client.is_ended());
}

TEST(HttpServer, AnIdleConnectionIsClosedWithoutAWord) {
    House house;
    auto client = house.client();
    client.says(get("/a"));
    EXPECT_NE(client.takes(), "");
    house.loop.passes(74s);
    EXPECT_FALSE(client.is_ended());
    house.loop.passes(2s);
    EXPECT_EQ(client.takes(), "");
    EXPECT_TRUE(client.is_ended());
}

TEST(HttpServer, ABodyThatStopsComingIsTimedOut) {
    House house;
    auto client = house.client();
    client.says("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nab");
    house.loop.passes(31s);
    EXPECT_THAT(client.takes(), StartsWith("HTTP/1.1 408 "));
}

TEST(HttpServer, MoreConnectionsThanAllowedAreClosedAtOnce) {
    House house(Limits{.connections = 2});
    auto first = house.client();
    auto second = house.client();
    auto third = house.client();
    EXPECT_TRUE(third.is_ended());
    EXPECT_FALSE(second.is_ended());
    first.leaves();
    auto fourth = house.client();
    EXPECT_FALSE(fourth.is_ended());
}

TEST(HttpServer, RequestsAreCountedByMethodAndClass) {
    House house;
    (void)house.asks(get("/a"));
    (void)house.asks("BREW / HTTP/1.1\r\n\r\n");
    const auto text = house.metrics.text();
    EXPECT_THAT(text, HasSubstr("meshai_http_requests_total{class=\"2xx\",method=\"GET\"} 1"));
    EXPECT_THAT(text, HasSubstr("meshai_http_requests_total{class=\"5xx\",method=\"other\"} 1"));
}

TEST(HttpServer, DrainingEndsIdleConnectionsAndLetsRequestsFinish) {
    TestLoop loop;
    MemoryNetwork network(loop.clock);
    Metrics metrics;
    Server server(
        loop.ex(), loop.clock, loop.log, metrics, {}, {}, [&loop](Exchange& exchange) -> Async<void> {
            (void)co_await pause(loop.clock, 5s);
            (void)co_await exchange.respond(Response{200, {}, exchange.is_draining() ? "draining" : "no"});
        });
    server.serve(*network.listen(loop.ex(), kHere));
    RawClient idle(loop, network, kHere);
    RawClient busy(loop, network, kHere);
    busy.says(get("/"));
    loop.scope.spawn("drain", server.drain(30s));
    loop.settle();
    EXPECT_TRUE(idle.is_ended());
    EXPECT_FALSE(busy.is_ended());
    loop.passes(5s);
    EXPECT_THAT(busy.takes(), HasSubstr("Connection: close\r\n\r\ndraining"));
    busy.leaves();
    EXPECT_EQ(server.connections(), 0U);
}

}  // namespace
}  // namespace meshai::net::http
