#include "base/signal.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/bounded_queue.h"
#include "base/test_loop.h"

namespace meshai {
namespace {

Async<void> record(Signal bell, MonoTime deadline, std::vector<Wake>& woken) {
    woken.push_back(co_await bell.wait_until(deadline));
}

TEST(Signal, ARingBeforeTheWaitIsKept) {
    TestLoop loop;
    Signal bell(loop.ex(), loop.clock);
    bell.notify();
    EXPECT_EQ(loop.run(bell.wait_until(kNever)), Wake::Notified);
}

TEST(Signal, AWaitEndsAtItsDeadlineAndNotBefore) {
    TestLoop loop;
    Signal bell(loop.ex(), loop.clock);
    std::vector<Wake> woken;
    loop.scope.spawn("waiter", record(bell, loop.clock.in(10s), woken));
    loop.passes(9s);
    EXPECT_TRUE(woken.empty());
    loop.passes(1s);
    EXPECT_EQ(woken, std::vector{Wake::Deadline});
}

TEST(Signal, ClosingTheScopeEndsTheWait) {
    TestLoop loop;
    Signal bell(loop.ex(), loop.clock);
    std::vector<Wake> woken;
    loop.scope.spawn("waiter", record(bell, kNever, woken));
    loop.settle();
    loop.scope.cancel();
    loop.settle();
    EXPECT_EQ(woken, std::vector{Wake::Cancelled});
    EXPECT_EQ(loop.scope.running(), 0U);
}

TEST(Signal, AnotherThreadMayRing) {
    TestLoop loop;
    Signal bell(loop.ex(), loop.clock);
    std::vector<Wake> woken;
    loop.scope.spawn("waiter", record(bell, kNever, woken));
    loop.settle();
    std::thread other([bell] { bell.notify(); });
    other.join();
    loop.settle();
    EXPECT_EQ(woken, std::vector{Wake::Notified});
}

TEST(Signal, ABellThatRingsAnotherLeavesBothRung) {
    TestLoop loop;
    Signal news(loop.ex(), loop.clock);
    Signal gone(loop.ex(), loop.clock, news);
    std::vector<Wake> woken;
    loop.scope.spawn("waiter", record(news, kNever, woken));
    loop.settle();
    gone.notify();
    loop.settle();
    EXPECT_EQ(woken, std::vector{Wake::Notified});
    EXPECT_EQ(loop.run(gone.wait_until(loop.clock.now())), Wake::Notified);
    EXPECT_EQ(loop.run(gone.wait_until(loop.clock.now())), Wake::Deadline);
}

TEST(Scope, NothingStartsInAClosedScope) {
    TestLoop loop;
    Signal bell(loop.ex(), loop.clock);
    std::vector<Wake> woken;
    Scope scope(loop.ex(), loop.clock, loop.log);
    scope.cancel();
    EXPECT_FALSE(scope.spawn("late", record(bell, kNever, woken)));
}

TEST(Scope, AChildThatEndsJustBeforeItsCancellationArrivesIsNoHarm) {
    TestLoop loop;
    Signal bell(loop.ex(), loop.clock);
    std::vector<Wake> woken;
    loop.scope.spawn("waiter", record(bell, kNever, woken));
    loop.settle();
    bell.notify();
    loop.scope.cancel();
    loop.settle();
    EXPECT_EQ(woken, std::vector{Wake::Notified});
    EXPECT_EQ(loop.scope.running(), 0U);
}

Async<void> breaks() {
    co_await asio::post(co_await asio::this_coro::executor, use_async);
    throw std::runtime_error("seven");
}

TEST(Scope, AnExceptionEndsOneChildAndIsLogged) {
    TestLoop loop;
    loop.scope.spawn("fragile", breaks());
    loop.settle();
    EXPECT_EQ(loop.scope.running(), 0U);
    ASSERT_EQ(loop.log.lines().size(), 1U);
    EXPECT_EQ(loop.log.lines()[0],
              "ERROR a coroutine ended by an exception, which is a bug coroutine=fragile what=seven");
}

Async<void> push_all(BoundedQueue<int>& queue, int count) {
    for (int i = 0; i < count; ++i)
        if (!co_await queue.push(i)) co_return;
    queue.close();
}

Async<std::vector<int>> pop_all(BoundedQueue<int>& queue) {
    std::vector<int> got;
    while (auto item = co_await queue.pop(kNever)) got.push_back(*item);
    co_return got;
}

TEST(BoundedQueue, AFastProducerWaitsForASlowConsumer) {
    TestLoop loop;
    BoundedQueue<int> queue(loop.ex(), loop.clock, 2);
    loop.scope.spawn("producer", push_all(queue, 5));
    loop.settle();
    EXPECT_EQ(queue.size(), 2U);
    EXPECT_EQ(loop.run(pop_all(queue)), (std::vector{0, 1, 2, 3, 4}));
}

}  // namespace
}  // namespace meshai
