#include "doors/toolbox/changes.h"

#include <gtest/gtest.h>

#include "base/test_loop.h"

namespace meshai::doors {
namespace {

const TenantId kAcme{"acme"};

struct Watching {
    TestLoop loop;
    Changes changes;
    std::unique_ptr<Changes::Watch> watch = changes.watch(kAcme, Signal(loop.ex(), loop.clock));
};

TEST(Changes, AreHeardOnceHoweverOftenTheyHappened) {
    Watching w;
    w.changes.fire_tools();
    w.changes.fire_tools();
    w.changes.fire_prompts();
    const auto news = w.watch->take();
    EXPECT_TRUE(news.tools);
    EXPECT_TRUE(news.prompts);
    EXPECT_FALSE(news.resources);
    EXPECT_TRUE(w.watch->take().is_empty());
}

TEST(Changes, RingTheBellOfTheWatch) {
    Watching w;
    const Signal bell(w.loop.ex(), w.loop.clock);
    const auto other = w.changes.watch(kAcme, bell);
    w.changes.fire_resources();
    EXPECT_EQ(w.loop.run(bell.wait_until(w.loop.clock.in(1s))), Wake::Notified);
}

TEST(Changes, OfAResourceAreForThoseWhoNamedItAndForTheTenant) {
    Watching w;
    ASSERT_TRUE(w.watch->add_uri("test://a"));
    w.changes.fire_resource(kAcme, "test://b");
    w.changes.fire_resource({"other"}, "test://a");
    EXPECT_TRUE(w.watch->take().is_empty());
    w.changes.fire_resource(kAcme, "test://a");
    EXPECT_EQ(w.watch->take().uris, std::set<std::string>{"test://a"});
    w.changes.fire_resource({}, "test://a");
    EXPECT_EQ(w.watch->take().uris, std::set<std::string>{"test://a"});
    w.watch->remove_uri("test://a");
    w.changes.fire_resource(kAcme, "test://a");
    EXPECT_TRUE(w.watch->take().is_empty());
}

TEST(Changes, OfMoreResourcesThanTheBoundAreNotWatched) {
    Watching w;
    for (std::size_t i = 0; i < kWatchedUrisMax; ++i)
        ASSERT_TRUE(w.watch->add_uri("test://" + std::to_string(i)));
    EXPECT_TRUE(w.watch->add_uri("test://0"));
    EXPECT_EQ(w.watch->add_uri("test://more").error().code, Code::ResourceExhausted);
}

TEST(Changes, AWatchMayOutliveThem) {
    Watching w;
    auto changes = std::make_unique<Changes>();
    const auto watch = changes->watch(kAcme, Signal(w.loop.ex(), w.loop.clock));
    changes.reset();
    EXPECT_TRUE(watch->take().is_empty());
}

}  // namespace
}  // namespace meshai::doors
