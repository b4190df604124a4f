#include "doors/live/live.h"

#include <gtest/gtest.h>

#include "mesh/testing/mesh_world.h"

namespace meshai::doors::live {
namespace {

struct Tenant : mesh::MeshWorld {
    Tenant() {
        opens();
        live = std::make_unique<Live>(Live::Parts{.tasks = server().log,
                                                  .registry = server().registry,
                                                  .ex = loop.ex(),
                                                  .clock = loop.clock,
                                                  .log = loop.log,
                                                  .metrics = server().metrics});
    }
    ~Tenant() { loop.run(live->close()); }

    std::unique_ptr<Live> live{};
    task::Caller alice{TenantId{"acme"}, Subject{"alice"}, false};

    Result<std::unique_ptr<EventWatch>> watches(EventsWanted wanted = {}) {
        return loop.run(live->watch_events(alice, std::move(wanted)));
    }
    Result<std::vector<Line>> next(EventWatch& watch, Duration patience = 1s) {
        return loop.run(watch.next(loop.clock.in(patience)));
    }
    TaskId submits() {
        task::Request request;
        request.input = "Write";
        auto made = loop.run(
            server().log.submit(alice, std::move(request), loop.clock.wall() + Millis{60'000}, std::nullopt));
        return made.value().id;
    }
    void appends(const TaskId& id, std::uint64_t after, std::vector<task::Body> bodies) {
        ASSERT_TRUE(loop.run(server().log.append(alice.tenant, id, Seq{after}, std::move(bodies))));
    }
    double watches_open(const std::string& view) {
        return server()
            .metrics.gauge("meshai_live_watches", "Clients that watch a tenant live", {{"view", view}})
            .value();
    }
};

TEST(LiveViews, MakeEachLineOnceForAllWhoWatch) {
    Tenant tenant;
    const auto one = tenant.watches().value();
    const auto two = tenant.watches().value();
    tenant.submits();
    const auto first = tenant.next(*one).value();
    const auto second = tenant.next(*two).value();
    ASSERT_EQ(first.size(), 1U);
    ASSERT_EQ(second.size(), 1U);
    EXPECT_EQ(first[0].json.get(), second[0].json.get()) << "the same bytes, not the same text";
    EXPECT_EQ(first[0].cursor, one->cursor());

    const auto numbers = tenant.loop.run(tenant.live->watch_metrics(tenant.alice)).value();
    const auto others = tenant.loop.run(tenant.live->watch_metrics(tenant.alice)).value();
    const auto until = tenant.loop.clock.in(2s);
    EXPECT_EQ(tenant.loop.run(numbers->next(until)).value().get(),
              tenant.loop.run(others->next(until)).value().get());
}

TEST(LiveViews, GiveNothingWhenTheTimeIsUpOrTheBellIsRung) {
    Tenant tenant;
    const auto watch = tenant.watches().value();
    const auto before = tenant.loop.clock.now();
    EXPECT_TRUE(tenant.next(*watch, 3s)->empty());
    EXPECT_EQ(tenant.loop.clock.now() - before, 3s);
    watch->signal().notify();
    EXPECT_TRUE(tenant.next(*watch, 3s)->empty());
    EXPECT_EQ(tenant.loop.clock.now() - before, 3s);
}

TEST(LiveViews, OfManyLinesGiveAsManyAsAreAskedForAndGoOn) {
    Tenant tenant;
    const auto watch = tenant.watches().value();
    const auto id = tenant.submits();
    std::vector<task::Body> bodies;
    for (int i = 0; i < 10; ++i) bodies.emplace_back(task::Progress{std::to_string(i), {}, "", {}, {}});
    tenant.appends(id, 1, std::move(bodies));
    tenant.loop.settle();
    std::size_t seen = 0;
    for (int i = 0; i < 4; ++i) {
        const auto lines = tenant.loop.run(watch->next(tenant.loop.clock.in(1s), 3)).value();
        EXPECT_LE(lines.size(), 3U);
        seen += lines.size();
    }
    EXPECT_EQ(seen, 11U);
}

TEST(LiveViews, RefuseOneWatcherTooMany) {
    Tenant tenant;
    std::vector<std::unique_ptr<EventWatch>> all;
    for (std::size_t i = 0; i < kWatchesPerTenantMax; ++i) all.push_back(tenant.watches().value());
    EXPECT_EQ(tenant.watches_open("events"), static_cast<double>(kWatchesPerTenantMax));
    EXPECT_EQ(tenant.watches().error().code, Code::ResourceExhausted);
    EXPECT_EQ(tenant.loop.run(tenant.live->watch_metrics(tenant.alice)).error().code,
              Code::ResourceExhausted);
    EXPECT_TRUE(tenant.loop.run(tenant.live->watch_metrics({TenantId{"other"}, Subject{"eve"}, true})));
    all.pop_back();
    EXPECT_TRUE(tenant.watches());
    all.clear();
    EXPECT_EQ(tenant.watches_open("events"), 0);
}

TEST(LiveViews, SayThatTheServerGoesDown) {
    Tenant tenant;
    const auto watch = tenant.watches().value();
    const auto numbers = tenant.loop.run(tenant.live->watch_metrics(tenant.alice)).value();
    (void)tenant.loop.run(numbers->next(tenant.loop.clock.in(1s)));
    tenant.loop.run(tenant.live->close());
    EXPECT_EQ(tenant.next(*watch).error().code, Code::Unavailable);
    EXPECT_EQ(tenant.loop.run(numbers->next(tenant.loop.clock.in(9s))).error().code, Code::Unavailable);
    EXPECT_EQ(tenant.watches().error().code, Code::Unavailable);
}

TEST(LiveViews, GoOnFromAnyPlaceThatTheyGaveHoweverLongAgo) {
    Tenant tenant;
    EXPECT_EQ(tenant.watches({.after = "7"}).error().code, Code::InvalidArgument);
    const auto watch = tenant.watches({.from_start = true}).value();
    const auto id = tenant.submits();
    EXPECT_EQ(tenant.next(*watch)->size(), 1U);
    // Away for longer than a channel lingers: the place is still good.
    const auto cursor = watch->cursor();
    tenant.loop.passes(5min);
    tenant.appends(id, 1, {task::Cancelled{"alice", ""}});
    const auto again = tenant.watches({.after = cursor}).value();
    EXPECT_EQ(tenant.next(*again)->size(), 1U);
    EXPECT_EQ(tenant.next(*watch)->size(), 1U);
}

}  // namespace
}  // namespace meshai::doors::live
