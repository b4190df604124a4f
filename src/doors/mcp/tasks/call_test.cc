#include "doors/mcp/tasks/tasks_world_test.h"

namespace meshai::doors::mcp {
namespace {

// A call that is followed to its end: no task for the client.
struct AFollowedCall : testing::TestWithParam<Revision> {
    TasksWorld world{GetParam()};

    AFollowedCall() { world.abilities.tasks_extension = false; }
    bool is_stateless() const { return era_of(GetParam()) == wire::mcp::Era::Stateless; }
    static void with_token(FakeContext& client) { client.has_token = true; }
};

INSTANTIATE_TEST_SUITE_P(Revisions, AFollowedCall,
                         testing::Values(Revision::R2024_11_05, Revision::R2025_11_25, Revision::R2026_07_28),
                         [](const auto& info) {
                             auto name = std::string(name_of(info.param));
                             std::erase(name, '-');
                             return "R" + name;
                         });

// F11: progress grows, and its lines are those of every other stream of the task.
TEST_P(AFollowedCall, ReportsWhatHappensAndEndsWithTheResult) {
    const auto id = world.submits();
    const auto& call = world.calls("maybe", {id}, {}, with_token);
    world.call(0).reports("reading", 10);
    world.call(0).reports("reading on", 10);
    world.call(0).says("a piece of the answer");
    world.call(0).reports("writing", 60.5);
    world.loop.settle();
    EXPECT_FALSE(call.answer);
    world.agent_finishes(0, "Rome");
    EXPECT_EQ(first_text(call.result()), "Rome");
    EXPECT_EQ(call.context->heard,
              (std::vector<std::string>{"0/100 Agent writer was chosen", "0.1/100 Agent writer has started",
                                        "10/100 reading", "10.1/100 reading on", "60.5/100 writing"}));
    EXPECT_EQ(call.context->followed, id);
}

TEST_P(AFollowedCall, TellsItsOutputWhereTheToolSaysSo) {
    const auto id = world.submits();
    const auto& call = world.calls("maybe", {.id = id, .tells_output = true}, {}, with_token);
    world.call(0).says("Ro");
    world.loop.settle();
    world.call(0).says("me");
    world.loop.settle();
    world.agent_finishes(0, "Rome");
    EXPECT_EQ(call.context->heard, (std::vector<std::string>{"1 Agent writer was chosen",
                                                             "2 Agent writer has started", "3 Ro", "4 me"}));
}

TEST_P(AFollowedCall, WithoutATokenHearsNothingAndIsAnsweredBeforeItsClientGivesUp) {
    const auto id = world.submits();
    const auto& call = world.calls("maybe", {id, task::OnDisconnect::Cancel});
    world.passes(kAnswerWaitMax - 1s);
    EXPECT_FALSE(call.answer);
    world.passes(1s);
    EXPECT_EQ(first_text(call.result()), "ask later for " + id.value);
    EXPECT_TRUE(call.context->heard.empty());
    // The client left with the handle, so that the task goes on whatever its policy is.
    world.passes(10s);
    EXPECT_EQ(world.view(id).state, task::State::Executing);
}

TEST_P(AFollowedCall, WithATokenWaitsAsLongAsTheTaskDoes) {
    const auto id = world.submits();
    const auto& call = world.calls("maybe", {id}, {}, with_token);
    world.passes(4min);
    EXPECT_FALSE(call.answer);
    EXPECT_GT(call.context->heard.size(), 20U);
    world.agent_finishes(0, "Rome");
    EXPECT_EQ(first_text(call.result()), "Rome");
}

// H12, H13: "Closing the response stream IS cancellation", in the stateless era only.
TEST_P(AFollowedCall, AConnectionThatCloses) {
    const auto id = world.submits();
    auto& call = world.calls("maybe", {id}, {}, with_token);
    world.hangs_up(call);
    world.passes(1s);
    EXPECT_EQ(world.view(id).state, is_stateless() ? task::State::Cancelled : task::State::Executing);
    if (is_stateless()) EXPECT_EQ(world.view(id).cancelled->by, "client disconnected");
}

TEST_P(AFollowedCall, AnErrorOfTheProtocolIsOne) {
    const auto id = world.submits();
    const auto& call = world.calls("maybe", {id});
    world.call(0).fails(mesh::failure(Code::AgentFailed, true, false));
    world.loop.settle();
    EXPECT_EQ(call.fault().number, rpc::kInternalError);
    EXPECT_EQ(call.fault().id, json::value(7));
}

TEST_P(AFollowedCall, QuestionsArePutToTheClientAndTheAnswersReachTheTask) {
    const auto id = world.submits();
    const auto& call = world.calls("maybe", {id}, {}, with_token);
    world.agent_asks(0, {"first", "last"});
    EXPECT_EQ(call.context->asked, (std::vector<std::string>{"task.first", "task.last"}));
    ASSERT_EQ(world.call(0).answers.size(), 1U);
    EXPECT_EQ(world.call(0).answers[0]->at("last"), json::value(TasksWorld::ann()));
    world.agent_asks(0, {"again"});
    EXPECT_EQ(call.context->asked.back(), "task.again");
    world.agent_finishes(0, "Hello");
    EXPECT_EQ(first_text(call.result()), "Hello");
}

// The stateless era: the questions are the answer, and the task waits for the next round.
TEST_P(AFollowedCall, AClientThatMustComeBackFindsItsTaskAgain) {
    const auto id = world.submits();
    auto& first =
        world.calls("maybe", {id}, {}, [](FakeContext& client) { client.person = Person::ComesBack; });
    world.agent_asks(0, {"name"});
    EXPECT_TRUE(first.is_paused());
    world.hangs_up(first);
    world.passes(1s);
    EXPECT_EQ(world.view(id).state, task::State::InputRequired);

    const auto& second = world.calls("maybe", {id});
    EXPECT_EQ(second.context->asked, std::vector<std::string>{"task.name"});
    ASSERT_EQ(world.call(0).answers.size(), 1U);
    world.agent_finishes(0, "Hello, Ann!");
    EXPECT_EQ(first_text(second.result()), "Hello, Ann!");
}

TEST_P(AFollowedCall, AClientThatCannotBeAskedWaitsUntilSomebodyElseAnswers) {
    const auto id = world.submits();
    const auto& call =
        world.calls("maybe", {id}, {}, [](FakeContext& client) { client.person = Person::CannotBeAsked; });
    world.agent_asks(0, {"name"});
    world.passes(10s);
    EXPECT_FALSE(call.answer);
    EXPECT_EQ(call.context->asked.size(), 1U);
    EXPECT_TRUE(world.answers(id, {{"name", TasksWorld::ann()}}));
    world.agent_finishes(0, "Hello, Ann!");
    EXPECT_EQ(first_text(call.result()), "Hello, Ann!");
}

TEST_P(AFollowedCall, AQuestionThatSomebodyElseAnsweredIsTakenBack) {
    const auto id = world.submits();
    const auto& call = world.calls("maybe", {id}, {}, [](FakeContext& client) {
        client.has_token = true;
        client.person = Person::Thinks;
    });
    world.agent_asks(0, {"name"});
    EXPECT_FALSE(call.context->was_taken_back);
    EXPECT_TRUE(world.answers(id, {{"name", TasksWorld::ann()}}));
    EXPECT_TRUE(call.context->was_taken_back);
    world.agent_asks(0, {"next"});
    EXPECT_EQ(call.context->asked.back(), "task.next");
    call.context->answers_now();
    world.loop.settle();
    EXPECT_EQ(world.call(0).answers.size(), 2U);
}

TEST_P(AFollowedCall, ATaskThatEndsTakesItsQuestionBack) {
    const auto id = world.submits();
    const auto& call = world.calls("maybe", {id}, {}, [](FakeContext& client) {
        client.has_token = true;
        client.person = Person::Thinks;
    });
    world.agent_asks(0, {"name"});
    EXPECT_TRUE(world.cancels(id));
    EXPECT_TRUE(call.context->was_taken_back);
    EXPECT_TRUE(call.answer);
}

}  // namespace
}  // namespace meshai::doors::mcp
