#include "doors/mcp/sessions/sessions.h"

#include <gtest/gtest.h>

#include "base/metrics.h"
#include "base/test_loop.h"
#include "doors/mcp/sessions/session.h"

namespace meshai::doors::mcp {
namespace {

const task::Caller kAnn{{"acme"}, {"ann"}};
const task::Caller kBob{{"acme"}, {"bob"}};

struct TheTable : testing::Test {
    ~TheTable() override { loop.run(sessions.close()); }

    Result<std::shared_ptr<Session>> open(const task::Caller& owner = kAnn) {
        auto session = sessions.open(loop.ex(), owner, Transport::Streamable);
        loop.passes(1s);
        return session;
    }

    /// Somebody reads the unasked stream.
    std::unique_ptr<Outbox::Reader> read(Session& session) {
        return std::make_unique<Outbox::Reader>(session.streams().unasked(), Signal(loop.ex(), loop.clock),
                                                0);
    }

    TestLoop loop{};
    Metrics metrics{};
    Sessions sessions{{.threads = {loop.ex()},
                       .clock = loop.clock,
                       .random = loop.random,
                       .log = loop.log,
                       .metrics = metrics,
                       .limits = {.sessions = 3, .sessions_per_subject = 2, .idle_time = 10min}}};
};

TEST_F(TheTable, FindsASessionForItsOwnerOnly) {  // H7
    const auto session = open();
    ASSERT_TRUE(session);
    EXPECT_TRUE(sessions.find(kAnn, (*session)->id()));
    for (const auto& other : {kBob, task::Caller{{"evil"}, {"ann"}}, task::Caller{{"acme"}, {"bob"}, true}}) {
        const auto found = sessions.find(other, (*session)->id());
        ASSERT_FALSE(found);
        EXPECT_EQ(found.error().code, Code::NotFound);
    }
    EXPECT_FALSE(sessions.find(kAnn, "s_nobody"));
    EXPECT_FALSE(sessions.find(kAnn, ""));
}

TEST_F(TheTable, TheLongestIdleSessionOfASubjectGivesWay) {
    const auto first = open();
    const auto second = open();
    const auto of_bob = open(kBob);
    (void)sessions.find(kAnn, (*first)->id());  // has just been used
    const auto third = open();
    ASSERT_TRUE(third);
    EXPECT_TRUE((*second)->is_ended());
    EXPECT_FALSE((*first)->is_ended());
    EXPECT_FALSE((*of_bob)->is_ended());
    EXPECT_EQ(sessions.size(), 3U);
}

TEST_F(TheTable, SessionsInUseNeverGiveWay) {
    const auto first = open();
    const auto second = open();
    const auto reader = read(**first);
    const auto another = read(**second);
    const auto third = open();
    ASSERT_FALSE(third);
    EXPECT_EQ(third.error().code, Code::ResourceExhausted);
    EXPECT_TRUE(open(kBob)) << "there is room for others";
}

TEST_F(TheTable, AFullTableGivesWayAsAWhole) {
    const auto first = open();
    (void)open(kBob);
    (void)open({{"other"}, {"eve"}});
    const auto fourth = open({{"other"}, {"kim"}});
    ASSERT_TRUE(fourth);
    EXPECT_TRUE((*first)->is_ended());
}

TEST_F(TheTable, IdleSessionsEndAndThenTheTableSleeps) {
    const auto session = open();
    loop.passes(9min);
    EXPECT_EQ(sessions.size(), 1U);
    loop.passes(2min);
    EXPECT_EQ(sessions.size(), 0U);
    EXPECT_TRUE((*session)->is_ended());
    EXPECT_EQ(loop.clock.next_alarm(), kNever) << "nothing wakes up without sessions";
    EXPECT_TRUE(open());
}

TEST_F(TheTable, ClosingEndsEverythingAndTakesNothingMore) {
    const auto session = open();
    const auto reader = read(**session);
    loop.run(sessions.close());
    EXPECT_TRUE((*session)->is_ended());
    EXPECT_TRUE(reader->take(1000).is_ended);
    const auto late = sessions.open(loop.ex(), kAnn, Transport::Streamable);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, Code::Unavailable);
}

std::shared_ptr<Running> running(TestLoop& loop, std::int64_t id) {
    auto outbox = std::make_shared<Outbox>(1, Keep::ForReplay, OutboxBounds{10, 1000}, 1);
    return std::make_shared<Running>(wire::jsonrpc::Request{{id}, "ping", {}}, std::move(outbox), loop.ex());
}

TEST(RequestsOfASession, AreBoundedAndHaveIdsOfTheirOwn) {
    TestLoop loop;
    Requests requests(2);
    const auto first = running(loop, 1);
    EXPECT_FALSE(requests.add(first));
    const auto twin = requests.add(running(loop, 1));
    ASSERT_TRUE(twin);
    EXPECT_EQ(twin->number, wire::jsonrpc::kInvalidRequest);
    EXPECT_FALSE(requests.add(running(loop, 2)));
    const auto third = requests.add(running(loop, 3));
    ASSERT_TRUE(third);
    EXPECT_EQ(third->code, Code::ResourceExhausted);
    requests.remove(*first);
    EXPECT_FALSE(requests.add(running(loop, 3)));
    EXPECT_EQ(requests.find(3)->request().id, wire::jsonrpc::RequestId{std::int64_t{3}});
    EXPECT_EQ(requests.find("3"), nullptr) << "a string is another id";
}

TEST(RequestsOfASession, AreTakenBackOnceAndSayWhatTheyFollowed) {  // T4
    TestLoop loop;
    const auto request = running(loop, 1);
    EXPECT_TRUE(request->follows({"t_1"}));
    request->stop(Stopped::TakenBack);
    request->stop(Stopped::SessionEnded);
    loop.settle();
    EXPECT_EQ(request->stopped(), Stopped::TakenBack);
    EXPECT_EQ(request->followed(), TaskId{"t_1"});
    EXPECT_FALSE(request->follows({"t_2"})) << "whoever begins a task now must end it";
    request->leave_unanswered();
    request->answer("too late");
    EXPECT_TRUE(request->outbox().is_ended());
    EXPECT_EQ(request->outbox().bytes(), 0U);
}

}  // namespace
}  // namespace meshai::doors::mcp
