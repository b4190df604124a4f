#include "store/sqlite/queue.h"

#include <gtest/gtest.h>

#include "base/test_loop.h"

namespace meshai::store {
namespace {

Job job(Executor ex) {
    return EraseJob{{TenantId{"acme"}, TaskId{"t"}}, Reply<Status>(ex, [](const Status&) {})};
}

struct FullQueue : testing::Test {
    FullQueue() {
        while (filled < WriterQueue::kJobsMax && reserve(0, loop.clock.now())) ++filled;
    }
    bool reserve(std::size_t bytes, MonoTime deadline) {
        return loop.run(queue.reserve(bytes, deadline, loop.clock)).has_value();
    }
    static Async<void> wait_for_place(WriterQueue& queue, MonoTime deadline, Clock& clock,
                                      std::vector<std::string>& got) {
        const auto place = co_await queue.reserve(1, deadline, clock);
        got.emplace_back(place ? "place" : code_name(place.error().code));
    }
    void waits(MonoTime deadline) {
        loop.scope.spawn("waiter", wait_for_place(queue, deadline, loop.clock, got));
        loop.settle();
    }

    TestLoop loop;
    WriterQueue queue;
    std::size_t filled = 0;
    std::vector<std::string> got;
};

using Got = std::vector<std::string>;

TEST_F(FullQueue, LetsNobodyInUntilTheDeadline) {
    EXPECT_EQ(filled, WriterQueue::kJobsMax);
    waits(loop.clock.in(3s));
    loop.passes(2s);
    EXPECT_EQ(got, Got{});
    loop.passes(1s);
    EXPECT_EQ(got, Got{"UNAVAILABLE"});
}

TEST_F(FullQueue, HasRoomAgainWhenTheWriterHasTakenSomething) {
    waits(kNever);
    auto one = job(loop.ex());
    ASSERT_TRUE(queue.push(one, 0));
    EXPECT_EQ(queue.take(true).size(), 1U);
    loop.settle();
    EXPECT_EQ(got, Got{"place"});
}

TEST_F(FullQueue, TellsItsWaitersWhenItIsClosedOrTheyAreCancelled) {
    waits(kNever);
    queue.close();
    loop.settle();
    EXPECT_EQ(got, Got{"UNAVAILABLE"});
    auto late = job(loop.ex());
    EXPECT_FALSE(queue.push(late, 0));
    EXPECT_TRUE(queue.take(true).empty());
}

TEST_F(FullQueue, ACancelledWaiterIsToldSo) {
    waits(kNever);
    loop.scope.cancel();
    loop.settle();
    EXPECT_EQ(got, Got{"CANCELLED"});
}

TEST(WriterQueue, IsBoundedInBytesToo) {
    TestLoop loop;
    WriterQueue queue;
    EXPECT_TRUE(loop.run(queue.reserve(WriterQueue::kBytesMax, loop.clock.now(), loop.clock)));
    EXPECT_FALSE(loop.run(queue.reserve(1, loop.clock.now(), loop.clock)));
}

}  // namespace
}  // namespace meshai::store
