#include "app/telemetry/exporter.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/testing/peer.h"
#include "base/test_loop.h"
#include "net/memory/network.h"
#include "store/memory/engine.h"

namespace meshai::app {
namespace {

using agents::answer;
using agents::Then;
using testing::Contains;
using testing::HasSubstr;
using testing::StartsWith;

const std::string kTaken = answer(200, "application/json", "{}");

/// Tasks that end, an exporter, and a receiver in memory.
class ExportWorld {
  public:
    explicit ExportWorld(std::size_t queued_tasks = 100) {
        ExportSettings settings;
        settings.url = *net::http::parse_url("http://collector.test:4318/v1/traces");
        settings.headers.add("Authorization", "Basic s3cret");
        settings.service = {"mesh", "1.2.3"};
        settings.queued_tasks = queued_tasks;
        settings.tracing.is_on = true;
        exporter.emplace(std::move(settings), loop.ex(),
                         ExportTools{tasks, registry, http, loop.clock, loop.random, loop.log, metrics});
    }
    ~ExportWorld() {
        if (is_open_) closes();
        // Everybody leaves while the network still stands.
        loop.scope.cancel();
        loop.settle();
    }
    ExportWorld(const ExportWorld&) = delete;
    ExportWorld& operator=(const ExportWorld&) = delete;

    void starts() {
        exporter->start();
        is_open_ = true;
        loop.settle();
    }
    void closes() {
        loop.run(exporter->close());
        is_open_ = false;
    }
    void receiver_appears() { receiver.emplace(loop, network, net::Endpoint{"collector.test", 4318}); }

    TaskId task_ends() {
        task::Request request;
        request.input = "Write a poem";
        auto made = loop.run(tasks.submit({kTenant, Subject{"ann"}, false}, std::move(request),
                                          loop.clock.wall() + Millis{60'000}, std::nullopt));
        auto wrote = loop.run(tasks.append(
            kTenant, made->id, Seq{1},
            {task::Started{1, AgentId{"a"}, "writer", ""}, task::Completed{"done", {}, AgentId{"a"}, 1}}));
        EXPECT_TRUE(wrote);
        exporter->ended(kTenant, made->id);
        loop.settle();
        return made->id;
    }

    std::size_t requests() const { return receiver->requests().size(); }
    double dropped(const std::string& reason) {
        return metrics
            .counter("meshai_traces_dropped_total", "Tasks whose trace was not exported, by reason",
                     {{"reason", reason}})
            .value();
    }
    double exported() {
        return metrics.counter("meshai_traces_exported_total", "Tasks whose trace was exported").value();
    }
    std::size_t complaints() const {
        std::size_t count = 0;
        for (const auto& line : loop.log.lines()) count += line.starts_with("WARN traces are not exported");
        return count;
    }

    const TenantId kTenant{"acme"};
    TestLoop loop;
    net::MemoryNetwork network{loop.clock};
    Metrics metrics;
    store::MemoryEngine engine{loop.clock};
    task::TaskLog tasks{engine, loop.clock, loop.random, loop.log};
    mesh::Registry registry{engine, loop.clock, loop.random, loop.log, metrics};
    net::client::Client http{loop.ex(), network, loop.clock, loop.log};
    std::optional<agents::FakePeer> receiver{};
    std::optional<TraceExporter> exporter{};

  private:
    bool is_open_ = false;
};

TEST(Exporter, SendsTheTracesOfFinishedTasksTogether) {
    ExportWorld world;
    world.receiver_appears();
    world.receiver->replies(kTaken);
    world.starts();
    const auto first = world.task_ends();
    const auto second = world.task_ends();
    EXPECT_EQ(world.requests(), 0U);
    world.loop.passes(kBatchWait);
    ASSERT_EQ(world.requests(), 1U);
    EXPECT_EQ(world.receiver->first_line(0), "POST /v1/traces HTTP/1.1");
    EXPECT_TRUE(world.receiver->has_header(0, "Content-Type: application/json"));
    EXPECT_TRUE(world.receiver->has_header(0, "Authorization: Basic s3cret"));
    EXPECT_TRUE(world.receiver->has_header(0, "User-Agent: meshai/1.2.3"));
    const auto body = world.receiver->body(0);
    EXPECT_TRUE(parse_json(body));
    EXPECT_THAT(body, HasSubstr(first.value));
    EXPECT_THAT(body, HasSubstr(second.value));
    EXPECT_THAT(body, HasSubstr("invoke_agent writer"));
    EXPECT_EQ(world.exported(), 2);
    EXPECT_EQ(world.complaints(), 0U);
}

TEST(Exporter, GoesOnWithTheTaskThatEndsNext) {
    ExportWorld world;
    world.receiver_appears();
    for (int i = 0; i < 3; ++i) world.receiver->replies(kTaken, Then::Next);
    world.starts();
    for (std::size_t i = 1; i <= 3; ++i) {
        world.task_ends();
        world.loop.passes(kBatchWait);
        EXPECT_EQ(world.requests(), i);
    }
}

TEST(Exporter, ComesBackWhenABusyReceiverWantsIt) {
    ExportWorld world;
    world.receiver_appears();
    world.receiver->replies(answer(503, "text/plain", "busy", "Retry-After: 20\r\n"));
    world.receiver->replies(kTaken);
    world.starts();
    world.task_ends();
    world.loop.passes(kBatchWait + 19s);
    EXPECT_EQ(world.requests(), 1U);
    world.loop.passes(1s);
    EXPECT_EQ(world.requests(), 2U);
    EXPECT_EQ(world.receiver->body(0), world.receiver->body(1));
    EXPECT_EQ(world.exported(), 1);
}

TEST(Exporter, LeavesABusyReceiverAloneWithLaterTasks) {
    ExportWorld world;
    world.receiver_appears();
    world.receiver->replies(answer(429, "text/plain", "", "Retry-After: 20\r\n"));
    world.receiver->replies(kTaken);
    world.receiver->replies(kTaken);
    world.starts();
    world.task_ends();
    world.loop.passes(kBatchWait);
    world.task_ends();
    world.loop.passes(10s);
    EXPECT_EQ(world.requests(), 1U);
    world.loop.passes(12s);
    EXPECT_EQ(world.requests(), 3U);
    EXPECT_EQ(world.exported(), 2);
}

TEST(Exporter, FindsAReceiverThatWasAwayForAWhile) {
    ExportWorld world;
    world.starts();
    world.task_ends();
    world.loop.passes(10s);
    world.receiver_appears();
    world.receiver->replies(kTaken);
    world.loop.passes(kDeliveryBackoffMax);
    EXPECT_EQ(world.requests(), 1U);
    EXPECT_EQ(world.exported(), 1);
}

TEST(Exporter, GivesUpAReceiverThatStaysAwayAndSaysSoOnceInAWhile) {
    ExportWorld world;
    world.starts();
    world.task_ends();
    world.loop.passes(10min);
    EXPECT_EQ(world.dropped("unreachable"), 1);
    EXPECT_EQ(world.complaints(), 1U);
    world.task_ends();
    world.loop.passes(1h);
    EXPECT_EQ(world.dropped("unreachable"), 2);
    EXPECT_EQ(world.complaints(), 2U);
}

TEST(Exporter, WaitsForASlowReceiverOnlySoLong) {
    ExportWorld world;
    world.receiver_appears();
    world.receiver->replies("", Then::Hang);
    world.receiver->replies(kTaken);
    world.starts();
    world.task_ends();
    world.loop.passes(kBatchWait + 9s);
    EXPECT_EQ(world.requests(), 1U);
    world.loop.passes(1s + kDeliveryBackoffFirst);
    EXPECT_EQ(world.requests(), 2U);
    EXPECT_EQ(world.exported(), 1);
}

TEST(Exporter, DoesNotRepeatWhatIsRefused) {
    ExportWorld world;
    world.receiver_appears();
    world.receiver->replies(answer(400, "application/json", R"({"message":"bad"})"));
    world.starts();
    world.task_ends();
    world.loop.passes(1h);
    EXPECT_EQ(world.requests(), 1U);
    EXPECT_EQ(world.dropped("refused"), 1);
    EXPECT_THAT(world.loop.log.lines(), Contains(HasSubstr("it answered 400")));
}

TEST(Exporter, TellsOfSpansThatWereNotTaken) {
    ExportWorld world;
    world.receiver_appears();
    world.receiver->replies(
        answer(200, "application/json", R"({"partialSuccess":{"rejectedSpans":"1","errorMessage":"odd"}})"));
    world.starts();
    world.task_ends();
    world.loop.passes(kBatchWait);
    EXPECT_THAT(world.loop.log.lines(), Contains(StartsWith("WARN the receiver of traces took a part only")));
    EXPECT_EQ(world.requests(), 1U);
}

TEST(Exporter, DropsTasksOverItsBoundAndKeepsTheOthers) {
    ExportWorld world(2);
    world.starts();
    for (int i = 0; i < 5; ++i) world.task_ends();
    // All before time has passed: nothing is on its way yet.
    EXPECT_EQ(world.dropped("queue_full"), 3);
    EXPECT_EQ(world.complaints(), 1U);
    world.receiver_appears();
    world.receiver->replies(kTaken);
    world.loop.passes(kBatchWait);
    EXPECT_EQ(world.exported(), 2);
}

TEST(Exporter, SendsWhatWaitsBeforeTheServerStops) {
    ExportWorld world;
    world.receiver_appears();
    world.receiver->replies(kTaken);
    world.starts();
    world.task_ends();
    world.closes();
    EXPECT_EQ(world.requests(), 1U);
    EXPECT_EQ(world.exported(), 1);
}

TEST(Exporter, HoldsAServerThatStopsUpOnlySoLong) {
    for (const bool is_there : {false, true}) {
        ExportWorld world;
        if (is_there) {
            world.receiver_appears();
            world.receiver->replies("", Then::Hang);
        }
        world.starts();
        world.task_ends();
        const auto before = world.loop.clock.now();
        world.closes();
        EXPECT_LE(world.loop.clock.now() - before, kFlushTimeMax) << is_there;
        EXPECT_EQ(world.dropped("stopped"), 1) << is_there;
        EXPECT_EQ(world.complaints(), 1U);
    }
}

TEST(Exporter, DropsATaskWhoseLogIsGone) {
    ExportWorld world;
    world.starts();
    world.exporter->ended(world.kTenant, TaskId{"t_unknown"});
    world.loop.passes(kBatchWait);
    EXPECT_EQ(world.dropped("unreadable"), 1);
}

TEST(Exporter, NeverPrintsItsSecrets) {
    ExportWorld world;
    world.starts();
    world.task_ends();
    world.loop.passes(10min);
    for (const auto& line : world.loop.log.lines()) EXPECT_EQ(line.find("s3cret"), std::string::npos) << line;
}

}  // namespace
}  // namespace meshai::app
