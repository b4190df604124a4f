// Stories of one client and one task, on the guide's endpoint.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/world/world.h"

namespace meshai::tests {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::StartsWith;

TEST(Streaming, AClientThatReconnectsMissesNothingAndSeesNothingTwice) {
    World world;
    auto& stream = world.mesh_execute("Write a poem");
    take(stream);
    world.agent_says("thinking");
    EXPECT_EQ(take(stream), (Frames{"progress thinking"}));

    stream.close();  // the train enters a tunnel
    world.agent_says("rhyming");
    world.agent_finishes("a poem");

    auto& again = world.resume(stream);
    EXPECT_EQ(take(again), (Frames{"progress rhyming", "result a poem", "complete", "answer", "[DONE]"}));
}

TEST(Streaming, ASilentTaskIsKeptAliveEveryFifteenSeconds) {
    World world;
    auto& stream = world.mesh_execute("Think for a long time");
    take(stream);

    world.passes(14s);
    EXPECT_EQ(take(stream), (Frames{}));
    world.passes(1s);
    EXPECT_EQ(take(stream), (Frames{"keepalive"}));
}

TEST(Streaming, ALongSilentTaskSaysHowItIsEveryTenSecondsAfterThirty) {
    World world;
    auto& stream = world.mesh_execute("Think for a long time");
    world.passes(30s);
    take(stream);
    for (int i = 0; i < 6; ++i) {
        world.passes(10s);
        EXPECT_THAT(take(stream), Contains(StartsWith("progress "))) << "after " << 40 + 10 * i << " s";
    }
}

TEST(Streaming, EveryCutOfAStreamJoinsToTheUncutOneByteForByte) {
    World world;
    auto& stream = world.mesh_execute("Write a poem");
    world.agent_says("thinking");
    world.agent_writes("Roses are red, ");
    world.agent_writes("violets are blue");
    world.agent_finishes("Roses are red, violets are blue");
    const std::string whole = stream.bytes();
    ASSERT_THAT(whole, HasSubstr("data: [DONE]\n\n"));

    for (std::size_t end = whole.find("\n\n"); end + 2 < whole.size(); end = whole.find("\n\n", end + 2)) {
        const auto read = whole.substr(0, end + 2);
        const auto id_at = read.rfind("\nid: ");
        ASSERT_NE(id_at, std::string::npos);
        const auto id = read.substr(id_at + 5, read.find('\n', id_at + 5) - id_at - 5);
        auto& rest =
            world.open_stream("/api/v1/tasks/" + stream.task_id() + "/stream", {{"Last-Event-ID", id}});
        EXPECT_EQ(read + rest.bytes(), whole) << "cut at byte " << end + 2;
    }
}

TEST(Streaming, AFailedTaskSaysWhyAndStillAnswersTheRequest) {
    World world;
    auto& stream = world.mesh_execute("Write a poem", {{"max_retries", 0}});
    take(stream);
    world.agent_fails({.error = {Code::AgentFailed, "The writer has no ink."}});
    EXPECT_EQ(take(stream), (Frames{"error TASK_EXECUTION_FAILED", "answer", "[DONE]"}));
    EXPECT_TRUE(stream.is_ended());
    EXPECT_THAT(stream.bytes(), HasSubstr("The writer has no ink."));
}

TEST(Streaming, ATaskEndsAtItsDeadline) {
    World world;
    auto& stream = world.mesh_execute("Think for ever", {{"timeout_seconds", 20}});
    world.passes(19s);
    EXPECT_FALSE(stream.is_ended());
    world.passes(2s);
    EXPECT_THAT(take(stream), Contains("error TIMEOUT"));
    EXPECT_EQ(world.agent().calls_now(), 0U);
}

TEST(Streaming, AClientThatAskedForItTakesItsTaskAlong) {
    World world;
    auto& stream = world.mesh_execute("Write a poem", {{"on_disconnect", "cancel"}});
    ASSERT_EQ(world.agent().calls_now(), 1U);
    stream.close();
    world.passes(1s);
    EXPECT_EQ(world.agent().calls_now(), 0U);
    EXPECT_THAT(world.get("/api/v1/tasks/" + stream.task_id()).body, HasSubstr(R"("status":"cancelled")"));
}

TEST(Streaming, AClientThatComesBackWithinItsGraceFindsItsTask) {
    World world;
    auto& stream = world.mesh_execute("Write a poem", {{"on_disconnect", "grace"}});
    stream.close();
    world.passes(50s);
    auto& again = world.resume(stream);
    world.passes(50s);
    EXPECT_EQ(world.agent().calls_now(), 1U);
    again.close();
    world.passes(61s);
    EXPECT_EQ(world.agent().calls_now(), 0U);
}

TEST(Streaming, ADrainingServerEndsStreamsWithAnIdToComeBackBy) {
    World world;
    auto& stream = world.mesh_execute("Write a poem");
    world.agent_says("thinking");
    world.drains(5s);
    EXPECT_TRUE(stream.is_ended());
    EXPECT_FALSE(stream.last_id().empty());

    world.starts();
    world.agent_finishes("a poem");
    auto& again = world.resume(stream);
    EXPECT_THAT(take(again), Contains("result a poem"));
}

}  // namespace
}  // namespace meshai::tests
