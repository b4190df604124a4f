#include <gtest/gtest.h>

#include "mesh/executor/fair_queue.h"
#include "mesh/testing/mesh_world.h"

namespace meshai::mesh {
namespace {

task::Caller of(const std::string& tenant) {
    return {TenantId{tenant}, Subject{"someone"}, false};
}

std::string text_of(FakeCall& call) {
    return std::string(call.call.request.input.as_string());
}

TEST(FairQueue, TenantsTakeTurnsAndEachKeepsItsOrder) {
    FairQueue<std::string> queue;
    for (const auto* item : {"a1", "a2", "a3"}) queue.push(TenantId{"a"}, item);
    queue.push(TenantId{"b"}, "b1");
    const auto ticket = queue.push(TenantId{"c"}, "c1");
    queue.push(TenantId{"c"}, "c2");
    queue.remove(ticket);
    std::string order;
    while (!queue.empty()) order += queue.pop() + " ";
    EXPECT_EQ(order, "a1 b1 c2 a2 a3 ");
}

TEST(Queues, TasksWaitForAPlaceOfTheServerAndTenantsTakeTurns) {
    ExecutorLimits limits;
    limits.running_tasks = 1;
    MeshWorld world(limits);
    world.has_agent("writer");
    world.opens();
    world.submits(MeshWorld::request("a1"), of("a"));
    for (const auto* text : {"a2", "a3"}) world.submits(MeshWorld::request(text), of("a"));
    world.submits(MeshWorld::request("b1"), of("b"));
    EXPECT_EQ(world.agents.calls.size(), 1U);
    EXPECT_EQ(world.executor().stats().running, 1U);
    EXPECT_EQ(world.executor().stats().queued, 3U);
    for (std::size_t i = 0; i < 4; ++i) {
        world.call(i).finishes("done");
        world.loop.settle();
    }
    std::string order;
    for (std::size_t i = 0; i < 4; ++i) order += text_of(world.call(i)) + " ";
    EXPECT_EQ(order, "a1 a2 b1 a3 ");
    EXPECT_EQ(world.executor().stats().queued, 0U);
}

TEST(Queues, AFullQueueRefusesTheNextAndTakesItWhenThereIsRoom) {
    ExecutorLimits limits;
    limits.running_tasks = 1;
    limits.queued_tasks = 3;
    limits.queued_per_tenant = 2;
    MeshWorld world(limits);
    world.has_agent("writer");
    world.opens();
    for (int i = 0; i < 3; ++i) world.submits(MeshWorld::request(), of("a"));
    EXPECT_EQ(world.tries_to_submit(MeshWorld::request(), {}, of("a")).error().code, Code::ResourceExhausted);
    world.submits(MeshWorld::request(), of("b"));
    EXPECT_EQ(world.tries_to_submit(MeshWorld::request(), {}, of("c")).error().code, Code::ResourceExhausted);
    world.call(0).finishes("done");
    world.loop.settle();
    EXPECT_TRUE(world.tries_to_submit(MeshWorld::request(), {}, of("c")));
}

TEST(Queues, ADeadlineHoldsInTheQueueToo) {
    ExecutorLimits limits;
    limits.running_tasks = 1;
    MeshWorld world(limits);
    world.has_agent("writer");
    world.opens();
    world.submits();
    auto request = MeshWorld::request();
    request.timeout = 5s;
    const auto id = world.submits(request);
    world.passes(5s);
    EXPECT_EQ(world.story(id), "submitted failed");
    EXPECT_EQ(world.view(id).failed->message,
              "The task's deadline passed after 5 s, while it waited for a free place of the server.");
    EXPECT_EQ(world.executor().stats().queued, 0U);
}

TEST(Queues, AQueuedTaskCanBeCancelled) {
    ExecutorLimits limits;
    limits.running_tasks = 1;
    MeshWorld world(limits);
    world.has_agent("writer");
    world.opens();
    world.submits();
    const auto id = world.submits();
    EXPECT_TRUE(world.cancels(id));
    EXPECT_EQ(world.story(id), "submitted cancelled");
    EXPECT_EQ(world.executor().stats().queued, 0U);
    world.call(0).finishes("done");
    world.loop.settle();
    EXPECT_EQ(world.agents.calls.size(), 1U);
}

TEST(Queues, AWaitingClientHearsThatTheTaskWaits) {
    ExecutorLimits limits;
    limits.running_tasks = 1;
    MeshWorld world(limits);
    world.has_agent("writer");
    world.opens();
    world.submits();
    const auto id = world.submits();
    world.passes(40s);
    EXPECT_EQ(world.story(id), "submitted progress progress");
    EXPECT_EQ(world.view(id).message, "Waiting for a free place of the server, 40 s");
}

TEST(Queues, ABusyAgentIsWaitedForInOrderAndNeverOverloaded) {
    MeshWorld world;
    world.has_agent("narrow", true, 2);
    world.opens();
    std::vector<TaskId> ids;
    for (int i = 0; i < 5; ++i) ids.push_back(world.submits("task " + std::to_string(i)));
    EXPECT_EQ(world.agents.calls.size(), 2U);
    EXPECT_EQ(world.story(ids[2]), "submitted routed");
    EXPECT_EQ(world.view(ids[2]).state, task::State::Routing);
    EXPECT_EQ(world.server().registry.get(kAcme, "narrow")->queued, 3);
    EXPECT_EQ(world.executor().stats().running, 2U) << "who waits for an agent holds no place of the server";
    for (std::size_t i = 0; i < 5; ++i) {
        world.call(i).finishes("done");
        world.loop.settle();
        EXPECT_LE(world.server().registry.get(kAcme, "narrow")->running, 2);
    }
    for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(text_of(world.call(i)), "task " + std::to_string(i));
    EXPECT_EQ(world.story(ids[4]), "submitted routed started completed");
    EXPECT_EQ(world.server().registry.get(kAcme, "narrow")->queued, 0);
}

TEST(Queues, TheQueueOfAnAgentIsBounded) {
    ExecutorLimits limits;
    limits.queued_per_agent = 1;
    MeshWorld world(limits);
    world.has_agent("narrow", true, 1);
    world.opens();
    world.submits();
    world.submits();
    const auto id = world.submits();
    EXPECT_EQ(world.view(id).failed->code, Code::ResourceExhausted);
    EXPECT_EQ(world.server().registry.get(kAcme, "narrow")->queued, 1);
}

TEST(Queues, ATaskThatWaitsForAnAgentIsCancelledOrTimesOutThere) {
    MeshWorld world;
    world.has_agent("narrow", true, 1);
    world.opens();
    world.submits();
    const auto cancelled = world.submits();
    auto request = MeshWorld::request();
    request.timeout = 5s;
    const auto late = world.submits(request);
    EXPECT_TRUE(world.cancels(cancelled));
    world.passes(5s);
    EXPECT_EQ(world.story(late), "submitted routed failed");
    EXPECT_EQ(world.view(late).failed->message,
              "The task's deadline passed after 5 s, while it waited for a free agent.");
    EXPECT_EQ(world.server().registry.get(kAcme, "narrow")->queued, 0);
    EXPECT_EQ(world.executor().stats().queued, 0U);
}

TEST(Queues, AWaitingTaskGoesToAnotherAgentThatIsFree) {
    MeshWorld world;
    world.has_agent("a-narrow", true, 1);
    world.has_agent("b-narrow", true, 1);
    world.opens();
    world.submits();
    world.submits();
    const auto id = world.submits();
    world.call(1).finishes("done");
    world.passes(6s);
    ASSERT_EQ(world.agents.calls.size(), 3U);
    EXPECT_EQ(world.view(id).state, task::State::Executing);
    EXPECT_EQ(world.called(2), "b-narrow");
}

TEST(Queues, OneSlowAgentDoesNotStopTheOthers) {
    ExecutorLimits limits;
    limits.running_tasks = 3;
    MeshWorld world(limits);
    world.has_agent("slow", true, 1, {"code_generation"});
    world.has_agent("writer");
    world.opens();
    for (int i = 0; i < 10; ++i) world.submits("Implement a binary search");
    const auto id = world.submits("Tell me about Rome");
    EXPECT_EQ(world.view(id).state, task::State::Executing);
}

TEST(OnDisconnect, ContinueIsTheDefaultAndMeansIt) {
    MeshWorld world;
    world.has_agent("writer");
    world.opens();
    const auto id = world.submits();
    world.executor().attach(kAcme, id, task::OnDisconnect::Continue).reset();
    world.passes(1min);
    EXPECT_EQ(world.view(id).state, task::State::Executing);
}

TEST(OnDisconnect, CancelEndsTheTaskWhenTheLastClientGoes) {
    MeshWorld world;
    world.has_agent("writer");
    world.opens();
    const auto id = world.submits();
    auto one = world.executor().attach(kAcme, id, task::OnDisconnect::Cancel);
    auto two = world.executor().attach(kAcme, id, task::OnDisconnect::Cancel);
    one.reset();
    world.loop.settle();
    EXPECT_EQ(world.view(id).state, task::State::Executing);
    two.reset();
    world.loop.settle();
    EXPECT_EQ(world.view(id).state, task::State::Cancelled);
    EXPECT_EQ(world.view(id).cancelled->by, "client disconnected");
    EXPECT_TRUE(world.call(0).was_cancelled);
}

TEST(OnDisconnect, GraceWaitsForTheClientToComeBack) {
    MeshWorld world;
    world.has_agent("writer");
    world.opens();
    const auto id = world.submits();
    world.executor().attach(kAcme, id, task::OnDisconnect::Grace).reset();
    world.passes(59s);
    auto back = world.executor().attach(kAcme, id, task::OnDisconnect::Grace);
    world.passes(60s);
    EXPECT_EQ(world.view(id).state, task::State::Executing);
    back.reset();
    world.passes(59s);
    EXPECT_EQ(world.view(id).state, task::State::Executing);
    world.passes(1s);
    EXPECT_EQ(world.view(id).state, task::State::Cancelled);
}

TEST(OnDisconnect, AFinishedTaskIsLeftAlone) {
    MeshWorld world;
    world.has_agent("writer");
    world.opens();
    const auto id = world.submits();
    auto client = world.executor().attach(kAcme, id, task::OnDisconnect::Cancel);
    world.call(0).finishes("done");
    world.loop.settle();
    client.reset();
    world.loop.settle();
    EXPECT_EQ(world.view(id).state, task::State::Completed);
}

}  // namespace
}  // namespace meshai::mesh
