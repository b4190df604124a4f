#include <gtest/gtest.h>

#include <set>

#include "mesh/testing/mesh_world.h"

namespace meshai::mesh {
namespace {

using agents::Answers;

TEST(Questions, TheAgentGetsTheAnswerAndTheTaskGoesOn) {
    MeshWorld world;
    world.has_agent("writer");
    world.opens();
    const auto id = world.submits();
    world.call(0).asks({{"sure", "Delete it?"}});
    world.loop.settle();
    EXPECT_EQ(world.view(id).state, task::State::InputRequired);
    EXPECT_TRUE(world.call(0).answers.empty());

    EXPECT_TRUE(world.answers(id, {{"sure", true}}));
    ASSERT_EQ(world.call(0).answers.size(), 1U);
    EXPECT_EQ(world.call(0).answers[0], (Answers{{"sure", true}}));
    EXPECT_EQ(world.view(id).state, task::State::Executing);
    world.call(0).finishes("deleted");
    world.loop.settle();
    EXPECT_EQ(world.story(id), "submitted routed started input_required input_given completed");
    const auto events = world.events(id);
    EXPECT_EQ(std::get<task::InputGiven>(events[4].body).by, kAlice.subject);
}

// K6: partial answers are allowed; keys that nobody asked are ignored.
TEST(Questions, AskedTogetherTheyAreAnsweredInAnyOrder) {
    MeshWorld world;
    world.has_agent("writer");
    world.opens();
    const auto id = world.submits();
    world.call(0).asks({{"first", "First name?"}, {"last", "Last name?"}});
    world.loop.settle();
    EXPECT_EQ(world.story(id), "submitted routed started input_required input_required");

    EXPECT_TRUE(world.answers(id, {{"last", "Ng"}, {"middle", "none"}}));
    EXPECT_EQ(world.view(id).state, task::State::InputRequired);
    EXPECT_FALSE(world.view(id).inquiries.contains("middle"));
    EXPECT_TRUE(world.call(0).answers.empty());

    EXPECT_TRUE(world.answers(id, {{"first", "An"}}));
    ASSERT_EQ(world.call(0).answers.size(), 1U);
    EXPECT_EQ(world.call(0).answers[0], (Answers{{"first", "An"}, {"last", "Ng"}}));
}

TEST(Questions, AnAnswerGivenTwiceCountsOnce) {
    MeshWorld world;
    world.has_agent("writer");
    world.opens();
    const auto id = world.submits();
    world.call(0).asks({{"sure", "Delete it?"}});
    world.loop.settle();
    EXPECT_TRUE(world.answers(id, {{"sure", true}}));
    EXPECT_TRUE(world.answers(id, {{"sure", false}}));
    EXPECT_EQ(world.view(id).inquiries.at("sure").answer, json::value(true));
    EXPECT_EQ(world.story(id), "submitted routed started input_required input_given");

    world.call(0).asks({{"sure", "Delete it?"}});
    world.loop.settle();
    ASSERT_EQ(world.call(0).answers.size(), 2U);
    EXPECT_EQ(world.call(0).answers[1], (Answers{{"sure", true}}));
    EXPECT_EQ(world.story(id), "submitted routed started input_required input_given");
}

// K6: a key is never another question of the same task.
TEST(Questions, AKeyStandsForOneQuestion) {
    MeshWorld world;
    world.has_agent("writer");
    world.opens();
    const auto id = world.submits();
    world.call(0).asks({{"sure", "Delete it?"}});
    world.loop.settle();
    EXPECT_TRUE(world.answers(id, {{"sure", true}}));
    world.call(0).asks({{"sure", "Delete everything?"}});
    world.call(0).asks({});
    world.call(0).asks({{"long", json::string(std::string(task::kQuestionBytesMax, 'x'))}});
    world.loop.settle();
    ASSERT_EQ(world.call(0).answers.size(), 4U);
    EXPECT_EQ(world.call(0).answers[1].error().code, Code::InvalidArgument);
    EXPECT_EQ(world.call(0).answers[2].error().code, Code::InvalidArgument);
    EXPECT_EQ(world.call(0).answers[3].error().code, Code::TooLarge);
}

TEST(Questions, ATaskAsksOnlySoMany) {
    MeshWorld world;
    world.has_agent("writer");
    world.opens();
    const auto id = world.submits();
    agents::Questions many;
    for (std::size_t i = 0; i < task::kQuestionsMax; ++i)
        many["q" + std::to_string(i)] = static_cast<std::int64_t>(i);
    world.call(0).asks(many);
    world.loop.settle();
    Answers all(many.begin(), many.end());
    EXPECT_TRUE(world.answers(id, all));
    world.call(0).asks({{"one_more", 1}});
    world.loop.settle();
    ASSERT_EQ(world.call(0).answers.size(), 2U);
    EXPECT_EQ(world.call(0).answers[1].error().code, Code::TooLarge);
}

TEST(Questions, TheAnswerMayComeWhileTheServerIsDown) {
    MeshWorld world;
    world.has_agent("writer", true);
    world.opens();
    const auto id = world.submits();
    world.call(0).asks({{"sure", "Delete it?"}});
    world.loop.settle();
    world.crashes();
    ASSERT_EQ(world.agents.calls.size(), 2U);
    // Before the second attempt has asked again: the question is known, and so is its answer then.
    EXPECT_TRUE(world.answers(id, {{"sure", true}}));
    world.call(1).asks({{"sure", "Delete it?"}});
    world.loop.settle();
    ASSERT_EQ(world.call(1).answers.size(), 1U);
    EXPECT_EQ(world.call(1).answers[0], (Answers{{"sure", true}}));
    EXPECT_EQ(world.story(id), "submitted routed started input_required routed started input_given");
}

TEST(Questions, AnAnswerSurvivesACrashAndIsNotAskedForAgain) {
    MeshWorld world;
    world.has_agent("writer", true);
    world.opens();
    const auto id = world.submits();
    world.call(0).asks({{"sure", "Delete it?"}});
    world.loop.settle();
    EXPECT_TRUE(world.answers(id, {{"sure", true}}));
    world.crashes();
    world.call(1).asks({{"sure", "Delete it?"}});
    world.loop.settle();
    ASSERT_EQ(world.call(1).answers.size(), 1U);
    EXPECT_EQ(world.call(1).answers[0], (Answers{{"sure", true}}));
    EXPECT_EQ(world.view(id).state, task::State::Executing);
}

TEST(Questions, AnUnansweredOneIsAskedAgainByTheNextAttempt) {
    MeshWorld world;
    world.has_agent("writer", true);
    world.opens();
    const auto id = world.submits();
    world.call(0).asks({{"sure", "Delete it?"}});
    world.loop.settle();
    world.crashes();
    EXPECT_EQ(world.view(id).state, task::State::Executing);
    world.call(1).asks({{"sure", "Delete it?"}});
    world.loop.settle();
    EXPECT_EQ(world.view(id).state, task::State::InputRequired);
    EXPECT_TRUE(world.answers(id, {{"sure", false}}));
    EXPECT_EQ(world.call(1).answers.at(0), (Answers{{"sure", false}}));
}

TEST(Questions, ATaskThatMayNotRunAgainFailsWithItsQuestion) {
    MeshWorld world;
    world.has_agent("charger", false);
    world.opens();
    const auto id = world.submits();
    world.call(0).asks({{"sure", "Charge it?"}});
    world.loop.settle();
    world.crashes();
    EXPECT_EQ(world.view(id).failed->code, Code::Interrupted);
    EXPECT_EQ(world.answers(id, {{"sure", true}}).error().code, Code::AlreadyFinished);
}

TEST(Questions, ACancelledTaskWaitsNoLonger) {
    MeshWorld world;
    world.has_agent("writer");
    world.opens();
    const auto id = world.submits();
    world.call(0).asks({{"sure", "Delete it?"}});
    world.loop.settle();
    EXPECT_TRUE(world.cancels(id));
    EXPECT_EQ(world.call(0).answers.at(0).error().code, Code::Cancelled);
    EXPECT_TRUE(world.call(0).is_over);
    EXPECT_EQ(world.view(id).state, task::State::Cancelled);
    EXPECT_EQ(world.answers(id, {{"sure", true}}).error().code, Code::AlreadyFinished);
}

TEST(Questions, TheDeadlineEndsTheWait) {
    MeshWorld world;
    world.has_agent("writer");
    world.opens();
    auto request = MeshWorld::request();
    request.timeout = 60s;
    const auto id = world.submits(request);
    world.call(0).asks({{"sure", "Delete it?"}});
    world.passes(61s);
    EXPECT_EQ(world.view(id).failed->code, Code::Timeout);
    EXPECT_EQ(world.call(0).answers.at(0).error().code, Code::Cancelled);
}

TEST(Questions, ASilentTaskThatWaitsSaysSo) {
    MeshWorld world;
    world.has_agent("writer");
    world.opens();
    const auto id = world.submits();
    world.call(0).asks({{"sure", "Delete it?"}});
    world.passes(41s);
    EXPECT_EQ(world.view(id).message, "Waiting for the client's answer, 40 s");
    EXPECT_TRUE(world.answers(id, {{"sure", true}}));
    world.passes(20s);
    EXPECT_EQ(world.view(id).message, "Still working: agent \"writer\", 61 s");
}

TEST(Questions, AnotherClientsTaskIsUnknown) {
    MeshWorld world;
    world.has_agent("writer");
    world.opens();
    const auto id = world.submits();
    world.call(0).asks({{"sure", "Delete it?"}});
    world.loop.settle();
    const task::Caller bob{kAcme, Subject{"bob"}, false};
    EXPECT_EQ(world.answers(id, {{"sure", true}}, bob).error().code, Code::NotFound);
    const task::Caller foreign{TenantId{"other"}, kAlice.subject, true};
    EXPECT_EQ(world.answers(id, {{"sure", true}}, foreign).error().code, Code::NotFound);
    EXPECT_EQ(world.view(id).state, task::State::InputRequired);
}

TEST(Questions, ATaskThatWaitsForAnAgentTakesItsAnswer) {
    MeshWorld world;
    world.has_agent("writer", true, 1);
    world.opens();
    const auto id = world.submits();
    world.call(0).asks({{"sure", "Delete it?"}});
    world.loop.settle();
    world.crashes();
    const auto second = world.submits("second");
    // Whichever of the two waits, both answers and both endings come.
    EXPECT_TRUE(world.answers(id, {{"sure", true}}));
    world.call(1).finishes("done");
    world.loop.settle();
    world.call(2).finishes("done");
    world.loop.settle();
    EXPECT_EQ(world.view(id).state, task::State::Completed);
    EXPECT_EQ(world.view(id).inquiries.at("sure").answer, json::value(true));
    EXPECT_EQ(world.view(second).state, task::State::Completed);
}

TEST(Questions, AnAnswerOverItsBoundIsRefused) {
    MeshWorld world;
    world.has_agent("writer");
    world.opens();
    const auto id = world.submits();
    world.call(0).asks({{"sure", "Delete it?"}});
    world.loop.settle();
    const std::string flood(task::kAnswerBytesMax, 'x');
    EXPECT_EQ(world.answers(id, {{"sure", json::string(flood)}}).error().code, Code::TooLarge);
    EXPECT_EQ(world.view(id).state, task::State::InputRequired);
}

/// A task that asks twice, and a client that answers whatever is asked, over a crash.
struct AskingStory {
    MeshWorld world;
    std::vector<TaskId> accepted{};
    std::set<std::string> answered{};  ///< keys whose answer was said to be taken
    int answering = 0;

    AskingStory() {
        world.has_agent("writer");
        world.agents.on_call = [](const std::string&, FakeCall& call) {
            call.asks({{"first", "First name?"}});
            call.asks({{"last", "Last name?"}});
            call.finishes("done");
        };
        world.opens();
        world.disk->set_delay(1ms);
        world.loop.scope.spawn("submit", submit(*this));
    }

    static Async<void> submit(AskingStory& story) {
        auto done = co_await story.world.executor().submit(kAlice, MeshWorld::request(), "key");
        if (done) story.accepted.push_back(done->id);
    }

    static Async<void> answer(AskingStory& story, TaskId id, std::string key) {
        agents::Answers answers;
        answers[key] = json::string(key);
        if (co_await story.world.executor().answer(kAlice, id, answers)) story.answered.insert(key);
        --story.answering;
    }

    void goes_on(Duration step) {
        world.passes(step);
        if (accepted.empty() || answering > 0) return;
        for (const auto& [key, inquiry] : world.view(accepted.front()).inquiries) {
            if (!inquiry.is_open) continue;
            ++answering;
            world.loop.scope.spawn("answer", answer(*this, accepted.front(), key));
        }
    }

    bool crashes_after(std::uint64_t commits) {
        for (int step = 0; step < 400; ++step) {
            if (world.disk->commits() >= commits) {
                world.crashes();
                return true;
            }
            goes_on(100us);
        }
        return false;
    }
};

TEST(Questions, WhereverTheServerCrashesAnAnswerThatWasTakenIsNotAskedForAgain) {
    bool crashed = true;
    std::uint64_t commits = 0;
    for (; crashed && commits < 100; ++commits) {
        AskingStory story;
        crashed = story.crashes_after(commits);
        const auto taken = story.answered;
        for (int step = 0; step < 100; ++step) story.goes_on(10ms);
        story.world.disk->set_delay(0s);
        for (const auto& id : story.accepted) {
            const auto view = story.world.view(id);
            EXPECT_EQ(view.state, task::State::Completed) << "crash after " << commits << " commits";
            std::map<std::string, int> given;
            for (const auto& event : story.world.events(id))
                if (const auto* one = std::get_if<task::InputGiven>(&event.body)) ++given[one->key];
            EXPECT_EQ(given, (std::map<std::string, int>{{"first", 1}, {"last", 1}}))
                << "crash after " << commits << " commits: " << story.world.story(id);
            for (const auto& key : taken) EXPECT_TRUE(view.inquiries.at(key).answer) << key;
        }
    }
    EXPECT_GT(commits, 5U) << "the story has several moments at which to crash";
    EXPECT_FALSE(crashed) << "and all of them were tried";
}

}  // namespace
}  // namespace meshai::mesh
