// Stories of a server that dies and starts again on the same disk.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/world/world.h"

namespace meshai::tests {
namespace {

using testing::Contains;
using testing::HasSubstr;

template <class Kind>
std::size_t count(const std::vector<task::Event>& events) {
    return static_cast<std::size_t>(std::ranges::count_if(
        events, [](const auto& event) { return std::holds_alternative<Kind>(event.body); }));
}

void expect_sound(const std::vector<task::Event>& events) {
    ASSERT_FALSE(events.empty());
    for (std::size_t i = 0; i < events.size(); ++i) EXPECT_EQ(events[i].seq.value, i + 1);
    for (std::size_t i = 0; i + 1 < events.size(); ++i) EXPECT_FALSE(task::is_last(events[i].body));
    int attempt = 0;
    for (const auto& event : events)
        if (const auto* started = std::get_if<task::Started>(&event.body))
            EXPECT_EQ(started->attempt, ++attempt);
}

TEST(Crash, ATaskThatWasRunningIsRunAgainAndTheLogSaysSo) {
    World world;
    auto& stream = world.mesh_execute("Write a poem");
    world.agent_writes("Roses");
    const auto id = stream.task_id();
    const auto seen = stream.bytes();

    world.crash();
    world.starts();
    world.agent_finishes("Roses are red");

    auto& again = world.resume(stream);
    EXPECT_THAT(take(again), Contains("result Roses are red"));
    const auto events = world.log_of(id);
    expect_sound(events);
    EXPECT_EQ(count<task::Started>(events), 2U);
    EXPECT_EQ(count<task::Completed>(events), 1U);

    auto& replay = world.open_stream("/api/v1/tasks/" + id + "/stream");
    EXPECT_TRUE(replay.bytes().starts_with(seen))
        << "what a client saw before the crash is what stands there";
}

TEST(Crash, ATaskThatMayNotBeRunAgainFailsWithTheReason) {
    World world;
    auto& stream = world.mesh_execute("Send the invoice", {{"recovery", "fail"}});
    ASSERT_EQ(world.agent().calls_now(), 1U);
    world.crash();
    world.starts();

    auto& again = world.resume(stream);
    EXPECT_THAT(take(again), Contains("error INTERRUPTED"));
    EXPECT_EQ(world.agent().calls().size(), 1U);
}

TEST(Crash, AClientThatRetriesWithItsKeyGetsTheTaskItHad) {
    World world;
    const json::object body{{"task", "Write a poem"}};
    const auto first = world.post("/api/v1/tasks", body, {{"Idempotency-Key", "k1"}});
    world.crash();
    world.starts();
    const auto second = world.post("/api/v1/tasks", body, {{"Idempotency-Key", "k1"}});
    EXPECT_EQ(find_string(*parse_json_object(first.body), "task_id"),
              find_string(*parse_json_object(second.body), "task_id"));
}

TEST(Crash, WhereverItHappensEachTaskHasOneEndingAndNoGap) {
    // The plug is pulled after each commit of the story in turn.
    for (std::uint64_t commits = 0; commits < 12; ++commits) {
        SCOPED_TRACE("plug pulled after commit " + std::to_string(commits));
        World world(commits + 1);
        const auto before = world.disk->commits();
        auto& stream = world.mesh_execute("Write a poem", {}, {{"Idempotency-Key", "k1"}});
        for (const auto* piece : {"Roses ", "are ", "red, ", "violets ", "are ", "blue"}) {
            if (world.disk->commits() - before >= commits) break;
            world.agent_writes(piece);
        }
        world.crash();
        world.starts();

        auto& retried = world.mesh_execute("Write a poem", {}, {{"Idempotency-Key", "k1"}});
        world.agent_finishes("a poem");
        EXPECT_THAT(take(retried), Contains("result a poem"));
        if (!stream.task_id().empty()) {
            EXPECT_EQ(stream.task_id(), retried.task_id());
        }
        const auto events = world.log_of(retried.task_id());
        expect_sound(events);
        EXPECT_EQ(count<task::Completed>(events), 1U);
        EXPECT_TRUE(retried.bytes().starts_with(stream.bytes()));
    }
}

TEST(Crash, AFullDiskRefusesNewTasksAndLosesNone) {
    World world;
    auto& stream = world.mesh_execute("Write a poem");
    take(stream);
    world.disk->set_full(true);
    const auto refused = world.post("/api/v1/tasks", json::object{{"task", "Write another"}});
    EXPECT_EQ(refused.status, 507);
    EXPECT_THAT(refused.body, HasSubstr("STORAGE_FULL"));
    world.agent_says("thinking");
    EXPECT_EQ(take(stream), (Frames{})) << "nobody sees what is not on the disk";

    world.disk->set_full(false);
    world.agent_finishes("a poem");
    world.passes(60s);
    EXPECT_THAT(take(stream), Contains("result a poem"));
    expect_sound(world.log_of(stream.task_id()));
}

}  // namespace
}  // namespace meshai::tests
