// Stories of what a server says before its answer, and of clients that lose their connection meanwhile.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/world/mcp_client.h"

namespace meshai::tests {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct McpStreams : testing::Test {
    World world{1, {}, toys()};
};

TEST_F(McpStreams, AQuickAnswerIsJsonAndALaterOneAStream) {
    McpClient client(world, "2025-11-25");
    auto& quick = client.call("echo", {{"text", "hello"}});
    EXPECT_EQ(quick.headers().get("Content-Type"), "application/json");
    auto& slow = client.call("steps", {{"count", 1}});
    world.passes(10s);
    EXPECT_EQ(slow.headers().get("Content-Type"), "text/event-stream");
    EXPECT_THAT(said(slow), ElementsAre("progress 1/1 step 1", "result walked"));
    EXPECT_TRUE(slow.is_ended()) << "H21: the answer ends the stream";
}

TEST_F(McpStreams, AStreamOfTheNewestRevisionIsPrimed) {  // H10
    McpClient client(world, "2025-11-25");
    auto& stream = client.call("steps");
    world.passes(500ms);
    EXPECT_EQ(stream.bytes(), "id: 1-0\nretry: 500\ndata: \n\n");
    McpClient older(world, "2025-06-18");
    auto& unprimed = older.call("steps");
    world.passes(500ms);
    EXPECT_EQ(unprimed.bytes(), "");
    EXPECT_EQ(unprimed.status(), 200);
}

TEST_F(McpStreams, AClientThatTakesJsonAloneGetsTheAnswerAlone) {
    McpClient client(world, "2025-11-25");
    const json::value call{{"jsonrpc", "2.0"},
                           {"id", 50},
                           {"method", "tools/call"},
                           {"params", {{"name", "steps"}, {"_meta", {{"progressToken", 1}}}}}};
    auto& stream = client.post(call, {{"Accept", "application/json"}});
    world.passes(10s);
    EXPECT_THAT(said(stream), ElementsAre("result walked"));
    auto& events = client.post(call, {{"Accept", "text/event-stream"}});
    world.passes(10s);
    EXPECT_EQ(said(events).size(), 4U);
    EXPECT_EQ(client.post(call, {{"Accept", "image/png"}}).status(), 406);
    const json::value ping{{"jsonrpc", "2.0"}, {"id", 51}, {"method", "ping"}};
    auto& preferred = client.post(ping, {{"Accept", "text/event-stream, application/json"}});
    EXPECT_EQ(preferred.headers().get("Content-Type"), "text/event-stream");
}

TEST_F(McpStreams, EveryCutOfAStreamJoinsToTheUncutOne) {  // H9: resume at every index
    for (const auto* revision : {"2025-03-26", "2025-06-18", "2025-11-25"}) {
        McpClient client(world, revision);
        auto& whole = client.call("steps", {{"count", 5}});
        world.passes(10s);
        const auto all = said(whole);
        ASSERT_EQ(all.size(), 6U);
        for (const auto& id : event_ids(whole)) {
            const auto place = std::stoul(id.substr(id.find('-') + 1));
            auto& rest = client.listen(id);
            EXPECT_EQ(said(rest), Frames(all.begin() + static_cast<std::ptrdiff_t>(place), all.end())) << id;
            EXPECT_TRUE(rest.is_ended()) << id;
        }
    }
}

TEST_F(McpStreams, AClientThatLeavesCancelsNothingAndHasTheRestLive) {  // H12, H9
    McpClient client(world, "2025-11-25");
    auto& stream = client.call("steps", {{"count", 4}});
    world.passes(1500ms);
    EXPECT_THAT(said(stream), ElementsAre("progress 1/4 step 1"));
    stream.close();  // the train enters a tunnel
    world.passes(1s);

    auto& again = client.listen(event_ids(stream).back());
    EXPECT_THAT(said(again), ElementsAre("progress 2/4 step 2"));
    world.passes(10s);
    EXPECT_THAT(said(again), ElementsAre("progress 2/4 step 2", "progress 3/4 step 3", "progress 4/4 step 4",
                                         "result walked"));
    EXPECT_TRUE(again.is_ended());
}

TEST_F(McpStreams, AServerThatHangsUpIsPolledForTheAnswer) {  // H10
    McpClient client(world, "2025-11-25");
    auto& stream = client.call("hang_up");
    EXPECT_TRUE(stream.is_ended());
    EXPECT_EQ(stream.bytes(), "id: 1-0\nretry: 500\ndata: \n\n");
    auto& again = client.listen("1-0");
    EXPECT_FALSE(again.is_ended());
    world.passes(1s);
    EXPECT_THAT(said(again), ElementsAre("result worth coming back"));
    EXPECT_TRUE(again.is_ended());
}

TEST_F(McpStreams, NobodyHangsUpWhereTheRevisionDoesNotKnowIt) {
    McpClient client(world, "2025-06-18");
    auto& stream = client.call("hang_up");
    world.passes(2s);
    EXPECT_THAT(said(stream), ElementsAre("result worth coming back"));
}

TEST_F(McpStreams, AnIdOfNoStreamIsRefused) {  // H9
    McpClient client(world, "2025-11-25");
    auto& stream = client.call("steps", {{"count", 1}});
    world.passes(5s);
    ASSERT_TRUE(stream.is_ended());
    for (const auto* id : {"nonsense", "7-1", "1-3", "1"}) EXPECT_EQ(client.listen(id).status(), 400) << id;
    world.passes(std::chrono::minutes(6));
    EXPECT_EQ(client.listen("1-1").status(), 400) << "five minutes after its end a stream is gone";
    McpClient other(world, "2025-11-25");
    EXPECT_EQ(other.listen("1-1").status(), 400) << "an id is of one session";
}

TEST_F(McpStreams, ASecondReaderTakesTheStreamOver) {  // H11
    McpClient client(world, "2025-11-25");
    auto& first = client.listen();
    auto& second = client.listen();
    EXPECT_TRUE(first.is_ended());
    client.call("change");
    EXPECT_THAT(said(first), IsEmpty());
    EXPECT_THAT(said(second), ElementsAre("tell notifications/tools/list_changed",
                                          "tell notifications/resources/list_changed"));
}

TEST_F(McpStreams, NewsStandOnTheUnaskedStreamOnceAndAreReplayed) {  // H11, F14, N3
    McpClient client(world, "2025-06-18");
    client.request("resources/subscribe", {{"uri", "toy://watched"}});
    auto& stream = client.listen();
    auto& call = client.call("change");
    EXPECT_THAT(said(call), ElementsAre("result changed"));
    const Frames news{"tell notifications/tools/list_changed", "tell notifications/resources/list_changed",
                      "updated toy://watched"};
    EXPECT_EQ(said(stream), news);
    stream.close();
    client.call("change");
    client.request("resources/unsubscribe", {{"uri", "toy://watched"}});
    client.call("change");
    auto& again = client.listen(event_ids(stream).front());
    EXPECT_THAT(said(again), ElementsAre(news[1], news[2], news[0], news[1]))
        << "the rest of what was said, and once what happened meanwhile";
}

TEST_F(McpStreams, ASilentStreamIsKeptAlive) {
    McpClient client(world, "2025-06-18");
    auto& stream = client.listen();
    world.passes(14s);
    EXPECT_THAT(stream.bytes(), Not(HasSubstr(":")));
    world.passes(31s);
    EXPECT_EQ(stream.bytes(), ": keep-alive\n\n: keep-alive\n\n: keep-alive\n\n");
}

TEST_F(McpStreams, ACancelledRequestSaysNothingMore) {  // T4
    McpClient client(world, "2025-11-25");
    auto& stream = client.call("steps", {{"count", 100}});
    world.passes(1500ms);
    EXPECT_EQ(client.notify("notifications/cancelled",
                            {{"requestId", client.last_request()}, {"reason", "no more"}}),
              202);
    world.passes(200s);
    EXPECT_THAT(said(stream), ElementsAre("progress 1/100 step 1"));
    EXPECT_TRUE(stream.is_ended());
}

TEST_F(McpStreams, ARequestThatIsCancelledBeforeItsStreamGetsAnEmptyOne) {
    McpClient client(world, "2025-11-25");
    auto& stream = client.call("wait");
    client.notify("notifications/cancelled", {{"requestId", client.last_request()}});
    EXPECT_TRUE(stream.is_ended());
    EXPECT_EQ(stream.status(), 200);
    EXPECT_THAT(said(stream), IsEmpty());
    // Its id may be used again, and cancelling what is over is no mistake.
    EXPECT_EQ(client.notify("notifications/cancelled", {{"requestId", client.last_request()}}), 202);
    EXPECT_EQ(client.notify("notifications/cancelled", {}), 202);
}

TEST_F(McpStreams, ATaskThatIsFollowedIsCancelledWithItsRequestAndNotWithItsConnection) {  // H12
    McpClient client(world, "2025-11-25");
    auto& left = client.call("work", {{"task", "first"}});
    world.passes(1s);
    ASSERT_EQ(world.agent().calls_now(), 1U);
    left.close();
    world.passes(5s);
    EXPECT_EQ(world.agent().calls_now(), 1U) << "a lost connection cancels nothing";
    client.notify("notifications/cancelled", {{"requestId", client.last_request()}});
    world.passes(1s);
    EXPECT_EQ(world.agent().calls_now(), 0U);
    EXPECT_EQ(world.agent().calls_cancelled(), 1U);
}

TEST_F(McpStreams, DeleteEndsWhatIsOpen) {
    McpClient client(world, "2025-11-25");
    auto& unasked = client.listen();
    auto& call = client.call("wait");
    world.passes(1s);
    EXPECT_EQ(client.ends(), 204);
    EXPECT_TRUE(unasked.is_ended());
    EXPECT_TRUE(call.is_ended());
    EXPECT_THAT(said(call), IsEmpty());
}

TEST_F(McpStreams, ADrainingServerEndsStreams) {
    McpClient client(world, "2025-11-25");
    auto& unasked = client.listen();
    auto& call = client.call("steps", {{"count", 100}});
    world.passes(1500ms);
    world.drains(5s);
    EXPECT_TRUE(unasked.is_ended());
    EXPECT_TRUE(call.is_ended());
    EXPECT_THAT(said(call), Contains("progress 1/100 step 1"));
}

}  // namespace
}  // namespace meshai::tests
