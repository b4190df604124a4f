#include "net/ws/upgrade.h"

#include <gtest/gtest.h>

#include "net/ws/raw_frames.h"

namespace meshai::net::ws {
namespace {

http::RequestHead handshake() {
    http::RequestHead head;
    head.method = "GET";
    head.target = head.path = "/v1/ws";
    head.headers = {{"Host", "localhost"},
                    {"Upgrade", "websocket"},
                    {"Connection", "keep-alive, Upgrade"},
                    {"Sec-WebSocket-Version", "13"},
                    {"Sec-WebSocket-Key", std::string(raw::kKey)}};
    return head;
}

int status_of(const http::RequestHead& head) {
    const auto offer = read_offer(head);
    return offer ? 101 : offer.error().status;
}

TEST(WebSocketHandshake, IsReadWithWhatItOffers) {
    auto head = handshake();
    head.headers.add("Sec-WebSocket-Protocol", "meshai.v1, bearer.abc");
    head.headers.add("Sec-WebSocket-Protocol", "other");
    const auto offer = read_offer(head);
    ASSERT_TRUE(offer);
    EXPECT_EQ(offer->key, raw::kKey);
    EXPECT_EQ(offer->protocols, (std::vector<std::string>{"meshai.v1", "bearer.abc", "other"}));
    EXPECT_TRUE(offer->has_protocol("meshai.v1"));
    EXPECT_FALSE(offer->has_protocol("meshai"));
}

TEST(WebSocketHandshake, NamesAreComparedWithoutCase) {
    auto head = handshake();
    head.headers.set("Upgrade", "WebSocket");
    head.headers.set("Connection", "UPGRADE");
    EXPECT_EQ(status_of(head), 101);
}

struct Case {
    const char* name;
    const char* field;
    const char* value;  ///< null: the field is missing
    int status;
};

class HandshakeTest : public testing::TestWithParam<Case> {};

const Case kCases[] = {
    {"WithoutUpgrade", "Upgrade", nullptr, 426},
    {"ToAnotherProtocol", "Upgrade", "h2c", 426},
    {"WithoutConnection", "Connection", nullptr, 426},
    {"WithAnotherConnection", "Connection", "keep-alive", 426},
    {"OfAnOlderVersion", "Sec-WebSocket-Version", "8", 426},
    {"OfAVersionWithALeadingZero", "Sec-WebSocket-Version", "013", 426},
    {"WithoutVersion", "Sec-WebSocket-Version", nullptr, 426},
    {"WithoutKey", "Sec-WebSocket-Key", nullptr, 400},
    {"WithAShortKey", "Sec-WebSocket-Key", "c2hvcnQ=", 400},
    {"WithALongKey", "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZXRoZSBzYW1wbGU=", 400},
    {"WithAKeyThatIsNoBase64", "Sec-WebSocket-Key", "dGhlIHNhbXBs*SBub25jZQ==", 400},
    {"WithABody", "Content-Length", "3", 400},
    {"WithAChunkedBody", "Transfer-Encoding", "chunked", 400},
    {"WithAnEmptyBody", "Content-Length", "0", 101},
};

TEST_P(HandshakeTest, IsJudged) {
    const auto& given = GetParam();
    auto head = handshake();
    head.headers.remove(given.field);
    if (given.value) head.headers.add(given.field, given.value);
    EXPECT_EQ(status_of(head), given.status);
}

INSTANTIATE_TEST_SUITE_P(Requests, HandshakeTest, testing::ValuesIn(kCases),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(WebSocketHandshake, OfAnotherVersionIsToldWhichOneThereIs) {
    auto head = handshake();
    head.headers.set("Sec-WebSocket-Version", "25");
    const auto refused = read_offer(head);
    ASSERT_FALSE(refused);
    // RFC 6455 4.4: the versions that the server speaks stand in the answer.
    EXPECT_EQ(refused.error().headers.get("Sec-WebSocket-Version"), "13");
    EXPECT_EQ(refused.error().headers.get("Upgrade"), "websocket");
}

TEST(WebSocketHandshake, WithTwoKeysIsRefused) {
    auto head = handshake();
    head.headers.add("Sec-WebSocket-Key", std::string(raw::kKey));
    EXPECT_EQ(status_of(head), 400);
}

TEST(WebSocketHandshake, NeedsGetAndHttp11) {
    auto head = handshake();
    head.method = "HEAD";
    EXPECT_EQ(status_of(head), 426);
    head = handshake();
    head.version_minor = 0;
    EXPECT_EQ(status_of(head), 426);
}

TEST(WebSocketHandshake, OffersABoundedNumberOfSubprotocols) {
    auto head = handshake();
    std::string many = "a";
    for (std::size_t i = 1; i < kProtocolsMax; ++i) many += ",a";
    head.headers.set("Sec-WebSocket-Protocol", many);
    EXPECT_EQ(status_of(head), 101);
    head.headers.set("Sec-WebSocket-Protocol", many + ",a");
    EXPECT_EQ(status_of(head), 400);
}

}  // namespace
}  // namespace meshai::net::ws
