// Stories of clients with a WebSocket: many tasks on one connection, and the
// same events as everybody else sees.

#include "tests/world/websocket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/world/world.h"

namespace meshai::tests {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

Events events_of(const Stream& stream) {
    Events events;
    for (const auto& message : stream.messages())
        if (message.data != "[DONE]") events.emplace_back(message.id, message.data);
    return events;
}

TEST(WebSockets, AClientSubmitsATaskAndWatchesIt) {
    World world;
    WebSocket socket(world);
    EXPECT_EQ(take(socket), (Frames{"connected"}));
    socket.submits("Write a poem");
    EXPECT_EQ(take(socket), (Frames{"submitted", "start", "progress Agent writer was chosen",
                                    "progress Agent writer has started"}));
    world.agent_says("rhyming");
    world.agent_writes("Roses");
    EXPECT_EQ(take(socket), (Frames{"progress rhyming", "token Roses"}));
    world.agent_finishes("Roses are red");
    EXPECT_EQ(take(socket), (Frames{"result Roses are red", "complete", "done"}));
    EXPECT_FALSE(socket.is_ended()) << "the connection is for more tasks than one";
}

TEST(WebSockets, TheServerSaysWhoItIsAndWhatItTakes) {
    World world;
    WebSocket socket(world);
    const auto hello = socket.messages().at(0);
    EXPECT_EQ(member(hello, "type"), "connected");
    EXPECT_EQ(member(hello, "protocol"), "meshai.v1");
    EXPECT_EQ(hello.at("data").at("agents"), json::value(1));
    EXPECT_EQ(hello.at("limits").at("subscriptions"), json::value(64));
    EXPECT_EQ(hello.at("keepalive_seconds"), json::value(15));
}

TEST(WebSockets, EventsAreTheOnesOfAStreamByteForByte) {
    World world;
    auto& stream = world.mesh_execute("Write a poem");  // by JSON-RPC, whose answer is an event, too
    WebSocket socket(world);
    socket.follows(stream.task_id());
    world.agent_says("thinking");
    world.agent_writes("Roses are red");
    world.agent_finishes("Roses are red");
    EXPECT_THAT(events_of(stream), testing::SizeIs(testing::Ge(8U)));
    EXPECT_EQ(socket.events(stream.task_id()), events_of(stream));
}

TEST(WebSockets, AnyCutAndResumedIsTheUncutOne) {
    World world;
    WebSocket first(world);
    first.submits("Write a poem");
    world.agent_says("thinking");
    world.agent_writes("Roses");
    world.agent_finishes("Roses");
    const auto id = first.task_id();
    const auto whole = first.events(id);
    for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
        WebSocket again(world);
        again.follows(id, cut == 0 ? "" : whole[cut - 1].first);
        EXPECT_EQ(again.events(id), Events(whole.begin() + static_cast<std::ptrdiff_t>(cut), whole.end()));
        EXPECT_EQ(again.take().back(), "done") << "cut after " << cut << " events";
    }
}

TEST(WebSockets, ManyTasksShareOneConnection) {
    World world;
    WebSocket socket(world);
    std::vector<std::string> ids;
    for (int i = 0; i < 10; ++i) {
        socket.submits("Write poem " + std::to_string(i));
        ids.push_back(socket.task_id());
    }
    for (int i = 0; i < 10; ++i) world.agent_finishes(json::string("poem " + std::to_string(i)));
    for (const auto& id : ids) {
        const auto events = socket.events(id);
        ASSERT_GE(events.size(), 5U);
        EXPECT_THAT(events.back().second, HasSubstr(R"("type":"complete")"));
    }
    EXPECT_THAT(take(socket), Contains("done").Times(10));
}

TEST(WebSockets, TwoFollowersOfOneTaskSeeTheSame) {
    World world;
    WebSocket ann(world);
    ann.submits("Write a poem");
    WebSocket also_ann(world);
    also_ann.follows(ann.task_id());
    world.agent_finishes("Roses");
    EXPECT_EQ(ann.events(ann.task_id()), also_ann.events(ann.task_id()));
}

TEST(WebSockets, ATaskThatSaysMuchDoesNotHoldUpTheOthers) {
    World world;
    WebSocket socket(world);
    socket.submits("Write a lot");
    const auto loud = socket.task_id();
    socket.sleeps();
    const std::string piece(4000, 'x');
    for (int i = 0; i < 200; ++i) world.agent_writes(piece);
    socket.submits("Write a little");
    world.agent_finishes("done");
    socket.wakes();
    std::string quiet;
    for (const auto& message : socket.messages())
        if (member(message, "type") == "submitted") quiet = member(message, "task_id");
    ASSERT_NE(quiet, loud);
    std::size_t before = 0;  // events of the loud one before the quiet one's first
    std::size_t behind = 0;
    bool has_begun = false;
    for (const auto& message : socket.messages()) {
        const auto of = member(message, "type") == "event" ? member(message, "task_id") : "";
        has_begun = has_begun || of == quiet;
        if (of == loud) ++(has_begun ? behind : before);
    }
    EXPECT_TRUE(has_begun);
    EXPECT_GT(behind, 100U) << before << " events of the loud task came first";
}

TEST(WebSockets, ACancelledTaskSaysSo) {
    World world;
    WebSocket socket(world);
    socket.submits("Write a poem");
    take(socket);
    socket.says({{"op", "cancel"}, {"task_id", socket.task_id()}, {"ref", 7}});
    const auto heard = take(socket);
    EXPECT_THAT(heard, Contains("cancelled"));
    EXPECT_THAT(heard, Contains("error CANCELLED"));
    EXPECT_THAT(heard, Contains("done"));
    EXPECT_EQ(world.agent().calls_now(), 0U);
    socket.says({{"op", "cancel"}, {"task_id", socket.task_id()}});
    EXPECT_EQ(take(socket), (Frames{"error ALREADY_FINISHED"}));
}

TEST(WebSockets, AQuestionIsAnswered) {
    World world;
    WebSocket socket(world);
    socket.submits("Write a poem");
    take(socket);
    world.agent_asks({"name"});
    EXPECT_EQ(take(socket), (Frames{"input_required"}));
    socket.says({{"op", "answer"}, {"task_id", socket.task_id()}, {"answers", {{"name", "Ann"}}}});
    const auto heard = take(socket);
    EXPECT_THAT(heard, Contains("answered"));
    EXPECT_THAT(heard, Contains("input_given"));
    ASSERT_EQ(world.agent().answers().size(), 1U);
    EXPECT_THAT(to_text(world.agent().answers()[0].at("name")), HasSubstr("Ann"));

    socket.says({{"op", "answer"}, {"task_id", socket.task_id()}, {"answers", {{"nothing", "Ann"}}}});
    EXPECT_EQ(member(socket.error(), "outcome"), "unknown");
    EXPECT_EQ(member(socket.error(), "key"), "nothing");
}

TEST(WebSockets, WhoUnsubscribesHearsNoMore) {
    World world;
    WebSocket socket(world);
    socket.submits("Write a poem");
    const auto id = socket.task_id();
    take(socket);
    socket.says({{"op", "unsubscribe"}, {"task_id", id}});
    world.agent_says("thinking");
    EXPECT_EQ(take(socket), (Frames{"unsubscribed"}));
    socket.says({{"op", "unsubscribe"}, {"task_id", id}});
    EXPECT_EQ(take(socket), (Frames{"error NOT_FOUND"}));
    socket.follows(id, socket.last_id(id));
    EXPECT_EQ(take(socket), (Frames{"subscribed", "progress thinking"}));
}

TEST(WebSockets, AClientThatLeavesLetsGoOfItsTasksByTheirOwnPolicy) {
    World world;
    auto socket = std::make_unique<WebSocket>(world);
    socket->submits("Stay", {{"on_disconnect", "continue"}});
    const auto stays = socket->task_id();
    socket->submits("Go", {{"on_disconnect", "cancel"}});
    const auto goes = socket->task_id();
    ASSERT_EQ(world.agent().calls_now(), 2U);
    socket.reset();
    world.passes(1s);
    EXPECT_EQ(world.agent().calls_now(), 1U);
    EXPECT_THAT(world.get("/api/v1/tasks/" + goes).body, HasSubstr(R"("status":"cancelled")"));
    EXPECT_THAT(world.get("/api/v1/tasks/" + stays).body, HasSubstr(R"("status":"executing")"));
}

TEST(WebSockets, UnsubscribingIsLeavingTheTask) {
    World world;
    WebSocket socket(world);
    socket.submits("Go", {{"on_disconnect", "cancel"}});
    socket.says({{"op", "unsubscribe"}, {"task_id", socket.task_id()}});
    world.passes(1s);
    EXPECT_EQ(world.agent().calls_now(), 0U);
}

TEST(WebSockets, TheSameKeyTwiceIsOneTask) {
    World world;
    WebSocket socket(world);
    socket.submits("Write a poem", {{"idempotency_key", "once"}});
    const auto id = socket.task_id();
    take(socket);
    socket.submits("Write a poem", {{"idempotency_key", "once"}});
    EXPECT_EQ(take(socket), (Frames{"submitted"})) << "it is followed already";
    EXPECT_EQ(socket.messages().back().at("replayed"), json::value(true));
    EXPECT_EQ(socket.task_id(), id);
    socket.submits("Write another poem", {{"idempotency_key", "once"}});
    EXPECT_EQ(take(socket), (Frames{"error CONFLICT"}));
}

std::vector<json::object> of_stream(const WebSocket& socket, std::string_view name) {
    std::vector<json::object> found;
    for (auto& message : socket.messages())
        if (member(message, "type") == "event" && member(message, "stream") == name)
            found.push_back(std::move(message));
    return found;
}

TEST(WebSockets, WhatHappensInTheTenantIsFollowedBesideItsTasks) {
    World world;
    WebSocket socket(world);
    socket.says({{"op", "subscribe"}, {"stream", "events"}, {"kind", {"submitted", "completed"}}});
    EXPECT_EQ(take(socket), (Frames{"connected", "subscribed"}));
    auto& stream = world.mesh_execute("Write a poem");
    world.agent_finishes("Roses");
    const auto seen = of_stream(socket, "events");
    ASSERT_EQ(seen.size(), 2U);
    for (const auto& message : seen) EXPECT_THAT(to_text(message.at("event")), HasSubstr(stream.task_id()));

    WebSocket again(world);
    again.says({{"op", "subscribe"},
                {"stream", "events"},
                {"kind", {"submitted", "completed"}},
                {"after", seen[0].at("id")}});
    const auto behind = of_stream(again, "events");
    ASSERT_EQ(behind.size(), 1U);
    EXPECT_EQ(behind[0], seen[1]);
}

TEST(WebSockets, TheTenantsNumbersComeOnceASecond) {
    World world;
    WebSocket socket(world);
    socket.says({{"op", "subscribe"}, {"stream", "metrics"}});
    world.passes(10s);
    EXPECT_THAT(of_stream(socket, "metrics").size(), testing::AllOf(testing::Ge(9U), testing::Le(11U)));
    socket.says({{"op", "unsubscribe"}, {"stream", "metrics"}});
    const auto before = of_stream(socket, "metrics").size();
    world.passes(10s);
    EXPECT_EQ(of_stream(socket, "metrics").size(), before);
}

TEST(WebSockets, AStreamNobodyKnowsIsRefused) {
    World world;
    WebSocket socket(world);
    socket.says({{"op", "subscribe"}, {"stream", "gossip"}});
    EXPECT_THAT(member(socket.error(), "message"), HasSubstr("metrics"));
    socket.says({{"op", "subscribe"}, {"stream", "events"}, {"kind", "gossip"}});
    EXPECT_EQ(member(socket.error(), "code"), "VALIDATION_FAILED");
    socket.says({{"op", "subscribe"}, {"stream", "events"}, {"after", "nowhere"}});
    EXPECT_EQ(member(socket.error(), "code"), "VALIDATION_FAILED");
}

}  // namespace
}  // namespace meshai::tests
