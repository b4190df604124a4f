// Questions that expire: the house answers in the client's stead, once, whatever
// else happens at that moment.

#include <gtest/gtest.h>

#include "mesh/testing/mesh_world.h"

namespace meshai::mesh {
namespace {

using agents::Answers;

constexpr Duration kPatience = 60s;
const json::value kYes = json::object{{"action", "accept"}};

/// Without the lines that a silent task says of itself.
std::string story_of(MeshWorld& world, const TaskId& id) {
    std::string kinds;
    for (const auto& event : world.events(id))
        if (!std::holds_alternative<task::Progress>(event.body))
            kinds += (kinds.empty() ? "" : " ") + std::string(task::kind(event.body));
    return kinds;
}

/// A task whose agent has asked one question, for a minute.
struct Expiry : testing::Test {
    Expiry() {
        world.has_agent("writer", true);
        world.opens();
        id = world.submits();
        asks_again(0);
    }

    WallTime in(Duration wait) const {
        return world.loop.clock.wall() + std::chrono::duration_cast<Millis>(wait);
    }
    void asks_again(std::size_t call) {
        world.call(call).asks({{"sure", "Delete it?"}}, in(kPatience));
        world.loop.settle();
    }
    /// kill -9, and nobody is there for a while.
    void is_down(Duration span) {
        world.disk->pull_plug();
        world.ends();
        world.passes(span);
        world.opens();
    }
    std::vector<task::InputGiven> given() {
        std::vector<task::InputGiven> all;
        for (const auto& event : world.events(id))
            if (const auto* one = std::get_if<task::InputGiven>(&event.body)) all.push_back(*one);
        return all;
    }
    void expect_expired(std::size_t call) {
        ASSERT_EQ(world.call(call).answers.size(), 1U);
        EXPECT_EQ(world.call(call).answers[0].error().code, Code::Timeout);
        ASSERT_EQ(given().size(), 1U) << world.story(id);
        EXPECT_EQ(given()[0].by.value, task::kExpired);
        EXPECT_EQ(given()[0].answer, (json::value{{"action", "cancel"}}));
        EXPECT_EQ(world.view(id).state, task::State::Executing);
    }

    MeshWorld world;
    TaskId id;
};

TEST_F(Expiry, TheHouseAnswersWhenNobodyElseDoes) {
    const auto until = world.view(id).inquiries.at("sure").expires_at;
    EXPECT_EQ(until, in(kPatience));
    world.passes(kPatience - 1s);
    EXPECT_EQ(world.view(id).state, task::State::InputRequired);
    EXPECT_TRUE(given().empty());
    world.passes(1s);
    expect_expired(0);
    world.call(0).finishes("kept");
    world.loop.settle();
    EXPECT_EQ(story_of(world, id), "submitted routed started input_required input_given completed");
}

TEST_F(Expiry, AnAnswerInTimeIsTheOnlyOne) {
    world.passes(kPatience - 1s);
    EXPECT_TRUE(world.answers(id, {{"sure", kYes}}));
    world.passes(10s);
    EXPECT_EQ(world.call(0).answers.at(0), (Answers{{"sure", kYes}}));
    ASSERT_EQ(given().size(), 1U);
    EXPECT_EQ(given()[0].by, kAlice.subject);
}

TEST_F(Expiry, AnAnswerThatComesTooLateChangesNothing) {
    world.passes(kPatience);
    EXPECT_TRUE(world.answers(id, {{"sure", kYes}}));
    expect_expired(0);
}

TEST_F(Expiry, AQuestionWithoutOneWaitsAsLongAsTheTask) {
    EXPECT_TRUE(world.answers(id, {{"sure", kYes}}));
    world.call(0).asks({{"more", "More?"}});
    world.passes(3min);
    EXPECT_EQ(world.view(id).state, task::State::InputRequired);
    EXPECT_EQ(world.view(id).inquiries.at("more").expires_at, std::nullopt);
}

TEST_F(Expiry, OfQuestionsAskedTogetherOneThatExpiresEndsTheWait) {
    world.passes(kPatience);
    world.call(0).asks({{"first", "First name?"}, {"last", "Last name?"}}, in(kPatience));
    world.loop.settle();
    EXPECT_TRUE(world.answers(id, {{"first", kYes}}));
    EXPECT_EQ(world.view(id).state, task::State::InputRequired);
    world.passes(kPatience);
    ASSERT_EQ(world.call(0).answers.size(), 2U);
    EXPECT_EQ(world.call(0).answers[1].error().code, Code::Timeout);
    const auto view = world.view(id);
    EXPECT_EQ(view.inquiries.at("first").answered_by, kAlice.subject);
    EXPECT_EQ(view.inquiries.at("last").answered_by.value, task::kExpired);
}

// Asked again by the next attempt, it does not begin to wait anew.
TEST_F(Expiry, ARestartDoesNotPutItOff) {
    world.passes(40s);
    world.crashes();
    asks_again(1);
    EXPECT_EQ(world.view(id).state, task::State::InputRequired);
    EXPECT_EQ(world.view(id).inquiries.at("sure").expires_at, in(20s));
    world.passes(19s);
    EXPECT_TRUE(given().empty());
    world.passes(1s);
    expect_expired(1);
}

TEST_F(Expiry, AfterARestartItIsStillAnsweredInTime) {
    is_down(30s);
    asks_again(1);
    EXPECT_TRUE(world.answers(id, {{"sure", kYes}}));
    EXPECT_EQ(world.call(1).answers.at(0), (Answers{{"sure", kYes}}));
    ASSERT_EQ(given().size(), 1U);
}

TEST_F(Expiry, WhatExpiredWhileNobodyWasThereHasExpired) {
    is_down(2min);
    asks_again(1);
    expect_expired(1);
}

TEST_F(Expiry, WhatExpiredBeforeARestartIsNotAskedAgain) {
    world.passes(kPatience);
    world.crashes();
    asks_again(1);
    expect_expired(1);
    EXPECT_EQ(story_of(world, id), "submitted routed started input_required input_given routed started");
}

// Around the moment itself, with a disk that takes its time: whoever is first in the log has answered,
// and the agent hears exactly that.
TEST_F(Expiry, AnAnswerAtTheSameMomentCountsOrDoesNotButNeverTwice) {
    for (const auto early : {3ms, 2ms, 1ms, 0ms, -1ms, -2ms, -3ms}) {
        MeshWorld other;
        other.has_agent("writer", true);
        other.opens();
        const auto task = other.submits();
        other.call(0).asks({{"sure", "Delete it?"}}, other.loop.clock.wall() + 60'000ms);
        other.loop.settle();
        other.disk->set_delay(2ms);
        other.passes(60s - early);
        other.loop.scope.spawn("answer", [](MeshWorld& at, TaskId whose) -> Async<void> {
            agents::Answers yes;
            yes["sure"] = kYes;
            auto done = co_await at.executor().answer(kAlice, std::move(whose), std::move(yes));
            EXPECT_TRUE(done);
        }(other, task));
        other.passes(1s);
        other.disk->set_delay(0s);

        EXPECT_EQ(story_of(other, task), "submitted routed started input_required input_given")
            << early.count();
        const auto by = other.view(task).inquiries.at("sure").answered_by;
        ASSERT_EQ(other.call(0).answers.size(), 1U) << early.count();
        const auto& heard = other.call(0).answers[0];
        if (by == kAlice.subject)
            EXPECT_EQ(heard, (Answers{{"sure", kYes}})) << early.count();
        else
            EXPECT_EQ(heard.error().code, Code::Timeout) << early.count() << " by " << by.value;
    }
}

TEST(ExpiryOverCrashes, WhereverTheServerCrashesItExpiresOnce) {
    bool crashed = true;
    std::uint64_t commits = 0;
    for (; crashed && commits < 100; ++commits) {
        MeshWorld world;
        world.has_agent("writer");
        const auto until = world.loop.clock.wall() + 100ms;
        world.agents.on_call = [until](const std::string&, FakeCall& call) {
            call.asks({{"sure", "Delete it?"}}, until);
            call.finishes("kept");
        };
        world.opens();
        world.disk->set_delay(1ms);
        std::optional<TaskId> id;
        world.loop.scope.spawn("submit", [](MeshWorld& at, std::optional<TaskId>& got) -> Async<void> {
            auto done = co_await at.executor().submit(kAlice, MeshWorld::request(), std::nullopt);
            if (done) got = done->id;
        }(world, id));
        crashed = false;
        for (int step = 0; step < 2000 && !crashed; ++step) {
            if (world.disk->commits() >= commits) {
                world.crashes();
                crashed = true;
            } else {
                world.passes(100us);
            }
        }
        world.passes(1s);
        world.disk->set_delay(0s);
        if (!id) continue;
        const auto view = world.view(*id);
        EXPECT_EQ(view.state, task::State::Completed) << "crash after " << commits << " commits";
        int given = 0;
        for (const auto& event : world.events(*id))
            given += std::holds_alternative<task::InputGiven>(event.body) ? 1 : 0;
        EXPECT_EQ(given, 1) << "crash after " << commits << " commits: " << world.story(*id);
    }
    EXPECT_GT(commits, 4U) << "the story has several moments at which to crash";
    EXPECT_FALSE(crashed) << "and all of them were tried";
}

}  // namespace
}  // namespace meshai::mesh
