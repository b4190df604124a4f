// Stories of WebSockets that begin, break and end: who may open one, what is
// too much, and where to go on.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/world/websocket.h"
#include "tests/world/world.h"

namespace meshai::tests {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST(WebSockets, ErrorsNameTheMessageAndTheConnectionGoesOn) {
    World world;
    WebSocket socket(world);
    socket.says({{"op", "subscribe"}, {"task_id", "t_nobody"}, {"ref", "r1"}});
    EXPECT_EQ(member(socket.error(), "ref"), "r1");
    EXPECT_EQ(member(socket.error(), "code"), "NOT_FOUND");
    EXPECT_EQ(member(socket.error(), "task_id"), "t_nobody");
    socket.says_text("{");
    EXPECT_EQ(member(socket.error(), "code"), "VALIDATION_FAILED");
    socket.says({{"op", "submit"}, {"task", json::object{}}, {"ref", "r2"}});
    EXPECT_EQ(member(socket.error(), "ref"), "r2");
    socket.says({{"op", "submit"}, {"task", {{"input", "x"}, {"routing_strategy", "guess"}}}});
    EXPECT_THAT(member(socket.error(), "message"), HasSubstr("routing_strategy"));
    socket.submits("Write a poem");
    take(socket);
    socket.follows(socket.task_id());
    EXPECT_EQ(take(socket), (Frames{"error CONFLICT"}));
    socket.says({{"op", "unsubscribe"}, {"task_id", socket.task_id()}});
    socket.follows(socket.task_id(), "99");
    EXPECT_THAT(member(socket.error(), "message"), HasSubstr("beyond the end"));
    socket.says({{"op", "ping"}, {"ref", 1}});
    EXPECT_EQ(socket.take().back(), "pong");
}

TEST(WebSockets, TooManyMessagesThatMeanNothingEndIt) {
    World world;
    WebSocket socket(world);
    for (int i = 0; i < 15; ++i) socket.says_text("what?");
    EXPECT_FALSE(socket.is_ended());
    socket.says_text("what?");
    EXPECT_THAT(socket.take().back(), StartsWith("close 1008 "));
}

TEST(WebSockets, AMessageThatIsTooLargeEndsIt) {
    World world;
    WebSocket socket(world);
    socket.says_text(std::string((1U << 20U) + 1, 'x'));
    EXPECT_THAT(socket.take().back(), StartsWith("close 1009"));
}

TEST(WebSockets, FollowABoundedNumberOfTasks) {
    World world;
    WebSocket socket(world);
    for (int i = 0; i < 64; ++i) socket.submits("Write");
    take(socket);
    socket.submits("Write");
    EXPECT_EQ(take(socket), (Frames{"error RESOURCE_ERROR"})) << "and no task was begun that nobody follows";
    socket.says({{"op", "unsubscribe"}, {"task_id", socket.task_id()}});
    socket.submits("Write");
    EXPECT_THAT(take(socket), Contains("submitted"));
}

TEST(WebSockets, AForeignTaskIsAnUnknownTask) {
    World world;
    WebSocket ann(world);
    ann.submits("Write a poem");
    const auto key = world.make_key("other", "eve");
    WebSocket eve(world, "Authorization: Bearer " + key + "\r\n");
    for (const auto* op : {"subscribe", "cancel", "answer"}) {
        eve.says({{"op", op}, {"task_id", ann.task_id()}, {"answers", {{"a", "b"}}}});
        auto foreign = eve.error();
        EXPECT_EQ(member(foreign, "code"), "NOT_FOUND") << op;
        eve.says({{"op", op}, {"task_id", "t_nobody"}, {"answers", {{"a", "b"}}}});
        EXPECT_EQ(member(eve.error(), "message"), member(foreign, "message")) << op;
    }
}

TEST(WebSockets, EachOperationNeedsItsScope) {
    World world;
    WebSocket all(world);
    all.submits("Write a poem");
    const auto id = all.task_id();
    const auto reading = world.make_key("acme", "ann", {"mcp:read"});
    WebSocket reader(world, "Authorization: Bearer " + reading + "\r\n");
    take(reader);
    reader.submits("Write");
    reader.says({{"op", "cancel"}, {"task_id", id}});
    reader.says({{"op", "answer"}, {"task_id", id}, {"answers", {{"a", 1}}}});
    EXPECT_EQ(take(reader), (Frames{"error ACCESS_DENIED", "error ACCESS_DENIED", "error ACCESS_DENIED"}));
    reader.follows(id);
    EXPECT_THAT(take(reader), Contains("subscribed"));

    const auto executing = world.make_key("acme", "ann", {"mcp:execute"});
    WebSocket doer(world, "Authorization: Bearer " + executing + "\r\n");
    doer.follows(id);
    EXPECT_THAT(take(doer), Contains("error ACCESS_DENIED"));
    doer.submits("Write");
    EXPECT_THAT(take(doer), Contains("start")) << "who submits may watch, as with POST /api/v1/tasks/stream";
}

TEST(WebSockets, AKeyThatIsRevokedEndsItAtTheNextOperation) {
    World world;
    const auto key = world.make_key("acme", "ann");
    WebSocket socket(world, "Authorization: Bearer " + key + "\r\n");
    world.revoke_key(key);
    world.passes(3s);
    socket.submits("Write a poem");
    EXPECT_THAT(socket.take().back(), StartsWith("close 4401 "));
    EXPECT_EQ(world.agent().calls().size(), 0U);
}

TEST(WebSockets, AKeyThatIsRevokedEndsItWithinFiveMinutesOfSilence) {
    World world;
    const auto key = world.make_key("acme", "ann");
    WebSocket socket(world, "Authorization: Bearer " + key + "\r\n");
    world.revoke_key(key);
    world.passes(299s);
    EXPECT_FALSE(socket.is_ended());
    world.passes(2s);
    EXPECT_THAT(socket.take().back(), StartsWith("close 4401 "));
}

TEST(WebSockets, AreKeptAliveEveryFifteenSeconds) {
    World world;
    WebSocket socket(world);
    take(socket);
    world.passes(14s);
    EXPECT_EQ(take(socket), (Frames{}));
    world.passes(1s);
    EXPECT_EQ(take(socket), (Frames{"keepalive"}));
    world.passes(150s);  // and pinged, which the client answers
    EXPECT_THAT(take(socket), testing::Each("keepalive"));
    EXPECT_FALSE(socket.is_ended());
}

TEST(WebSockets, AClientThatAnswersNoPingIsGone) {
    World world;
    WebSocket socket(world);
    socket.ignores_pings();
    socket.submits("Write a poem", {{"on_disconnect", "cancel"}});
    world.passes(60s);
    EXPECT_THAT(socket.take().back(), StartsWith("close 4408 "));
    world.passes(6s);
    EXPECT_EQ(world.agent().calls_now(), 0U);
}

TEST(WebSockets, ADrainingServerSaysWhereToGoOn) {
    World world;
    WebSocket socket(world);
    socket.submits("Write a poem");
    world.agent_says("thinking");
    const auto id = socket.task_id();
    take(socket);
    world.drains(5s);
    const auto heard = take(socket);
    ASSERT_EQ(heard.size(), 2U);
    EXPECT_EQ(heard[0], "closing");
    const auto last = socket.last_id(id);
    EXPECT_EQ(heard[1], "close 1001 The server stops; come back after " + last);
    const auto cursor = socket.messages().back().at("cursors").at(0);
    EXPECT_EQ(cursor.at("task_id"), json::value(id));
    EXPECT_EQ(cursor.at("after"), json::value(last));

    world.starts();
    world.agent_finishes("Roses");
    WebSocket again(world);
    again.follows(id, last);
    EXPECT_THAT(take(again), Contains("result Roses"));
}

TEST(WebSockets, ASlowReaderIsSentAwayWithItsCursorAndMissesNothing) {
    World world;
    WebSocket socket(world);
    socket.submits("Write a lot");
    const auto id = socket.task_id();
    socket.sleeps();
    for (int i = 0; i < 200; ++i) world.agent_writes(std::string(4000, 'x'));
    world.passes(20s);
    socket.wakes();
    const auto heard = take(socket);
    ASSERT_FALSE(heard.empty());
    const auto last = socket.last_id(id);
    EXPECT_EQ(heard.back(), "close 1013 You read too slowly; come back after " + last);

    world.agent_finishes("Roses");
    WebSocket again(world);
    again.follows(id, last);
    auto joined = socket.events(id);
    for (auto& event : again.events(id)) joined.push_back(std::move(event));
    WebSocket whole(world);
    whole.follows(id);
    EXPECT_EQ(joined, whole.events(id));
}

TEST(WebSockets, AReaderThatNeverWakesIsCutAndItsTaskLetGo) {
    World world;
    WebSocket socket(world);
    socket.submits("Write a lot", {{"on_disconnect", "cancel"}});
    socket.sleeps();
    for (int i = 0; i < 200; ++i) world.agent_writes(std::string(4000, 'x'));
    EXPECT_EQ(world.agent().calls_now(), 1U);
    world.passes(26s);
    EXPECT_EQ(world.agent().calls_now(), 0U);
}

TEST(WebSockets, AKilledServerIsFoundAgainByTheCursor) {
    World world;
    WebSocket socket(world);
    socket.submits("Write a poem");
    world.agent_says("thinking");
    const auto id = socket.task_id();
    const auto last = socket.last_id(id);
    world.crash();
    EXPECT_TRUE(socket.is_ended());
    world.starts();
    world.agent_finishes("Roses");
    WebSocket again(world);
    again.follows(id, last);
    const auto heard = take(again);
    EXPECT_THAT(heard, Contains("progress Agent writer has started again, attempt 2"));
    EXPECT_THAT(heard, Contains("result Roses"));
}

TEST(WebSocketHandshakes, ABrowserShowsItsKeyAsASubprotocol) {
    World world;
    WebSocket socket(world, "Sec-WebSocket-Protocol: meshai.v1, bearer." + world.key() + "\r\n");
    EXPECT_EQ(take(socket), (Frames{"connected"}));
    EXPECT_THAT(socket.head(), HasSubstr("Sec-WebSocket-Protocol: meshai.v1\r\n"));
    EXPECT_THAT(socket.head(), testing::Not(HasSubstr(world.key()))) << "what was shown is not echoed";
}

TEST(WebSocketHandshakes, NeedAKey) {
    World world;
    EXPECT_EQ(WebSocket(world, "Authorization: none\r\n").status(), 401);
    EXPECT_EQ(WebSocket(world, "Authorization: Bearer msk_live_wrong\r\n").status(), 401);
    EXPECT_EQ(WebSocket(world, "Sec-WebSocket-Protocol: meshai.v1, bearer.msk_live_wrong\r\n").status(), 401);
    EXPECT_EQ(WebSocket(world, "Authorization: none\r\n", "/v1/ws?token=" + world.key()).status(), 401);
    EXPECT_EQ(WebSocket(world, "Authorization: none\r\n", "/v1/ws?access_token=" + world.key()).status(),
              401);
}

TEST(WebSocketHandshakes, ForeignPagesAreRefused) {
    World world;
    EXPECT_EQ(WebSocket(world, "Origin: https://evil.example\r\n").status(), 403);
    EXPECT_EQ(WebSocket(world, "Origin: null\r\n").status(), 403);
    EXPECT_EQ(WebSocket(world, "Origin: http://localhost:3000\r\n").status(), 101);
}

TEST(WebSocketHandshakes, AnotherLanguageIsRefused) {
    World world;
    WebSocket socket(world, "Sec-WebSocket-Protocol: graphql-ws\r\n");
    EXPECT_EQ(socket.status(), 400);
    EXPECT_THAT(socket.body(), HasSubstr("meshai.v1"));
    EXPECT_EQ(WebSocket(world, "Last-Event-ID: 7\r\n").status(), 400);
}

TEST(WebSocketHandshakes, AreFoundUnderBothPaths) {
    World world;
    EXPECT_EQ(WebSocket(world, "", "/ws").status(), 101);
    EXPECT_EQ(WebSocket(world, "", "/v1/ws").status(), 101);
}

TEST(WebSocketHandshakes, AnOrdinaryRequestIsToldWhatThisIs) {
    World world;
    const auto answer = world.get("/v1/ws");
    EXPECT_EQ(answer.status, 426);
    EXPECT_EQ(answer.headers.get("Upgrade"), "websocket");
    EXPECT_EQ(answer.headers.get("Connection"), "Upgrade");
    EXPECT_EQ(answer.headers.get("Sec-WebSocket-Version"), "13");
    EXPECT_THAT(answer.body, HasSubstr("WebSocket client"));
    EXPECT_EQ(world.post("/v1/ws", json::object{}).status, 405);
}

TEST(WebSocketHandshakes, CarryTheRateAndTheRequestId) {
    World world;
    WebSocket socket(world, "X-Request-Id: story-1\r\n");
    EXPECT_THAT(socket.head(), HasSubstr("X-Request-Id: story-1\r\n"));
    EXPECT_THAT(socket.head(), HasSubstr("X-RateLimit-Remaining: "));
}

}  // namespace
}  // namespace meshai::tests
