// Conversations: what an agent is told of the turns before.
#include "mesh/executor/talk.h"

#include <gtest/gtest.h>

#include "mesh/testing/mesh_world.h"

namespace meshai::mesh {
namespace {

struct Talk : MeshWorld {
    Talk() {
        has_agent("writer");
        opens();
    }
    TaskId says(std::string text, std::string conversation = "chat") {
        task::Request request;
        request.input = std::move(text);
        request.capabilities = {"text_generation"};
        request.conversation = std::move(conversation);
        auto id = submits(request);
        loop.settle();
        loop.passes(std::chrono::milliseconds(5));
        return id;
    }
    /// The input of the newest call.
    std::string heard() { return to_text(agents.calls.back().second->call.request.input); }
    void answers(json::value text) {
        agents.calls.back().second->finishes(std::move(text));
        loop.settle();
        loop.passes(std::chrono::milliseconds(5));
    }
};

TEST(Talk, TheFirstTurnIsHeardAsItWasSaid) {
    Talk world;
    world.says("Who are you?");
    EXPECT_EQ(world.heard(), R"("Who are you?")");
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
}

TEST(Talk, AnotherConversationIsNotHeard) {
    Talk world;
    world.says("A secret.");
    world.answers("Kept.");
    world.says("Hello", "another");
    EXPECT_EQ(world.heard(), R"("Hello")");
}

TEST(Talk, ATurnThatFailedWasNotSaid) {
    Talk world;
    world.says("Break.");
    world.agents.calls.back().second->fails(failure(Code::AgentFailed, true, false));
    world.loop.settle();
    world.says("And now?");
    EXPECT_EQ(world.heard(), R"("And now?")");
}

TEST(Talk, ALongConversationIsCutAtItsBeginning) {
    Talk world;
    const std::string long_answer(kTalkBytesMax / 2, 'z');
    for (int turn = 0; turn < 3; ++turn) {
        world.says("Go on " + std::to_string(turn));
        world.answers(json::value(long_answer));
    }
    world.says("Enough.");
    const auto& heard = world.agents.calls.back().second->call.request.input.as_object();
    EXPECT_EQ(heard.at("messages").as_array().size(), 3U);
}

TEST(Talk, ARerunAfterACrashHearsTheSame) {
    Talk world;
    world.says("Who are you?");
    world.answers("A writer.");
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
