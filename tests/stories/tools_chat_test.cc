// Stories of conversations: each turn is a task, and the agent knows what was said before.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/stories/tools_user.h"

namespace meshai::tests {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

TEST(Chat, TheSecondTurnHearsTheFirst) {
    World world;
    ToolsUser ann(world);
    auto& first = ann.start("stream_chat", {{"message", "My name is Ann."}});
    world.agent_finishes("Hello Ann.");
    const auto conversation = data_of(ann.result(first)).at("conversation_id");
    EXPECT_EQ(text_of(ann.result(first)), "Hello Ann.");
    world.passes(1s);

    auto& second = ann.start("stream_chat", {{"message", "Who am I?"}, {"conversation_id", conversation}});
    world.agent_finishes("You are Ann.");
    EXPECT_EQ(data_of(ann.result(second)).at("conversation_id"), conversation);
    const auto heard = to_text(world.agent().calls().back().request.input);
    EXPECT_THAT(heard, HasSubstr("My name is Ann."));
    EXPECT_THAT(heard, HasSubstr("Hello Ann."));
    EXPECT_THAT(heard, HasSubstr("Who am I?"));
}

TEST(Chat, NobodyHearsTheConversationOfAnother) {
    World world;
    ToolsUser ann(world);
    ToolsUser eve(world, world.make_key("evil", "eve"));
    ToolsUser bob(world, world.make_key("acme", "bob", {"mcp:read", "mcp:execute"}));
    auto& secret =
        ann.start("stream_chat", {{"message", "The word is swordfish."}, {"conversation_id", "c"}});
    world.agent_finishes("I keep it.");
    ann.result(secret);
    for (auto* other : {&eve, &bob}) {
        auto& call =
            other->start("stream_chat", {{"message", "What is the word?"}, {"conversation_id", "c"}});
        EXPECT_THAT(to_text(world.agent().calls().back().request.input), Not(HasSubstr("swordfish")));
        world.agent_finishes("I do not know.");
        other->result(call);
    }
}

TEST(Chat, PiecesOfTheAnswerAreToldAsTheyAreWritten) {
    World world;
    ToolsUser ann(world);
    auto& call = ann.start_with_progress("stream_chat", {{"message", "Tell me a story."}});
    world.agent_writes("Once upon ");
    EXPECT_THAT(said(call), Contains(HasSubstr("Once upon")));
    EXPECT_FALSE(call.is_ended());
    world.agent_finishes("Once upon a time.");
    EXPECT_EQ(text_of(ann.result(call)), "Once upon a time.");
}

TEST(Chat, InTheGuidesDialectTokensAreEventsAndTheConversationIsNamed) {
    World world;
    const auto say = [&](json::object arguments) -> Stream& {
        json::object body{{"id", "7"},
                          {"method", "tools/call"},
                          {"params", {{"name", "stream_chat"}, {"arguments", std::move(arguments)}}}};
        return world.send("POST", "/v1/mcp/stream",
                          {{"Content-Type", "application/json"}, {"Accept", "text/event-stream"}},
                          to_text(body));
    };
    auto& first = say({{"message", "Hello"}});
    world.agent_writes("Good ");
    world.agent_writes("day");
    world.agent_finishes("Good day");
    EXPECT_THAT(first.take(), AllOf(Contains("start"), Contains("token Good "), Contains("token day"),
                                    Contains("result Good day"), Contains("answer"), Contains("[DONE]")));
    const auto& answer = first.messages().at(first.messages().size() - 2);
    const auto message = parse_json_object(answer.data).value_or(json::object{});
    const auto conversation = data_of(message.at("result").as_object()).at("conversation_id");
    world.passes(1s);
    say({{"message", "And now?"}, {"conversation_id", conversation}});
    EXPECT_THAT(to_text(world.agent().calls().back().request.input), HasSubstr("Good day"));
}

}  // namespace
}  // namespace meshai::tests
