// The turns of a conversation: tasks that name it, found in the order they came.
#include "task/retention.h"
#include "task/world_test.h"

namespace meshai::task {
namespace {

struct Talk : TaskWorld {
    TaskId says(const Caller& who, const std::string& conversation) {
        Request request;
        request.input = "hello";
        request.conversation = conversation;
        const auto submitted =
            loop.run(log->submit(who, std::move(request), loop.clock.wall() + 60s, std::nullopt));
        loop.passes(1s);
        return submitted.value().id;
    }
    std::vector<TaskId> turns(const Caller& who, const std::string& conversation, std::size_t max = 100) {
        return loop.run(log->turns(who, conversation, max)).value();
    }
};

TEST(Conversation, ItsTurnsAreTheTasksThatNamedItInTheirOrder) {
    Talk world;
    const auto first = world.says(world.alice, "chat");
    world.says(world.alice, "chat/2");
    const auto second = world.says(world.alice, "chat");
    const auto third = world.says(world.alice, "chat");
    EXPECT_EQ(world.turns(world.alice, "chat"), (std::vector{first, second, third}));
    EXPECT_EQ(world.turns(world.alice, "chat", 2), (std::vector{second, third}));
    EXPECT_TRUE(world.turns(world.alice, "nobody's").empty());
}

TEST(Conversation, AnotherSubjectHasItsOwnUnderTheSameName) {
    Talk world;
    world.says(world.alice, "chat");
    const auto of_bob = world.says(world.bob, "chat");
    EXPECT_EQ(world.turns(world.bob, "chat"), std::vector{of_bob});
}

TEST(Conversation, ATurnPastItsRetentionIsNoLongerOne) {
    Talk world;
    const auto id = world.says(world.alice, "chat");
    const auto later = world.says(world.alice, "chat");
    ASSERT_TRUE(world.appends(id, 1, {Completed{}}));
    world.loop.passes(25h);
    Retention retention(*world.engine, world.loop.clock, world.loop.log, {.age_max = 24h});
    EXPECT_EQ(world.loop.run(retention.forget_tasks()).value(), 1U);
    EXPECT_EQ(world.turns(world.alice, "chat"), std::vector{later});
}

TEST(Conversation, ANameOverItsBoundIsRefused) {
    Talk world;
    Request request;
    request.conversation = std::string(kConversationBytesMax + 1, 'c');
    const auto refused =
        world.loop.run(world.log->submit(world.alice, std::move(request), world.loop.clock.wall(), {}));
    EXPECT_EQ(refused.error().code, Code::InvalidArgument);
}

}  // namespace
}  // namespace meshai::task
