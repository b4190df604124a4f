#include "agents/delegation/delegation.h"

#include <gtest/gtest.h>

#include "mesh/testing/mesh_world.h"

namespace meshai::mesh {
namespace {

using Endings = std::vector<Result<agents::ChildEnding>>;

agents::Delegation work(std::string which, std::vector<std::string> capabilities = {},
                        std::vector<std::string> wanted = {}) {
    agents::Delegation made;
    made.step = agents::step_for(which, "the same words");
    made.task = "Write it";
    made.capabilities = std::move(capabilities);
    made.agents = std::move(wanted);
    return made;
}

Async<Status> hand(FakeCall& call, agents::Sink& sink, AgentId self, agents::Delegation wanted,
                   Endings& endings) {
    auto ending = co_await agents::hand_over(sink, std::move(self), std::move(wanted));
    // As an adapter does: when the run is over, it returns.
    if (!ending && ending.error().code == Code::Cancelled)
        call.fails(failure(Code::Cancelled, true, false));
    else
        endings.push_back(std::move(ending));
    co_return Status{};
}

/// The agent of this call hands work on; how that ends comes to `endings`.
void hands_on(FakeCall& call, const std::string& self, agents::Delegation wanted, Endings& endings) {
    call.to_say.push_back([&call, self, wanted = std::move(wanted), &endings](agents::Sink& sink) {
        return hand(call, sink, AgentId{self}, wanted, endings);
    });
    call.bell->notify();
}

task::Request for_writer() {
    auto request = MeshWorld::request();
    request.agents = {"writer"};
    return request;
}

class TwoAgents : public MeshWorld {
  public:
    TwoAgents() {
        has_agent("writer");
        has_agent("coder", true, 10, {"code_generation"});
        opens();
    }
    Endings endings{};
};

std::vector<task::AgentMessage> messages_of(const std::vector<task::Event>& events) {
    std::vector<task::AgentMessage> found;
    for (const auto& event : events)
        if (const auto* said = std::get_if<task::AgentMessage>(&event.body)) found.push_back(*said);
    return found;
}

TEST(Delegation, AnotherAgentDoesTheWorkAndTheFirstGoesOnWithIt) {
    TwoAgents world;
    const auto id = world.submits(for_writer());
    hands_on(world.call(0), "writer", work("1", {"code_generation"}), world.endings);
    world.loop.settle();
    ASSERT_EQ(world.agents.calls.size(), 2U);
    EXPECT_EQ(world.called(1), "coder");
    const auto& child = world.call(1).call;
    EXPECT_EQ(child.request.input, "Write it");
    EXPECT_EQ(child.request.lineage.parent, id);
    EXPECT_EQ(child.request.lineage.depth, 1);
    EXPECT_EQ(child.request.avoided, std::vector<std::string>{"writer"});

    world.call(1).finishes("int main() {}");
    world.loop.settle();
    ASSERT_EQ(world.endings.size(), 1U);
    ASSERT_TRUE(world.endings[0]);
    EXPECT_EQ(world.endings[0]->result, json::value("int main() {}"));
    EXPECT_EQ(world.endings[0]->agent.value, "coder");
    world.call(0).finishes("here it is");
    world.loop.settle();
    EXPECT_EQ(world.view(id).state, task::State::Completed);

    const auto said = messages_of(world.events(id));
    ASSERT_EQ(said.size(), 2U);
    EXPECT_EQ(said[0].kind, "handover");
    EXPECT_EQ(said[0].from.value, "writer");
    EXPECT_EQ(said[1].kind, "answer");
    EXPECT_EQ(said[1].from.value, "coder");
    EXPECT_EQ(said[1].to.value, "writer");
    EXPECT_EQ(said[1].content.at("result"), "int main() {}");
    const auto step = world.view(id).steps.at(work("1").step);
    EXPECT_EQ(step.started.type, "delegation");
    EXPECT_EQ(step.finished->status, "completed");
}

TEST(Delegation, WhoWaitsForTheWorkIsNotChosenForIt) {
    MeshWorld world;
    world.has_agent("writer", true, 1);
    world.opens();
    Endings endings;
    const auto id = world.submits(for_writer());
    hands_on(world.call(0), "writer", work("1", {"text_generation"}), endings);
    world.loop.settle();
    ASSERT_EQ(endings.size(), 1U);
    ASSERT_FALSE(endings[0]->result);
    EXPECT_EQ(endings[0]->result.error().code, Code::NoAgent);
    EXPECT_NE(endings[0]->result.error().message.find("waits for this task"), std::string::npos)
        << endings[0]->result.error().message;
    world.call(0).finishes("then I do it myself");
    world.loop.settle();
    EXPECT_EQ(world.view(id).state, task::State::Completed);
}

TEST(Delegation, GoesOnAfterACrashAndIsDoneOnce) {
    TwoAgents world;
    const auto id = world.submits(for_writer());
    hands_on(world.call(0), "writer", work("1", {"code_generation"}), world.endings);
    world.loop.settle();
    const auto child = world.call(1).call.task;
    world.call(1).finishes("done once");
    world.loop.settle();
    world.crashes();

    ASSERT_EQ(world.agents.calls.size(), 3U);  // the writer again; the child has ended
    EXPECT_EQ(world.called(2), "writer");
    EXPECT_EQ(world.call(2).call.attempt, 2);
    hands_on(world.call(2), "writer", work("1", {"code_generation"}), world.endings);
    world.loop.settle();
    ASSERT_EQ(world.endings.size(), 2U);
    EXPECT_EQ(world.endings[1]->task, child);
    EXPECT_EQ(world.endings[1]->result, json::value("done once"));
    EXPECT_EQ(world.agents.calls.size(), 3U);
    EXPECT_EQ(messages_of(world.events(id)).size(), 2U);
}

TEST(Delegation, ACrashInTheMiddleIsNotAnotherChild) {
    TwoAgents world;
    const auto id = world.submits(for_writer());
    hands_on(world.call(0), "writer", work("1", {"code_generation"}), world.endings);
    world.loop.settle();
    const auto child = world.call(1).call.task;
    world.crashes();
    ASSERT_EQ(world.agents.calls.size(), 4U);
    const bool is_writer_first = world.called(2) == "writer";
    auto& writer = world.call(is_writer_first ? 2 : 3);
    auto& coder = world.call(is_writer_first ? 3 : 2);
    EXPECT_EQ(coder.call.task, child);
    hands_on(writer, "writer", work("1", {"code_generation"}), world.endings);
    world.loop.settle();
    coder.finishes("done");
    world.loop.settle();
    ASSERT_EQ(world.endings.size(), 1U);
    EXPECT_EQ(world.endings[0]->task, child);
    writer.finishes("thanks");
    world.loop.settle();
    EXPECT_EQ(world.view(id).state, task::State::Completed);
    EXPECT_EQ(world.view(id).steps.size(), 1U);
}

TEST(Delegation, WhoIsCancelledTakesItsChildAlong) {
    TwoAgents world;
    const auto id = world.submits(for_writer());
    hands_on(world.call(0), "writer", work("1", {"code_generation"}), world.endings);
    world.loop.settle();
    const auto child = world.call(1).call.task;
    EXPECT_TRUE(world.cancels(id));
    EXPECT_EQ(world.view(child).state, task::State::Cancelled);
    EXPECT_TRUE(world.call(1).was_cancelled);
}

TEST(Delegation, GoesOnlySoDeep) {
    MeshWorld world;
    world.has_agent("writer", true, 100);
    world.has_agent("editor", true, 100);
    Endings endings;
    int depth = 0;
    world.agents.on_call = [&](const std::string& name, FakeCall& call) {
        const auto other = name == "writer" ? "editor" : "writer";
        ++depth;
        hands_on(call, name, work("1", {}, {other}), endings);
        call.finishes("back");
    };
    world.opens();
    const auto id = world.submits(for_writer());
    EXPECT_EQ(world.view(id).state, task::State::Completed);
    EXPECT_EQ(depth, task::kLineageDepthMax + 1);
    ASSERT_FALSE(endings.empty());
    ASSERT_FALSE(endings.front());
    EXPECT_EQ(endings.front().error().code, Code::TooLarge);
}

TEST(Delegation, RunsWhereAllPlacesAreTakenByThoseWhoWaitForIt) {
    ExecutorLimits limits;
    limits.running_tasks = 1;
    limits.queued_tasks = 1;
    limits.queued_per_tenant = 1;
    MeshWorld world(limits);
    world.has_agent("writer");
    world.has_agent("coder", true, 10, {"code_generation"});
    world.opens();
    Endings endings;
    const auto id = world.submits(for_writer());
    const auto next = world.submits(for_writer());
    hands_on(world.call(0), "writer", work("1", {"code_generation"}), endings);
    world.loop.settle();
    ASSERT_EQ(world.agents.calls.size(), 2U);
    EXPECT_EQ(world.called(1), "coder");
    world.call(1).finishes("done");
    world.loop.settle();
    world.call(0).finishes("thanks");
    world.loop.settle();
    EXPECT_EQ(world.view(id).state, task::State::Completed);
    ASSERT_EQ(world.agents.calls.size(), 3U);
    EXPECT_EQ(world.call(2).call.task, next);
}

TEST(Delegation, DrawsOnTheBudgetOfTheTask) {
    TwoAgents world;
    auto request = for_writer();
    request.budget = task::Budget{.calls = 1};
    const auto id = world.submits(std::move(request));
    hands_on(world.call(0), "writer", work("1", {"code_generation"}), world.endings);
    world.loop.settle();
    ASSERT_EQ(world.endings.size(), 1U);
    ASSERT_FALSE(world.endings[0]->result);
    EXPECT_EQ(world.endings[0]->result.error().code, Code::BudgetExhausted);
    EXPECT_EQ(world.agents.calls.size(), 1U);
    EXPECT_EQ(world.view(id).state, task::State::Executing);
}

// --- by requests of the agent's own

TEST(DelegationByRequest, IsDoneForTheAttemptThatRunsAndForNoOther) {
    TwoAgents world;
    world.agents.on_call = [](const std::string& name, FakeCall& call) {
        if (name == "coder") call.finishes("42");
    };
    const auto id = world.submits(for_writer());
    auto ask = [&](int attempt) {
        return world.loop.run(
            world.executor().delegate_for(kAcme, id, attempt, work("1", {"code_generation"}), kNever));
    };
    const auto over = ask(2);
    ASSERT_TRUE(over && !*over);
    EXPECT_EQ(over->error().code, Code::NotFound);
    const auto done = ask(1);
    ASSERT_TRUE(done && *done);
    EXPECT_EQ((*done)->result, json::value("42"));
    // Said again, it is the same work.
    const auto again = ask(1);
    ASSERT_TRUE(again && *again);
    EXPECT_EQ((*again)->task, (*done)->task);
    EXPECT_EQ(world.agents.calls.size(), 2U);
    EXPECT_EQ(messages_of(world.events(id)).size(), 2U);

    world.call(0).finishes("fine");
    world.loop.settle();
    const auto late = ask(1);
    ASSERT_TRUE(late && !*late);
    EXPECT_EQ(late->error().code, Code::NotFound);
}

TEST(DelegationByRequest, GoesOnWhenNobodyWaitsAndMayBeWaitedForAgain) {
    TwoAgents world;
    const auto id = world.submits(for_writer());
    auto ask = [&](Duration patience) {
        return world.loop.run(world.executor().delegate_for(kAcme, id, 1, work("1", {"code_generation"}),
                                                            world.loop.clock.in(patience)));
    };
    EXPECT_FALSE(ask(std::chrono::seconds(1)));
    EXPECT_FALSE(ask(std::chrono::seconds(1)));
    ASSERT_EQ(world.agents.calls.size(), 2U);
    world.call(1).finishes("late, but done");
    world.loop.settle();
    const auto done = ask(std::chrono::seconds(1));
    ASSERT_TRUE(done && *done);
    EXPECT_EQ((*done)->result, json::value("late, but done"));
    int steps = 0;
    for (const auto& event : world.events(id))
        steps += std::holds_alternative<task::StepFinished>(event.body) ? 1 : 0;
    EXPECT_EQ(steps, 1);
}

TEST(DelegationByRequest, OfAnAgentToItselfIsRefused) {
    TwoAgents world;
    const auto id = world.submits(for_writer());
    const auto refused =
        world.loop.run(world.executor().delegate_for(kAcme, id, 1, work("1", {}, {"writer"}), kNever));
    ASSERT_TRUE(refused && !*refused);
    EXPECT_EQ(refused->error().code, Code::InvalidArgument);
}

TEST(DelegationByRequest, AnAgentMayHaveOnlySoMuchOpen) {
    TwoAgents world;
    const auto id = world.submits(for_writer());
    const auto until = world.loop.clock.in(std::chrono::milliseconds(1));
    for (std::size_t i = 0; i < kErrandsMax; ++i)
        EXPECT_FALSE(world.loop.run(world.executor().delegate_for(
            kAcme, id, 1, work(std::to_string(i), {"code_generation"}), until)));
    const auto refused = world.loop.run(
        world.executor().delegate_for(kAcme, id, 1, work("more", {"code_generation"}), kNever));
    ASSERT_TRUE(refused && !*refused);
    EXPECT_EQ(refused->error().code, Code::ResourceExhausted);
}

TEST(QuestionByRequest, IsAnsweredByThePersonWhoseTaskItIs) {
    TwoAgents world;
    const auto id = world.submits(for_writer());
    agents::PersonQuestion question{.key = "ask-1", .question = "Red or blue?"};
    auto ask = [&] {
        return world.loop.run(
            world.executor().ask_for(kAcme, id, 1, question, world.loop.clock.in(std::chrono::seconds(1))));
    };
    EXPECT_FALSE(ask());
    EXPECT_EQ(world.view(id).state, task::State::InputRequired);
    const json::object red{{"action", "accept"}, {"content", {{"answer", "red"}}}};
    EXPECT_TRUE(world.answers(id, {{"ask-1", red}}));
    const auto answer = ask();
    ASSERT_TRUE(answer && *answer);
    EXPECT_EQ(**answer, red);
    const auto said = messages_of(world.events(id));
    ASSERT_EQ(said.size(), 2U);
    EXPECT_EQ(said[0].kind, "question");
    EXPECT_EQ(said[0].to.value, "human");
    EXPECT_EQ(said[1].kind, "answer");
}

TEST(QuestionByRequest, ExpiresWhereTheAgentSaysSo) {
    TwoAgents world;
    const auto id = world.submits(for_writer());
    agents::PersonQuestion question{.key = "ask-1", .question = "Red?", .timeout = std::chrono::seconds(5)};
    const auto answer = world.loop.run(
        world.executor().ask_for(kAcme, id, 1, question, world.loop.clock.in(std::chrono::seconds(9))));
    ASSERT_TRUE(answer && !*answer);
    EXPECT_EQ(answer->error().code, Code::Timeout);
}

}  // namespace
}  // namespace meshai::mesh
