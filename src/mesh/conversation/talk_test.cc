// Conversations: what an agent is told of the turns before, and what is said where that is not all.
#include "mesh/conversation/talk.h"

#include <gtest/gtest.h>

#include "mesh/testing/mesh_world.h"

namespace meshai::mesh {
namespace {

constexpr auto kBeat = std::chrono::milliseconds(5);

ExecutorLimits one_place() {
    ExecutorLimits limits;
    limits.running_tasks = 1;
    return limits;
}

struct Talk : MeshWorld {
    Talk() { begins(10); }
    /// A server, and an agent, that do one thing at a time.
    explicit Talk(ExecutorLimits limits) : MeshWorld(limits) { begins(1); }

    void begins(int places) {
        has_agent("writer", true, places);
        opens();
    }
    TaskId says(std::string text, std::string conversation = "chat") {
        task::Request request;
        request.input = std::move(text);
        request.capabilities = {"text_generation"};
        request.conversation = std::move(conversation);
        auto id = submits(request);
        beat();
        return id;
    }
    void beat() {
        loop.settle();
        loop.passes(kBeat);
    }
    agents::Call& newest() { return agents.calls.back().second->call; }
    /// The input of the newest call.
    std::string heard() { return to_text(newest().request.input); }
    void answers(json::value text) {
        agents.calls.back().second->finishes(std::move(text));
        beat();
    }
    void fails() {
        agents.calls.back().second->fails(failure(Code::AgentFailed, true, false));
        beat();
    }
    /// A turn with its answer.
    TaskId talked(const std::string& question, const std::string& answer, const std::string& in = "chat") {
        auto id = says(question, in);
        answers(json::value(answer));
        return id;
    }
    void has_conversation(const std::string& id, task::ContextBound bound) {
        task::TalkSettings settings;
        settings.context = bound;
        task::Conversations talks(server().log);
        ASSERT_TRUE(loop.run(talks.create(kAlice, id, settings)));
    }
    /// details.context of the event that says what the agent is told; null where there is none.
    json::value context_of(const TaskId& id) {
        json::value found;
        int many = 0;
        for (const auto& event : events(id)) {
            if (!is_context_event(event)) continue;
            found = std::get<task::Progress>(event.body).details.at("context");
            ++many;
        }
        EXPECT_LE(many, 1) << "it is said once";
        return found;
    }
    bool is_summary_call() { return heard().find("Summarise the conversation") != std::string::npos; }
};

task::ContextBound turns(std::size_t max, task::Overflow overflow) {
    return {max, task::kTalkBytesDefault, overflow};
}

TEST(Talk, TheFirstTurnIsHeardAsItWasSaid) {
    Talk world;
    const auto id = world.says("Who are you?");
    EXPECT_EQ(world.heard(), R"("Who are you?")");
    EXPECT_TRUE(world.context_of(id).is_null());
}

TEST(Talk, ALaterTurnIsHeardBehindWhatWasSaidBefore) {
    Talk world;
    world.says("Who are you?");
    world.answers("A writer.");
    world.says("Of what?");
    world.answers(json::object{{"text", "Of poems."}});
    const auto third = world.says("Write one.");
    EXPECT_EQ(world.heard(),
              R"({"messages":[{"role":"user","content":"Who are you?"},)"
              R"({"role":"assistant","content":"A writer."},{"role":"user","content":"Of what?"},)"
              R"({"role":"assistant","content":"Of poems."},{"role":"user","content":"Write one."}]})");
    // The log of a turn holds what was said in it, and not the whole conversation again.
    EXPECT_EQ(world.view(third).submitted.request.input, json::value("Write one."));
    EXPECT_TRUE(world.context_of(third).is_null());
}

TEST(Talk, AnotherConversationIsNotHeard) {
    Talk world;
    world.talked("A secret.", "Kept.");
    world.says("Hello", "another");
    EXPECT_EQ(world.heard(), R"("Hello")");
}

TEST(Talk, ATurnThatFailedWasNotSaid) {
    Talk world;
    world.says("Break.");
    world.fails();
    world.says("And now?");
    EXPECT_EQ(world.heard(), R"("And now?")");
}

TEST(Talk, ALongConversationIsCutAtItsBeginningAndSaysSo) {
    Talk world;
    const std::string long_answer(task::kTalkBytesDefault / 2, 'z');
    for (int turn = 0; turn < 3; ++turn) world.talked("Go on " + std::to_string(turn), long_answer);
    const auto last = world.says("Enough.");
    EXPECT_EQ(world.newest().request.input.as_object().at("messages").as_array().size(), 3U);
    const auto said = world.context_of(last);
    ASSERT_TRUE(said.is_object());
    EXPECT_EQ(said.at("turns"), 3);
    EXPECT_EQ(said.at("told"), 1);
    EXPECT_EQ(said.at("dropped"), 2);
    EXPECT_EQ(said.at("policy"), "drop");
}

TEST(Talk, AConversationHasTheBoundThatItWasGiven) {
    Talk world;
    world.has_conversation("short", turns(2, task::Overflow::Drop));
    for (const auto* text : {"one", "two", "three"}) world.talked(text, "yes", "short");
    const auto last = world.says("four", "short");
    EXPECT_EQ(world.heard().find("\"one\""), std::string::npos);
    EXPECT_NE(world.heard().find("\"two\""), std::string::npos);
    EXPECT_EQ(world.context_of(last).at("dropped"), 1);
}

TEST(Talk, TheOldestTurnsAreSummarisedOnceAndTheSummaryServesTheNextTurns) {
    Talk world;
    world.has_conversation("long", turns(4, task::Overflow::Summarise));
    for (const auto* text : {"one", "two", "three", "four", "five"}) world.talked(text, "yes", "long");
    const auto sixth = world.says("six", "long");
    ASSERT_TRUE(world.is_summary_call());
    // One to three are summarised: two turns stay, which leaves room for the next ones.
    EXPECT_NE(world.heard().find("three"), std::string::npos);
    EXPECT_EQ(world.heard().find("four"), std::string::npos);
    EXPECT_EQ(world.newest().request.lineage.parent, sixth);
    EXPECT_TRUE(world.newest().request.conversation.empty());
    world.answers("They count.");

    ASSERT_FALSE(world.is_summary_call());
    EXPECT_EQ(world.heard(),
              R"({"messages":[{"role":"user","content":"Summary of the earlier conversation:\nThey count."},)"
              R"({"role":"assistant","content":"Understood."},{"role":"user","content":"four"},)"
              R"({"role":"assistant","content":"yes"},{"role":"user","content":"five"},)"
              R"({"role":"assistant","content":"yes"},{"role":"user","content":"six"}]})");
    const auto said = world.context_of(sixth);
    EXPECT_EQ(said.at("summarised"), 3);
    EXPECT_EQ(said.at("dropped"), 0);
    EXPECT_EQ(said.at("told"), 2);
    world.answers("six it is");
    EXPECT_EQ(world.story(sixth), "submitted step_started step_finished progress routed started completed");

    const auto calls = world.agents.calls.size();
    world.talked("seven", "yes", "long");
    world.talked("eight", "yes", "long");
    EXPECT_EQ(world.agents.calls.size(), calls + 2);
    EXPECT_NE(world.heard().find("They count."), std::string::npos);
    // Now four to eight are one too many again: the new summary contains the old one.
    world.says("nine", "long");
    ASSERT_TRUE(world.is_summary_call());
    EXPECT_NE(world.heard().find("They count."), std::string::npos);
    world.answers("They count to eight.");
    EXPECT_NE(world.heard().find("They count to eight."), std::string::npos);
}

TEST(Talk, WhereTheSummariserFailsTheOldestTurnsAreLeftOutAndTheEventSaysWhy) {
    Talk world;
    world.has_conversation("long", turns(2, task::Overflow::Summarise));
    for (const auto* text : {"one", "two", "three"}) world.talked(text, "yes", "long");
    const auto fourth = world.says("four", "long");
    ASSERT_TRUE(world.is_summary_call());
    world.fails();
    ASSERT_FALSE(world.is_summary_call());
    const auto said = world.context_of(fourth);
    EXPECT_EQ(said.at("dropped"), 1);
    EXPECT_EQ(said.at("summarised"), 0);
    EXPECT_TRUE(said.as_object().contains("summary_error"));
    world.answers("four it is");
    EXPECT_EQ(world.view(fourth).state, task::State::Completed);
    // The next turn tries again.
    world.says("five", "long");
    EXPECT_TRUE(world.is_summary_call());
}

TEST(Talk, AnEmptySummaryIsNone) {
    Talk world;
    world.has_conversation("long", turns(2, task::Overflow::Summarise));
    for (const auto* text : {"one", "two", "three"}) world.talked(text, "yes", "long");
    const auto fourth = world.says("four", "long");
    world.answers(" \n");
    EXPECT_EQ(world.context_of(fourth).at("summary_error"), "The summary has no words.");
}

TEST(Talk, ASummaryNeedsNoPlaceThatItsTurnHolds) {
    Talk world(one_place());
    world.has_conversation("long", turns(2, task::Overflow::Summarise));
    for (const auto* text : {"one", "two", "three"}) world.talked(text, "yes", "long");
    const auto fourth = world.says("four", "long");
    ASSERT_TRUE(world.is_summary_call());
    world.answers("They count.");
    world.answers("four it is");
    EXPECT_EQ(world.view(fourth).state, task::State::Completed);
    EXPECT_EQ(world.executor().stats().running, 0U);
    EXPECT_EQ(world.executor().stats().queued, 0U);
}

TEST(Talk, ACrashWhileItSummarisesSummarisesNothingTwice) {
    Talk world;
    world.has_conversation("long", turns(2, task::Overflow::Summarise));
    for (const auto* text : {"one", "two", "three"}) world.talked(text, "yes", "long");
    const auto fourth = world.says("four", "long");
    const auto child = world.newest().task;
    world.crashes();
    world.loop.passes(std::chrono::seconds(1));
    // The same summary, its second attempt; then the turn.
    ASSERT_TRUE(world.is_summary_call());
    EXPECT_EQ(world.newest().task, child);
    world.answers("They count.");
    world.loop.passes(std::chrono::seconds(6));
    ASSERT_FALSE(world.is_summary_call());
    EXPECT_EQ(world.newest().task, fourth);
    world.crashes();
    world.loop.passes(std::chrono::seconds(1));
    EXPECT_FALSE(world.is_summary_call());
    EXPECT_NE(world.heard().find("They count."), std::string::npos);
    world.answers("four it is");
    EXPECT_EQ(world.view(fourth).state, task::State::Completed);
    EXPECT_EQ(world.context_of(fourth).at("summarised"), 2);
}

/// A turn that needs a summary first, with agents that answer at once.
struct CrashStory : Talk {
    std::optional<TaskId> turn{};
    int told = 0;  ///< how often an agent was given the turn itself

    CrashStory() {
        has_conversation("long", turns(2, task::Overflow::Summarise));
        for (const auto* text : {"one", "two", "three"}) talked(text, "yes", "long");
        agents.on_call = [this](const std::string&, FakeCall& call) {
            const bool is_turn = !call.call.request.conversation.empty();
            told += is_turn ? 1 : 0;
            call.finishes(is_turn ? "four it is" : "They count.");
        };
    }

    static Async<void> submit(TaskExecutor& at, std::optional<TaskId>& into) {
        task::Request request;
        request.input = "four";
        request.capabilities = {"text_generation"};
        request.conversation = "long";
        auto done = co_await at.submit(kAlice, std::move(request), std::nullopt);
        if (done) into = done->id;
    }

    /// Pulls the plug as soon as so many units more are durable. False when the story is over before.
    bool crashes_after(std::uint64_t commits) {
        const auto before = disk->commits();
        disk->set_delay(std::chrono::milliseconds(1));
        loop.scope.spawn("turn", submit(executor(), turn));
        for (int step = 0; step < 400; ++step) {
            if (disk->commits() >= before + commits) {
                crashes();
                return true;
            }
            passes(std::chrono::microseconds(100));
        }
        return false;
    }
    std::vector<task::Summary> tasks_of_turn() {
        task::Filter filter;
        filter.parent = *turn;
        return loop.run(server().log.list(kAlice, filter)).value();
    }
};

TEST(Talk, WhereverTheServerCrashesATurnEndsOnceWithOneSummaryAndOneWordAboutIt) {
    bool crashed = true;
    std::uint64_t commits = 0;
    for (; crashed && commits < 50; ++commits) {
        CrashStory story;
        crashed = story.crashes_after(commits);
        story.passes(std::chrono::minutes(1));
        const auto open = story.loop.run(story.server().log.unfinished());
        ASSERT_TRUE(open);
        EXPECT_TRUE(open->empty()) << "crash after " << commits << " commits";
        if (!story.turn) continue;
        const auto where = "crash after " + std::to_string(commits) + " commits: " + story.story(*story.turn);
        EXPECT_EQ(story.view(*story.turn).state, task::State::Completed) << where;
        const auto said = story.context_of(*story.turn);
        ASSERT_TRUE(said.is_object()) << where;
        EXPECT_EQ(said.at("summarised"), 2) << where;
        const auto children = story.tasks_of_turn();
        ASSERT_EQ(children.size(), 1U) << where;
        EXPECT_EQ(children.front().state, task::State::Completed) << where;
        EXPECT_GE(story.told, 1) << where;
        story.disk->set_delay(Duration::zero());
    }
    EXPECT_GT(commits, 6U) << "the story has several moments at which to crash";
    EXPECT_FALSE(crashed) << "and all of them were tried";
}

TEST(Talk, ATurnThatIsCancelledTakesItsSummaryWithIt) {
    Talk world;
    world.has_conversation("long", turns(2, task::Overflow::Summarise));
    for (const auto* text : {"one", "two", "three"}) world.talked(text, "yes", "long");
    const auto fourth = world.says("four", "long");
    const auto child = world.newest().task;
    EXPECT_TRUE(world.cancels(fourth));
    world.beat();
    EXPECT_EQ(world.view(fourth).state, task::State::Cancelled);
    EXPECT_EQ(world.view(child).state, task::State::Cancelled);
}

TEST(Talk, AForkHearsTheTurnsItSharesAndTheTwoDiverge) {
    Talk world;
    const auto first = world.talked("My name is Ann.", "Hello Ann.");
    task::Conversations talks(world.server().log);
    const auto from = world.loop.run(talks.find(kAlice, "chat")).value();
    ASSERT_TRUE(world.loop.run(talks.fork(kAlice, "fork", {}, from, first)));
    world.talked("I like red.", "Noted.");
    world.says("Who am I?", "fork");
    EXPECT_NE(world.heard().find("Hello Ann."), std::string::npos);
    EXPECT_EQ(world.heard().find("red"), std::string::npos);
    world.answers("Ann.");
    world.says("And what do I like?");
    EXPECT_NE(world.heard().find("red"), std::string::npos);
    EXPECT_EQ(world.heard().find("Who am I?"), std::string::npos);
}

TEST(Talk, ARerunAfterACrashHearsTheSame) {
    Talk world;
    world.talked("Who are you?", "A writer.");
    world.says("Of what?");
    const auto before = world.heard();
    world.crashes();
    world.loop.settle();
    world.loop.passes(std::chrono::seconds(1));
    EXPECT_EQ(world.agents.calls.size(), 3U);
    EXPECT_EQ(world.heard(), before);
}

}  // namespace
}  // namespace meshai::mesh
