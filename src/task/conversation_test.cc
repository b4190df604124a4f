// Conversations: tasks that name one, in the order they came; forks, bounds, and what is forgotten.
#include "task/conversation.h"

#include "task/retention.h"
#include "task/world_test.h"

namespace meshai::task {
namespace {

struct Talk : TaskWorld {
    Conversations talks() { return Conversations(*log); }

    Result<Submission> tries_to_say(const Caller& who, const std::string& conversation,
                                    std::optional<std::string> key = {}) {
        Request request;
        request.input = "hello";
        request.conversation = conversation;
        return loop.run(log->submit(who, std::move(request), loop.clock.wall() + 60s, std::move(key)));
    }
    /// A turn that still runs.
    TaskId says(const Caller& who, const std::string& conversation) {
        return tries_to_say(who, conversation).value().id;
    }
    void ends(const TaskId& id) { ASSERT_TRUE(appends(id, 1, {Completed{}})); }
    /// A turn that has its answer.
    TaskId talked(const Caller& who, const std::string& conversation) {
        const auto id = says(who, conversation);
        ends(id);
        return id;
    }
    std::vector<TaskId> turns(const Caller& who, const std::string& conversation, TaskId after = {},
                              std::size_t max = 100) {
        return loop.run(talks().turns(who.tenant, who.subject, conversation, after, max)).value();
    }
    Result<Conversation> find(const Caller& who, const std::string& id) {
        return loop.run(talks().find(who, id));
    }
    Result<MadeConversation> forks(const Caller& who, const std::string& from, const TaskId& at,
                                   const std::string& id) {
        auto source = find(who, from);
        if (!source) return source.error();
        return loop.run(talks().fork(who, id, {}, *source, at));
    }
    Status removes(const Caller& who, const std::string& id) {
        auto found = find(who, id);
        if (!found) return found.error();
        return loop.run(talks().remove(who.tenant, *found));
    }
    std::size_t forgets(Duration age_max) {
        Retention retention(*engine, loop.clock, loop.log, {.age_max = age_max});
        EXPECT_TRUE(loop.run(retention.forget_tasks()));
        return loop.run(retention.forget_keys()).value();
    }
};

TEST(Conversation, ItsTurnsAreTheTasksThatNamedItInTheirOrder) {
    Talk world;
    // All within one millisecond: the order is that in which they came.
    const auto first = world.talked(world.alice, "chat");
    world.talked(world.alice, "chat/2");
    const auto second = world.talked(world.alice, "chat");
    const auto third = world.talked(world.alice, "chat");
    EXPECT_EQ(world.turns(world.alice, "chat"), (std::vector{first, second, third}));
    EXPECT_EQ(world.turns(world.alice, "chat", {}, 2), (std::vector{first, second}));
    EXPECT_EQ(world.turns(world.alice, "chat", second), std::vector{third});
    EXPECT_TRUE(world.turns(world.alice, "nobody's").empty());
    EXPECT_EQ(world.find(world.alice, "chat")->turns, 3U);
}

TEST(Conversation, AClockThatIsSetBackLeavesTheOrder) {
    Talk world;
    const auto first = world.talked(world.alice, "chat");
    world.loop.clock.step_wall(-Millis{3'600'000});
    const auto second = world.talked(world.alice, "chat");
    EXPECT_EQ(world.turns(world.alice, "chat"), (std::vector{first, second}));
}

TEST(Conversation, ASecondTurnWhileOneRunsIsAConflictThatNamesIt) {
    Talk world;
    const auto running = world.says(world.alice, "chat");
    const auto refused = world.tries_to_say(world.alice, "chat");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::Conflict);
    EXPECT_NE(refused.error().message.find(running.value), std::string::npos);
    world.ends(running);
    EXPECT_TRUE(world.tries_to_say(world.alice, "chat"));
}

TEST(Conversation, OfTwoTurnsThatComeAtOnceOneIsMade) {
    Talk world;
    std::vector<Result<Submission>> got;
    const auto ask = [&](std::vector<Result<Submission>>& into) -> Async<void> {
        Request request;
        request.input = "hello";
        request.conversation = "chat";
        into.push_back(co_await world.log->submit(world.alice, std::move(request),
                                                  world.loop.clock.wall() + 60s, std::nullopt));
    };
    for (int i = 0; i < 8; ++i) world.loop.scope.spawn("turn", ask(got));
    world.loop.settle();
    ASSERT_EQ(got.size(), 8U);
    EXPECT_EQ(std::ranges::count_if(got, [](const auto& one) { return one.has_value(); }), 1);
    for (const auto& one : got)
        if (!one) EXPECT_EQ(one.error().code, Code::Conflict);
    EXPECT_EQ(world.turns(world.alice, "chat").size(), 1U);
}

TEST(Conversation, ATurnWithTheSameKeyIsTheSameTurnAlsoWhileItRuns) {
    Talk world;
    const auto first = world.tries_to_say(world.alice, "chat", "key").value();
    const auto again = world.tries_to_say(world.alice, "chat", "key").value();
    EXPECT_EQ(first.id, again.id);
    EXPECT_FALSE(again.is_new);
    EXPECT_EQ(world.find(world.alice, "chat")->turns, 1U);
}

TEST(Conversation, AnotherSubjectHasItsOwnUnderTheSameName) {
    Talk world;
    world.says(world.alice, "chat");
    const auto of_bob = world.says(world.bob, "chat");
    EXPECT_EQ(world.turns(world.bob, "chat"), std::vector{of_bob});
    EXPECT_EQ(world.find(world.bob, "chat")->subject, world.bob.subject);
}

TEST(Conversation, AForeignOneIsNotFoundButWhoSeesTheTenantFindsIt) {
    Talk world;
    world.talked(world.alice, "secret");
    EXPECT_EQ(world.find(world.bob, "secret").error().code, Code::NotFound);
    EXPECT_EQ(world.find(world.bob, "secret").error(), world.find(world.bob, "never was").error());
    EXPECT_EQ(world.find(world.boss, "secret")->subject, world.alice.subject);
    const Caller stranger{TenantId{"evil"}, world.alice.subject, true};
    EXPECT_EQ(world.find(stranger, "secret").error().code, Code::NotFound);
}

TEST(Conversation, AListIsOfTheCallersOwnNewestFirstAndComesInPages) {
    Talk world;
    for (const auto* id : {"one", "two", "three"}) {
        world.talked(world.alice, id);
        world.talked(world.bob, std::string("bob's ") + id);
        world.loop.passes(1s);
    }
    auto talks = world.talks();
    const auto page = world.loop.run(talks.list(world.alice, "", 2)).value();
    ASSERT_EQ(page.conversations.size(), 2U);
    EXPECT_EQ(page.conversations[0].id, "three");
    EXPECT_EQ(page.conversations[1].id, "two");
    const auto rest = world.loop.run(talks.list(world.alice, page.next, 2)).value();
    ASSERT_EQ(rest.conversations.size(), 1U);
    EXPECT_EQ(rest.conversations[0].id, "one");
    EXPECT_EQ(rest.conversations[0].turns, 1U);
    EXPECT_EQ(world.loop.run(talks.list(world.boss, "", 100)).value().conversations.size(), 6U);
}

TEST(Conversation, IsMadeBeforeItsFirstTurnWithSettingsThatStay) {
    Talk world;
    TalkSettings settings;
    settings.title = "Plans";
    settings.agents = {"writer"};
    settings.context = {3, 4096, Overflow::Summarise};
    settings.metadata = {{"project", 7}};
    auto talks = world.talks();
    EXPECT_TRUE(world.loop.run(talks.create(world.alice, "plans", settings))->is_new);
    EXPECT_FALSE(world.loop.run(talks.create(world.alice, "plans", settings))->is_new);
    world.talked(world.alice, "plans");
    world.restarts();
    const auto found = world.find(world.alice, "plans").value();
    EXPECT_EQ(found.settings, settings);
    EXPECT_EQ(found.turns, 1U);
    settings.title = "Other plans";
    EXPECT_EQ(world.loop.run(world.talks().create(world.alice, "plans", settings)).error().code,
              Code::Conflict);
}

TEST(Conversation, WhatIsOverItsBoundIsRefusedByName) {
    Talk world;
    auto talks = world.talks();
    const auto code = [&](std::string id, TalkSettings settings) {
        auto made = world.loop.run(talks.create(world.alice, std::move(id), std::move(settings)));
        return made ? Code::Internal : made.error().code;
    };
    TalkSettings title;
    title.title = std::string(kTitleBytesMax + 1, 't');
    EXPECT_EQ(code("c", title), Code::InvalidArgument);
    TalkSettings metadata;
    metadata.metadata = {{"m", std::string(kMetadataBytesMax, 'm')}};
    EXPECT_EQ(code("c", metadata), Code::TooLarge);
    TalkSettings turns;
    turns.context.turns_max = kTalkTurnsMax + 1;
    EXPECT_EQ(code("c", turns), Code::InvalidArgument);
    TalkSettings bytes;
    bytes.context.bytes_max = kTalkBytesMin - 1;
    EXPECT_EQ(code("c", bytes), Code::InvalidArgument);
    for (const auto& id : {std::string(), std::string(kConversationBytesMax + 1, 'c'), std::string("/list"),
                           std::string("a\nb")})
        EXPECT_EQ(code(id, {}), Code::InvalidArgument) << id;
}

TEST(Conversation, ANameOverItsBoundIsRefusedWithTheTurn) {
    Talk world;
    EXPECT_EQ(world.tries_to_say(world.alice, std::string(kConversationBytesMax + 1, 'c')).error().code,
              Code::InvalidArgument);
    EXPECT_EQ(world.tries_to_say(world.alice, "/head/x").error().code, Code::InvalidArgument);
}

TEST(Conversation, HasAtMostSoManyTurns) {
    Talk world;
    for (std::size_t i = 0; i < kConversationTurnsMax; ++i) world.talked(world.alice, "chat");
    EXPECT_EQ(world.tries_to_say(world.alice, "chat").error().code, Code::TooLarge);
    EXPECT_EQ(world.turns(world.alice, "chat", {}, kConversationTurnsMax).size(), kConversationTurnsMax);
    // All of it can still be shared, and removed in one go.
    const auto last = world.find(world.alice, "chat")->last;
    EXPECT_EQ(world.forks(world.alice, "chat", last, "fork")->conversation.turns, kConversationTurnsMax);
    EXPECT_TRUE(world.removes(world.alice, "chat"));
}

TEST(Conversation, AForkSharesTheTurnsUpToItsOwnBeginningAndThenGoesItsOwnWay) {
    Talk world;
    const auto first = world.talked(world.alice, "chat");
    const auto second = world.talked(world.alice, "chat");
    const auto third = world.talked(world.alice, "chat");
    const auto fork = world.forks(world.alice, "chat", second, "fork").value().conversation;
    EXPECT_EQ(fork.forked_from, "chat");
    EXPECT_EQ(fork.forked_at, second);
    const auto own = world.talked(world.alice, "fork");
    EXPECT_EQ(world.turns(world.alice, "fork"), (std::vector{first, second, own}));
    EXPECT_EQ(world.turns(world.alice, "chat"), (std::vector{first, second, third}));
    EXPECT_EQ(world.find(world.alice, "fork")->turns, 3U);
    // Removing one leaves the other.
    EXPECT_TRUE(world.removes(world.alice, "chat"));
    EXPECT_EQ(world.turns(world.alice, "fork").size(), 3U);
}

TEST(Conversation, AForkBeginsAtATurnThatIsThereAndHasEnded) {
    Talk world;
    world.talked(world.alice, "chat");
    const auto elsewhere = world.talked(world.alice, "another");
    const auto running = world.says(world.alice, "chat");
    EXPECT_EQ(world.forks(world.alice, "chat", elsewhere, "f").error().code, Code::NotFound);
    EXPECT_EQ(world.forks(world.alice, "chat", running, "f").error().code, Code::Conflict);
    EXPECT_EQ(world.forks(world.bob, "chat", running, "f").error().code, Code::NotFound);
}

TEST(Conversation, AForkKnowsTheSummaryOfWhatItShares) {
    Talk world;
    const auto first = world.talked(world.alice, "chat");
    const auto second = world.talked(world.alice, "chat");
    world.talked(world.alice, "chat");
    auto talks = world.talks();
    const auto& who = world.alice;
    ASSERT_TRUE(world.loop.run(talks.keep_summary(who.tenant, who.subject, "chat", {first, "Hello.", 1})));
    ASSERT_TRUE(world.forks(who, "chat", second, "fork"));
    const auto told = world.loop.run(talks.summary(who.tenant, who.subject, "fork", second)).value();
    ASSERT_TRUE(told);
    EXPECT_EQ(told->text, "Hello.");
    EXPECT_EQ(told->last, first);
    ASSERT_TRUE(world.forks(who, "chat", first, "early"));
    // A summary never tells of a turn that comes after.
    EXPECT_FALSE(world.loop.run(talks.summary(who.tenant, who.subject, "chat", first)).value());
}

TEST(Conversation, WhatIsRemovedIsGoneWithItsTurnsAndItsTasksStay) {
    Talk world;
    const auto turn = world.talked(world.alice, "chat");
    const auto running = world.says(world.alice, "chat");
    EXPECT_EQ(world.removes(world.alice, "chat").error().code, Code::Conflict);
    world.ends(running);
    EXPECT_TRUE(world.removes(world.alice, "chat"));
    EXPECT_EQ(world.find(world.alice, "chat").error().code, Code::NotFound);
    EXPECT_TRUE(world.turns(world.alice, "chat").empty());
    auto talks = world.talks();
    EXPECT_TRUE(world.loop.run(talks.list(world.alice, "", 10)).value().conversations.empty());
    EXPECT_EQ(world.view(turn).state, State::Completed);
}

TEST(Conversation, ATurnPastItsRetentionIsNoLongerOne) {
    Talk world;
    world.talked(world.alice, "chat");
    world.loop.passes(25h);
    const auto later = world.talked(world.alice, "chat");
    world.forgets(24h);
    EXPECT_EQ(world.turns(world.alice, "chat"), std::vector{later});
    EXPECT_TRUE(world.find(world.alice, "chat"));
}

TEST(Conversation, WhereNothingIsLeftItIsForgottenItself) {
    Talk world;
    world.talked(world.alice, "chat");
    const auto shared = world.talked(world.alice, "chat");
    ASSERT_TRUE(world.forks(world.alice, "chat", shared, "fork"));
    auto talks = world.talks();
    ASSERT_TRUE(world.loop.run(talks.create(world.alice, "empty", {})));
    world.loop.passes(23h);
    world.forgets(24h);
    EXPECT_TRUE(world.find(world.alice, "empty"));
    world.loop.passes(2h);
    world.talked(world.alice, "new");
    world.forgets(24h);
    for (const auto* id : {"chat", "fork", "empty"})
        EXPECT_EQ(world.find(world.alice, id).error().code, Code::NotFound) << id;
    EXPECT_TRUE(world.find(world.alice, "new"));
    EXPECT_TRUE(world.turns(world.alice, "fork").empty());
}

TEST(Conversation, ATurnThatAForkSharesIsListedAlsoWhenItIsPastItsRetention) {
    Talk world;
    const auto old = world.talked(world.alice, "chat");
    ASSERT_TRUE(world.forks(world.alice, "chat", old, "fork"));
    world.loop.passes(25h);
    const auto own = world.talked(world.alice, "fork");
    world.forgets(24h);
    EXPECT_EQ(world.turns(world.alice, "fork"), (std::vector{old, own}));
    EXPECT_EQ(world.loop.run(world.log->view(world.tenant, old)).error().code, Code::Gone);
}

}  // namespace
}  // namespace meshai::task
