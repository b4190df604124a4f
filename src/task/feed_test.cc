#include "task/feed.h"

#include "task/retention.h"
#include "task/world_test.h"

namespace meshai::task {
namespace {

struct FeedWorld : TaskWorld {
    std::unique_ptr<Feed> feed = std::make_unique<Feed>(*log, loop.log);

    /// "a submitted, b submitted, a started …" up to the end; `cursor` is then behind it.
    std::string follow(std::string& cursor, const Caller& who, std::size_t max = 2) {
        std::string text;
        for (;;) {
            auto page = loop.run(feed->read(who, cursor, max));
            EXPECT_TRUE(page) << page.error().message;
            if (!page) return text;
            for (const auto& item : page->items) {
                text += (text.empty() ? "" : ", ") + names.at(item.task) + " " +
                        std::string(kind(item.event.body));
                newest = item;
            }
            cursor = page->cursor;
            if (page->is_end) return text;
        }
    }
    std::string all(const Caller& who) {
        std::string cursor;
        return follow(cursor, who);
    }
    TaskId begins(const std::string& name, Request asked, const Caller& who) {
        auto made =
            loop.run(log->submit(who, std::move(asked), loop.clock.wall() + Millis{60'000}, std::nullopt));
        EXPECT_TRUE(made);
        names[made->id] = name;
        return made->id;
    }
    TaskId begins(const std::string& name, const Caller& who) { return begins(name, request(name), who); }
    /// A new process: nothing is known but what is on the disk.
    void forgets() {
        feed.reset();
        restarts();
        feed = std::make_unique<Feed>(*log, loop.log);
    }

    std::map<TaskId, std::string> names;
    std::optional<FeedItem> newest;
};

TEST(TheFeed, HasTheEventsOfAllTasksInTheOrderTheyHappened) {
    FeedWorld world;
    const auto a = world.begins("a", world.alice);
    const auto b = world.begins("b", world.bob);
    ASSERT_TRUE(world.appends(a, 1, {Started{1, AgentId{"a_1"}, "writer", ""}}));
    ASSERT_TRUE(world.appends(b, 1, {Cancelled{"bob", ""}}));
    ASSERT_TRUE(world.appends(a, 2, {Completed{"done", {}, AgentId{"a_1"}, 1}}));
    const std::string whole = "a submitted, b submitted, a started, b cancelled, a completed";
    EXPECT_EQ(world.all(world.boss), whole);
    EXPECT_EQ(world.newest->event.seq, Seq{3});
    EXPECT_EQ(world.newest->origin, (Origin{Subject{"alice"}, {}, a, "", "chat", false}));
    world.forgets();
    EXPECT_EQ(world.all(world.boss), whole);
}

TEST(TheFeed, HidesTheTasksOfOthersFromWhoMaySeeOnlyTheirOwn) {
    FeedWorld world;
    const auto a = world.begins("a", world.alice);
    world.begins("b", world.bob);
    ASSERT_TRUE(world.appends(a, 1, {Cancelled{"alice", ""}}));
    for (int pass = 0; pass < 2; ++pass) {
        EXPECT_EQ(world.all(world.alice), "a submitted, a cancelled");
        EXPECT_EQ(world.all(world.bob), "b submitted");
        EXPECT_EQ(world.all(Caller{TenantId{"other"}, Subject{"alice"}, true}), "");
        world.forgets();
    }
    // A reader who saw nothing still gets on.
    std::string cursor;
    EXPECT_EQ(world.follow(cursor, Caller{world.tenant, Subject{"carol"}, false}), "");
    EXPECT_EQ(cursor, world.loop.run(world.feed->end(world.tenant)).value());
}

TEST(TheFeed, GoesOnBehindACursorAlsoAfterARestart) {
    FeedWorld world;
    const auto a = world.begins("a", world.alice);
    std::string cursor;
    EXPECT_EQ(world.follow(cursor, world.alice), "a submitted");
    world.forgets();
    ASSERT_TRUE(world.appends(a, 1, {Progress{"thinking", {}, "", {}, {}}}));
    EXPECT_EQ(world.follow(cursor, world.alice), "a progress");
    EXPECT_EQ(world.follow(cursor, world.alice), "");
}

TEST(TheFeed, RefusesACursorOfAnotherTenantAndWhatIsNone) {
    FeedWorld world;
    world.begins("a", world.alice);
    std::string cursor;
    world.follow(cursor, world.alice);
    const Caller foreign{TenantId{"other"}, Subject{"alice"}, true};
    EXPECT_EQ(world.loop.run(world.feed->read(foreign, cursor, 9)).error().code, Code::InvalidArgument);
    EXPECT_EQ(world.loop.run(world.feed->read(world.alice, "7", 9)).error().code, Code::InvalidArgument);
}

TEST(TheFeed, KnowsOfAChildWhichWorkflowItIsPartOf) {
    FeedWorld world;
    auto asked = FeedWorld::request("review");
    asked.workflow = json::object{{"name", "review"}};
    const auto root = world.begins("root", asked, world.alice);
    auto part = FeedWorld::request("draft");
    part.lineage = Lineage{.parent = root, .root = root, .step = "draft", .depth = 1};
    const auto child = world.begins("child", part, world.alice);
    auto deeper = FeedWorld::request("words");
    deeper.lineage = Lineage{.parent = child, .root = root, .step = "words", .depth = 2};
    const auto grandchild = world.begins("grandchild", deeper, world.alice);

    std::string cursor;
    EXPECT_EQ(world.follow(cursor, world.alice), "root submitted, child submitted, grandchild submitted");
    for (int pass = 0; pass < 2; ++pass) {
        const auto before = world.view(grandchild).last.value;
        ASSERT_TRUE(world.appends(grandchild, before, {Progress{"thinking", {}, "", {}, {}}}));
        EXPECT_EQ(world.follow(cursor, world.alice), "grandchild progress");
        EXPECT_EQ(world.newest->origin, (Origin{Subject{"alice"}, child, root, "review", "chat", false}));
        world.forgets();
    }
    ASSERT_TRUE(world.appends(root, 1, {Progress{"half", 50, "", {}, {}}}));
    EXPECT_EQ(world.follow(cursor, world.alice), "root progress");
    EXPECT_TRUE(world.newest->origin.is_composite);
}

TEST(TheFeed, LeavesOutWhatIsPastItsRetention) {
    FeedWorld world;
    const auto old = world.begins("old", world.alice);
    ASSERT_TRUE(world.appends(old, 1, {Cancelled{"alice", ""}}));
    std::string cursor;
    world.follow(cursor, world.alice);
    const auto kept = world.begins("kept", world.alice);
    Retention retention(*world.engine, world.loop.clock, world.loop.log, {.tasks_max = 0});
    EXPECT_EQ(world.loop.run(retention.forget_tasks()).value(), 1U);
    EXPECT_EQ(world.all(world.alice), "kept submitted");
    EXPECT_EQ(world.follow(cursor, world.alice), "kept submitted");
}

TEST(TheFeed, GivesTheOpenTasksOfTheTenant) {
    FeedWorld world;
    const auto a = world.begins("a", world.alice);
    const auto b = world.begins("b", world.bob);
    ASSERT_TRUE(world.appends(b, 1, {Started{1, AgentId{"a_1"}, "writer", ""}}));
    world.finished_task("c");
    const auto open = world.loop.run(world.feed->open_tasks(world.tenant)).value();
    ASSERT_EQ(open.size(), 2U);
    std::map<TaskId, State> states;
    for (const auto& one : open) states[one.id] = one.state;
    EXPECT_EQ(states, (std::map<TaskId, State>{{a, State::Pending}, {b, State::Executing}}));
    EXPECT_TRUE(world.loop.run(world.feed->open_tasks(TenantId{"other"}))->empty());
}

TEST(TheFeed, OfMoreTasksThanAreKeptInMemoryIsTheSame) {
    FeedWorld world;
    const auto first = world.begins("first", world.alice);
    for (std::size_t i = 0; i < kOriginsMax + 10; ++i) world.begins("x", world.bob);
    ASSERT_TRUE(world.appends(first, 1, {Cancelled{"alice", ""}}));
    std::string cursor;
    EXPECT_EQ(world.follow(cursor, world.alice, 1000), "first submitted, first cancelled");
}

}  // namespace
}  // namespace meshai::task
