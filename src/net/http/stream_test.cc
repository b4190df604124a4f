#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/http/server.h"
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

/// A server that streams one tick a second to whoever asks.
struct Ticker {
    TestLoop loop;
    MemoryNetwork network{loop.clock};
    Metrics metrics;
    int ticks_max = 3;
    std::string tick = "tick";
    bool close_after = true;
    std::vector<std::string> ends{};
    Server server{loop.ex(),
                  loop.clock,
                  loop.log,
                  metrics,
                  {},
                  {},
                  [this](Exchange& exchange) { return stream(exchange); }};

    Ticker() {
        server.serve(*network.listen(loop.ex(), kHere));
        loop.settle();
    }
    ~Ticker() { loop.run(server.drain(0s)); }

    Async<void> stream(Exchange& exchange) {
        Signal bell(loop.ex(), loop.clock);
        exchange.watch_peer(bell);
        auto status = co_await exchange.start_stream(200, sse::stream_headers(), close_after);
        for (int i = 0; status && i < ticks_max; ++i) {
            if (co_await bell.wait_until(loop.clock.in(1s)) == Wake::Notified) {
                ends.push_back(exchange.is_peer_gone()  ? "gone"
                               : exchange.is_draining() ? "draining"
                                                        : "bell");
                co_return;
            }
            status = co_await exchange.write(tick);
        }
        if (status) status = co_await exchange.finish_stream();
        ends.push_back(status ? "finished" : status.error().message);
    }
};

const char* const kAsk = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n";

TEST(HttpStream, IsChunkedAndEndsTheConnectionWhenAsked) {
    Ticker ticker;
    RawClient client(ticker.loop, ticker.network, kHere);
    client.says(kAsk);
    const auto head = client.takes();
    EXPECT_THAT(head, HasSubstr("Content-Type: text/event-stream\r\n"));
    EXPECT_THAT(head, HasSubstr("Connection: keep-alive\r\n"));
    EXPECT_THAT(head, HasSubstr("Transfer-Encoding: chunked\r\n"));
    ticker.loop.passes(1s);
    EXPECT_EQ(client.takes(), "4\r\ntick\r\n");
    ticker.loop.passes(2s);
    EXPECT_EQ(client.takes(), "4\r\ntick\r\n4\r\ntick\r\n0\r\n\r\n");
    EXPECT_TRUE(client.is_ended());
    EXPECT_FALSE(client.is_broken());
}

TEST(HttpStream, MayKeepTheConnectionAndAnswersWhatWasPipelinedMeanwhile) {
    Ticker ticker;
    ticker.close_after = false;
    RawClient client(ticker.loop, ticker.network, kHere);
    client.says(std::string(kAsk) + kAsk);
    ticker.loop.passes(3s);
    client.says(kAsk);
    ticker.loop.passes(6s);
    const auto heard = client.takes();
    EXPECT_THAT(heard, EndsWith("0\r\n\r\n"));
    EXPECT_EQ(ticker.ends.size(), 3U);
    EXPECT_FALSE(client.is_ended());
}

TEST(HttpStream, OverHttp10ItEndsByClosing) {
    Ticker ticker;
    RawClient client(ticker.loop, ticker.network, kHere);
    client.says("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    ticker.loop.passes(3s);
    const auto heard = client.takes();
    EXPECT_THAT(heard, EndsWith("\r\n\r\ntickticktick"));
    EXPECT_THAT(heard, Not(HasSubstr("chunked")));
    EXPECT_THAT(heard, HasSubstr("Connection: close\r\n"));
    EXPECT_TRUE(client.is_ended());
}

TEST(HttpStream, APeerThatLeavesIsNoticedAtOnce) {
    Ticker ticker;
    RawClient client(ticker.loop, ticker.network, kHere);
    client.says(kAsk);
    client.leaves();
    EXPECT_EQ(ticker.ends, std::vector<std::string>{"gone"});
    EXPECT_EQ(ticker.server.connections(), 0U);
}

TEST(HttpStream, AReaderThatTakesNothingForTooLongIsGone) {
    Ticker ticker;
    ticker.tick = std::string(200'000, 'x');
    RawClient client(ticker.loop, ticker.network, kHere);
    client.says(kAsk);
    ticker.loop.passes(1s);
    EXPECT_TRUE(ticker.ends.empty());
    ticker.loop.passes(31s);
    EXPECT_EQ(ticker.ends, std::vector<std::string>{"The client is gone."});
}

TEST(HttpStream, ASlowReaderThatGoesOnReadingGetsEverything) {
    Ticker ticker;
    ticker.tick = std::string(300'000, 'x');
    ticker.ticks_max = 1;
    RawClient client(ticker.loop, ticker.network, kHere);
    client.says(kAsk);
    ticker.loop.passes(20s);
    EXPECT_THAT(client.takes(), HasSubstr("\r\n493e0\r\n"));
    EXPECT_EQ(ticker.ends, std::vector<std::string>{"finished"});
}

TEST(HttpStream, DrainingRingsTheBell) {
    Ticker ticker;
    RawClient client(ticker.loop, ticker.network, kHere);
    client.says(kAsk);
    ticker.loop.scope.spawn("drain", ticker.server.drain(30s));
    ticker.loop.settle();
    EXPECT_EQ(ticker.ends, std::vector<std::string>{"draining"});
}

TEST(HttpStream, WhatIsNotEndedWhenTheHandlerEndsIsCutAndNotMadeWhole) {
    Ticker ticker;
    RawClient client(ticker.loop, ticker.network, kHere);
    client.says(kAsk);
    ticker.loop.scope.spawn("drain", ticker.server.drain(30s));
    EXPECT_THAT(client.takes(), Not(HasSubstr("0\r\n\r\n")));
    EXPECT_TRUE(client.is_ended());
}

TEST(HttpStream, BytesAreCounted) {
    Ticker ticker;
    RawClient client(ticker.loop, ticker.network, kHere);
    client.says(kAsk);
    ticker.loop.passes(3s);
    EXPECT_THAT(ticker.metrics.text(), HasSubstr("meshai_http_stream_bytes_total 12"));
}

}  // namespace
}  // namespace meshai::net::http
