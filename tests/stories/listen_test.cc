// subscriptions/listen: what a client hears that wants to know of changes.

#include <gtest/gtest.h>

#include "tests/world/stateless_client.h"

namespace meshai::tests {
namespace {

Stream& listen(StatelessClient& client, json::object notifications) {
    return client.request("subscriptions/listen", {{"notifications", std::move(notifications)}});
}

json::value subscription_of(const json::object& message) {
    const auto* carrier = find_object(message, message.contains("result") ? "result" : "params");
    return carrier->at("_meta").at("io.modelcontextprotocol/subscriptionId");
}

// L1, L2, L3: the acknowledgement first, then only what was asked for, each with the id.
TEST(Listen, AClientHearsWhatItAskedForAndNothingElse) {
    World world(1, {}, toys());
    StatelessClient client(world);
    client.id = "sub-1";
    auto& stream = listen(client, {{"toolsListChanged", true}, {"resourceSubscriptions", {"toy://watched"}}});
    EXPECT_EQ(stream.headers().get("X-Accel-Buffering"), "no");
    auto messages = messages_of(stream);
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_EQ(messages[0].at("method"), json::value("notifications/subscriptions/acknowledged"));
    EXPECT_EQ(messages[0].at("params").at("notifications"),
              (json::value{{"toolsListChanged", true}, {"resourceSubscriptions", {"toy://watched"}}}));

    StatelessClient other(world);
    other.call("change");
    world.loop.settle();
    messages = messages_of(stream);
    ASSERT_EQ(messages.size(), 3U);
    EXPECT_EQ(messages[1].at("method"), json::value("notifications/tools/list_changed"));
    EXPECT_EQ(messages[2].at("method"), json::value("notifications/resources/updated"));
    EXPECT_EQ(messages[2].at("params").at("uri"), json::value("toy://watched"));
    for (const auto& message : messages) EXPECT_EQ(subscription_of(message), json::value("sub-1"));
}

// L2: "with its JSON type".
TEST(Listen, TheSubscriptionHasTheIdOfItsRequestWithItsType) {
    World world(1, {}, toys());
    StatelessClient client(world);
    client.id = 41;
    EXPECT_EQ(subscription_of(messages_of(listen(client, {})).front()), json::value(42));
}

// L1: "Only includes notification types the server actually supports".
TEST(Listen, WhatTheServerDoesNotHaveIsLeftOutOfTheAcknowledgement) {
    World world(1, {}, toys());
    StatelessClient client(world);
    auto& stream = listen(client, {{"promptsListChanged", true}, {"resourcesListChanged", true}});
    EXPECT_EQ(messages_of(stream).front().at("params").at("notifications"),
              (json::value{{"resourcesListChanged", true}}));
}

TEST(Listen, MembersOfAWrongTypeAreRefused) {
    World world(1, {}, toys());
    StatelessClient client(world);
    for (const json::object& wrong :
         {json::object{{"toolsListChanged", "yes"}}, json::object{{"resourceSubscriptions", "toy://watched"}},
          json::object{{"resourceSubscriptions", {7}}}})
        EXPECT_EQ(error_of(listen(client, wrong)), -32602);
    EXPECT_EQ(error_of(client.request("subscriptions/listen")), -32602);
}

// K7: "non-declaring client on … listen.taskIds -> -32021".
TEST(Listen, TasksAreForClientsThatDeclareTheExtension) {
    World world(1, {}, toys());
    StatelessClient client(world);
    auto& stream = listen(client, {{"taskIds", {"t_nope"}}});
    EXPECT_EQ(stream.status(), 400);
    EXPECT_EQ(error_of(stream), -32021);
}

// K11: notifications/tasks carries the whole task.
TEST(Listen, ATaskIsToldToItsEnd) {
    World world(1, {}, toys());
    StatelessClient client(world, {{"extensions", {{"io.modelcontextprotocol/tasks", json::object{}}}}});
    const auto task = *find_string(result_of(client.call("work")), "taskId");
    auto& stream = listen(client, {{"taskIds", {task}}});
    EXPECT_EQ(messages_of(stream).front().at("params").at("notifications"),
              (json::value{{"taskIds", {task}}}));
    world.agent_finishes("done");
    world.passes(5s);
    const auto last = messages_of(stream).back();
    EXPECT_EQ(last.at("method"), json::value("notifications/tasks"));
    EXPECT_EQ(last.at("params").at("taskId"), json::value(task));
    EXPECT_EQ(last.at("params").at("status"), json::value("completed"));
}

// H20, L6: silence is kept alive with comments; nothing else is ever said.
TEST(Listen, SilenceIsKeptAlive) {
    World world(1, {}, toys());
    StatelessClient client(world);
    auto& stream = listen(client, {{"toolsListChanged", true}});
    world.passes(30s);
    EXPECT_EQ(messages_of(stream).size(), 1U);
    EXPECT_TRUE(stream.bytes().ends_with(": keepalive\n\n: keepalive\n\n"));
    EXPECT_FALSE(stream.is_ended());
}

// L4: an empty complete result with the id, then the end; L5: nothing before it.
TEST(Listen, AServerThatDrainsEndsTheSubscriptionInGoodOrder) {
    World world(1, {}, toys());
    StatelessClient client(world);
    auto& stream = listen(client, {{"toolsListChanged", true}});
    world.drains(10s);
    EXPECT_TRUE(stream.is_ended());
    const auto messages = messages_of(stream);
    ASSERT_EQ(messages.size(), 2U);
    EXPECT_EQ(messages.back().at("result").at("resultType"), json::value("complete"));
    EXPECT_EQ(subscription_of(messages.back()), client.id);
    world.starts();
}

TEST(Listen, AClientThatLeavesGivesItsPlaceBack) {
    World world(1, {}, toys());
    StatelessClient client(world);
    for (int i = 0; i < 70; ++i) {
        auto& stream = listen(client, {{"toolsListChanged", true}});
        ASSERT_EQ(stream.status(), 200) << "subscription " << i;
        stream.close();
        world.loop.settle();
    }
}

}  // namespace
}  // namespace meshai::tests
