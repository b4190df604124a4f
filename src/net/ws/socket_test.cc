#include "net/ws/socket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/memory/network.h"
#include "net/memory/raw_client.h"
#include "net/ws/raw_frames.h"

namespace meshai::net::ws {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using Words = std::vector<std::string>;

const Endpoint kHere{"127.0.0.1", 80};
const Ending kCut{kAbnormal, "The peer did not answer the close.", false};

/// A server whose every request becomes a WebSocket that answers each text with
/// itself; "flood" with much, "fail" by breaking.
struct Echo {
    TestLoop loop;
    MemoryNetwork network{loop.clock};
    Metrics metrics;
    Limits limits{};
    std::vector<Ending> endings{};
    bool reads = true;
    http::Server server{loop.ex(), loop.clock, loop.log, metrics, {}, {}, [this](http::Exchange& exchange) {
                            return serve(exchange);
                        }};

    Echo() {
        server.serve(*network.listen(loop.ex(), kHere));
        loop.settle();
    }
    ~Echo() { loop.run(server.drain(0s)); }

    Async<void> serve(http::Exchange& exchange) {
        Signal news(loop.ex(), loop.clock);
        const auto offer = read_offer(exchange.head());
        const Acceptance acceptance;
        Socket socket(loop.ex(), loop.clock, loop.log, exchange.upgrade(news), *offer, acceptance, limits,
                      news);
        std::exception_ptr bug;
        try {
            co_await converse(exchange, socket, news);
        } catch (...) {
            bug = std::current_exception();
        }
        endings.push_back(co_await socket.end());
        if (bug) std::rethrow_exception(bug);
    }

    Async<void> converse(http::Exchange& exchange, Socket& socket, Signal news) {
        int flood = 0;
        while (!socket.ending()) {
            if (exchange.is_draining()) socket.close(kGoingAway, "The server stops.");
            if (socket.is_slow()) socket.close(kTryAgainLater, "Too slow.");
            for (; flood > 0 && socket.has_room(); --flood) socket.send(std::string(1000, 'f'));
            for (auto text = reads ? socket.take() : std::nullopt; text; text = socket.take()) {
                if (*text == "fail") throw std::runtime_error("broken");
                if (*text == "flood") flood = 1000;
                socket.send(*text);
            }
            if (co_await news.wait_until(kNever) == Wake::Cancelled) co_return;
        }
    }
};

/// A client that has shaken hands.
struct Peer {
    RawClient client;
    raw::Reader reader{};
    std::string answer{};

    explicit Peer(Echo& echo, std::string early = {}) : client(echo.loop, echo.network, kHere) {
        client.says(raw::handshake("/") + std::move(early));
    }

    Words hears() {
        auto bytes = client.takes();
        if (answer.empty()) {
            const auto end = bytes.find("\r\n\r\n") + 4;
            answer = bytes.substr(0, end);
            bytes.erase(0, end);
        }
        return reader.feed(bytes);
    }
    void says(std::string bytes) { client.says(std::move(bytes)); }
};

TEST(WebSocket, ShakesHandsAndTalks) {
    Echo echo;
    Peer peer(echo);
    peer.says(raw::text("hello"));
    EXPECT_THAT(peer.hears(), ElementsAre("text hello"));
    EXPECT_THAT(peer.answer, StartsWith("HTTP/1.1 101 Switching Protocols\r\n"));
    EXPECT_THAT(peer.answer, HasSubstr(std::string(raw::kAccept)));
}

TEST(WebSocket, WhatWasSaidBehindTheHandshakeIsHeard) {
    Echo echo;
    Peer peer(echo, raw::text("early") + raw::text("bird").substr(0, 3));
    peer.says(raw::text("bird").substr(3));
    EXPECT_THAT(peer.hears(), ElementsAre("text early", "text bird"));
}

TEST(WebSocket, ClosesInOrderWhenThePeerAsks) {
    Echo echo;
    Peer peer(echo);
    peer.says(raw::close(4000, "enough"));
    EXPECT_THAT(peer.hears(), ElementsAre("close 4000"));
    EXPECT_THAT(echo.endings, ElementsAre(Ending{4000, "enough", true}));
    // RFC 6455 7.1.1: the server ends the connection first.
    EXPECT_TRUE(peer.client.is_ended());
    EXPECT_FALSE(peer.client.is_broken());
    peer.client.leaves();
    echo.loop.settle();
    EXPECT_EQ(echo.server.connections(), 0U);
}

TEST(WebSocket, APeerThatVanishesIsNoticedAtOnce) {
    Echo echo;
    Peer peer(echo);
    peer.client.finishes_writing();
    ASSERT_EQ(echo.endings.size(), 1U);
    EXPECT_EQ(echo.endings[0].code, kAbnormal);
    EXPECT_TRUE(echo.endings[0].is_by_peer);
    EXPECT_EQ(echo.server.connections(), 0U);
}

TEST(WebSocket, AResetIsNoticedAtOnce) {
    Echo echo;
    Peer peer(echo);
    echo.network.break_connections(kHere);
    echo.loop.settle();
    ASSERT_EQ(echo.endings.size(), 1U);
    EXPECT_EQ(echo.endings[0].code, kAbnormal);
}

TEST(WebSocket, IsClosedForWhatBreaksTheProtocol) {
    Echo echo;
    Peer peer(echo);
    peer.says(raw::bytes_of({.payload = "bare", .is_masked = false}));
    const auto heard = peer.hears();
    ASSERT_EQ(heard.size(), 1U);
    EXPECT_THAT(heard[0], StartsWith("close 1002"));
    EXPECT_TRUE(peer.client.is_ended());
    EXPECT_EQ(echo.endings.at(0).code, kProtocolError);
}

TEST(WebSocket, PingsAnIdlePeerAndWaitsForThePong) {
    Echo echo;
    Peer peer(echo);
    EXPECT_THAT(peer.hears(), IsEmpty());
    for (int i = 1; i <= 3; ++i) {
        echo.loop.passes(30s);
        EXPECT_EQ(peer.hears(), Words{"ping " + std::to_string(i)});
        peer.says(raw::bytes_of({.opcode = raw::kPong, .payload = std::to_string(i)}));
    }
    EXPECT_THAT(echo.endings, IsEmpty());
}

TEST(WebSocket, APingThatIsNotAnsweredEndsIt) {
    Echo echo;
    Peer peer(echo);
    echo.loop.passes(30s);
    peer.hears();
    echo.loop.passes(29s);
    EXPECT_THAT(peer.hears(), IsEmpty());
    echo.loop.passes(1s);
    EXPECT_THAT(peer.hears(), ElementsAre("close 4408 No pong came within 30 s."));
    EXPECT_THAT(echo.endings, IsEmpty());
    echo.loop.passes(5s);
    EXPECT_THAT(echo.endings, ElementsAre(kCut));
    EXPECT_TRUE(peer.client.is_ended());
}

TEST(WebSocket, APongOfAnotherPingIsNoAnswer) {
    Echo echo;
    Peer peer(echo);
    echo.loop.passes(30s);
    peer.says(raw::bytes_of({.opcode = raw::kPong, .payload = "0"}));
    echo.loop.passes(30s);
    EXPECT_THAT(peer.hears(), ElementsAre("ping 1", "close 4408 No pong came within 30 s."));
}

TEST(WebSocket, APeerThatTakesNothingIsToldAndCut) {
    Echo echo;
    Peer peer(echo);
    peer.says(raw::text("flood"));
    echo.loop.passes(19s);
    EXPECT_THAT(echo.endings, IsEmpty());
    echo.loop.passes(1s + 5s);
    EXPECT_THAT(echo.endings, ElementsAre(kCut));
    EXPECT_TRUE(peer.client.is_ended());
}

TEST(WebSocket, APeerThatReadsAgainInTimeFindsTheCloseBehindWhatItMissed) {
    Echo echo;
    Peer peer(echo);
    peer.says(raw::text("flood"));
    echo.loop.passes(20s);
    const auto heard = peer.hears();
    ASSERT_FALSE(heard.empty());
    EXPECT_EQ(heard.back(), "close 1013 Too slow.");
    for (std::size_t i = 1; i + 1 < heard.size(); ++i) EXPECT_EQ(heard[i], "text " + std::string(1000, 'f'));
    peer.says(raw::close(1013));
    EXPECT_THAT(echo.endings, ElementsAre(Ending{kTryAgainLater, "Too slow.", false}));
}

TEST(WebSocket, APeerThatReadsSlowlyButReadsGetsEverything) {
    Echo echo;
    Faults narrow;
    narrow.buffer_bytes = 4096;
    echo.network.set_faults(kHere, narrow);
    Peer peer(echo);
    peer.says(raw::text("flood"));
    EXPECT_EQ(peer.hears().size(), 1001U);
    EXPECT_THAT(echo.endings, IsEmpty());
}

TEST(WebSocket, AFloodOfPingsCostsNoMemoryWhereThePeerTakesNoPongs) {
    Echo echo;
    Peer peer(echo);
    const auto ping = raw::bytes_of({.opcode = raw::kPing, .payload = std::string(125, 'p')});
    std::string pings;
    for (int i = 0; i < 10'000; ++i) pings += ping;
    peer.says(pings);  // 1.3 MB: more than all buffers take
    echo.loop.passes(20s);
    // It is slow by now, and what it said is still not read.
    peer.client.takes();
    EXPECT_THAT(echo.endings, IsEmpty());
}

TEST(WebSocket, MessagesThatNobodyTakesHoldUpThePeer) {
    Echo echo;
    echo.reads = false;
    Peer peer(echo);
    const auto message = raw::text(std::string(60'000, 'm'));
    for (int i = 0; i < 100; ++i) peer.says(message);
    // What waits and what lies in the buffer of the network; the rest is still the peer's.
    EXPECT_THAT(peer.hears(), IsEmpty());
    echo.reads = true;
    peer.says(raw::bytes_of({.opcode = raw::kPong}));
    EXPECT_THAT(echo.endings, IsEmpty());
}

TEST(WebSocket, IsClosedWhenTheServerDrains) {
    Echo echo;
    Peer peer(echo);
    peer.hears();
    echo.loop.scope.spawn("drain", echo.server.drain(60s));
    echo.loop.settle();
    EXPECT_THAT(peer.hears(), ElementsAre("close 1001 The server stops."));
    peer.says(raw::close(1001));
    EXPECT_THAT(echo.endings, ElementsAre(Ending{kGoingAway, "The server stops.", false}));
    peer.client.leaves();
    EXPECT_EQ(echo.server.connections(), 0U);
}

TEST(WebSocket, IsCutWhenTheGraceOfADrainIsOver) {
    Echo echo;
    Peer peer(echo);
    peer.hears();
    echo.loop.run(echo.server.drain(1s));
    EXPECT_EQ(echo.server.connections(), 0U);
    ASSERT_EQ(echo.endings.size(), 1U);
    EXPECT_EQ(echo.endings[0].code, kAbnormal);
}

TEST(WebSocket, AFailureOfOursIsToldWith1011AndLogged) {
    Echo echo;
    Peer peer(echo);
    peer.says(raw::text("fail"));
    EXPECT_THAT(peer.hears(), ElementsAre("close 1011 The server failed; its log says why."));
    peer.says(raw::close(1011));
    EXPECT_EQ(echo.endings.size(), 1U);
    EXPECT_THAT(echo.loop.log.lines(), testing::Contains(HasSubstr("broken")));
}

TEST(WebSocket, WorksHoweverTheNetworkCutsTheBytes) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        Echo echo;
        Faults faults;
        faults.to_server.split_seed = seed;
        faults.to_client.split_seed = seed + 100;
        echo.network.set_faults(kHere, faults);
        Peer peer(echo);
        peer.says(raw::bytes_of({.payload = "one ", .fin = false}));
        peer.says(raw::bytes_of({.opcode = raw::kPing, .payload = "!"}));
        peer.says(raw::bytes_of({.opcode = raw::kContinuation, .payload = "two"}));
        EXPECT_EQ(peer.hears(), (Words{"pong !", "text one two"})) << "seed " << seed;
        peer.says(raw::close(1000));
        EXPECT_EQ(peer.hears(), Words{"close 1000"}) << "seed " << seed;
    }
}

}  // namespace
}  // namespace meshai::net::ws
