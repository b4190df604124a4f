// Stories of forks, and of conversations that are held over REST and through stream_chat at once.

#include "tests/stories/conversation_world.h"
#include "tests/stories/tools_user.h"

namespace meshai::tests {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(Conversations, AForkGoesItsOwnWayFromTheTurnItBeginsAt) {
    Talk world;
    const auto id = world.begins({{"title", "Colours"}, {"metadata", {{"project", 7}}}});
    world.talked(id, "My name is Ann.", "Hello Ann.");
    const auto second = world.talked(id, "I like red.", "Noted: red.");
    const auto by_number = world.begins({{"fork", {{"conversation_id", id}, {"turn", 1}}}});
    const auto by_task =
        world.begins({{"title", "Other"}, {"fork", {{"conversation_id", id}, {"turn", second}}}});
    const auto newest = world.begins({{"fork", {{"conversation_id", id}}}});
    EXPECT_EQ(world.conversation(by_number).at("turn_count"), 1);
    EXPECT_EQ(world.conversation(by_task).at("turn_count"), 2);
    EXPECT_EQ(world.conversation(newest).at("turn_count"), 2);
    EXPECT_EQ(world.conversation(by_number).at("title"), "Colours");
    EXPECT_EQ(world.conversation(by_task).at("title"), "Other");
    EXPECT_EQ(world.conversation(by_number).at("forked_from").at("conversation_id").as_string(), id);

    world.talked(by_number, "I like blue.", "Noted: blue.");
    EXPECT_THAT(world.heard(), AllOf(HasSubstr("Hello Ann."), Not(HasSubstr("red"))));
    world.talked(id, "What do I like?", "Red.");
    EXPECT_THAT(world.heard(), AllOf(HasSubstr("red"), Not(HasSubstr("blue"))));
    const auto turns = world.turns_of(by_number);
    ASSERT_EQ(turns.size(), 2U);
    EXPECT_EQ(turns[0].at("conversation_id").as_string(), id);
    EXPECT_FALSE(turns[1].as_object().contains("conversation_id"));
    // The fork lives on without the conversation it came from.
    EXPECT_EQ(world.remove(kTalks + "/" + id).status, 200);
    world.says(by_number, {{"message", "Who am I?"}});
    EXPECT_THAT(world.heard(), HasSubstr("Hello Ann."));
}

TEST(Conversations, AForkNeedsATurnThatIsThere) {
    Talk world;
    const auto id = world.begins();
    const auto status = [&](json::object fork) {
        return world.post(kTalks, json::object{{"fork", std::move(fork)}}).status;
    };
    EXPECT_EQ(status({{"conversation_id", id}}), 409);
    world.talked(id, "Hello", "Good day.");
    EXPECT_EQ(status({{"conversation_id", id}, {"turn", 2}}), 404);
    EXPECT_EQ(status({{"conversation_id", id}, {"turn", 0}}), 404);
    EXPECT_EQ(status({{"conversation_id", id}, {"turn", "t_00000000000000000000000000"}}), 404);
    EXPECT_EQ(status({{"conversation_id", id}, {"turn", true}}), 422);
    EXPECT_EQ(status({{"conversation_id", "c_nobody"}}), 404);
    EXPECT_EQ(status({{"turn", 1}}), 422);
}

TEST(Chat, AToolCallAndRestAreOneConversation) {
    Talk world;
    ToolsUser ann(world);
    auto& first = ann.start("stream_chat", {{"message", "My name is Ann."}});
    world.agent_finishes("Hello Ann.");
    const auto id = std::string(data_of(ann.result(first)).at("conversation_id").as_string());
    world.talked(id, "Who am I?", "Ann.");
    EXPECT_THAT(world.heard(), HasSubstr("Hello Ann."));
    EXPECT_EQ(world.conversation(id).at("turn_count"), 2);
}

TEST(Chat, AForkIsANewConversationThatKnowsWhatWasSaidUntilThen) {
    Talk world;
    ToolsUser ann(world);
    auto& first = ann.start("stream_chat", {{"message", "My name is Ann."}});
    world.agent_finishes("Hello Ann.");
    const auto said = data_of(ann.result(first));
    const auto id = said.at("conversation_id");
    auto& second = ann.start("stream_chat", {{"message", "I like red."}, {"conversation_id", id}});
    world.agent_finishes("Noted.");
    ann.result(second);
    auto& fork = ann.start("stream_chat", {{"message", "Who am I?"}, {"fork_from", said.at("task_id")}});
    EXPECT_THAT(world.heard(), AllOf(HasSubstr("Hello Ann."), Not(HasSubstr("red"))));
    world.agent_finishes("Ann.");
    EXPECT_NE(data_of(ann.result(fork)).at("conversation_id"), id);
}

TEST(Chat, ASecondTurnAtOnceIsAConflict) {
    Talk world;
    ToolsUser ann(world);
    auto& first = ann.start("stream_chat", {{"message", "Think."}, {"conversation_id", "c"}});
    EXPECT_EQ(code_of_failure(ann.call("stream_chat", {{"message", "Faster!"}, {"conversation_id", "c"}})),
              "CONFLICT");
    world.agent_finishes("Thought.");
    EXPECT_EQ(text_of(ann.result(first)), "Thought.");
}

}  // namespace
}  // namespace meshai::tests
