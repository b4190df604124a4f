// The executor on several real threads, with the real clock: submissions,
// cancellations and answers from every thread at once. Nothing is asserted about time; the
// thread sanitizer looks on.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "mesh/executor/executor.h"
#include "mesh/testing/no_network.h"
#include "store/memory/engine.h"

namespace meshai::mesh {
namespace {

const task::Caller kCaller{TenantId{"acme"}, Subject{"alice"}, false};

/// Says a few words and is done; some calls ask first, some wait until they are cancelled.
class QuickAdapter final : public agents::Adapter {
  public:
    explicit QuickAdapter(Clock& clock) : clock_(clock) {}

    Async<agents::Ending> run(agents::Call call, agents::Sink& sink) override {
        const bool waits = call.request.input.as_string() == "wait";
        for (int i = 0; i < 5; ++i) (void)co_await sink.output("word ");
        if (call.request.input.as_string() == "ask") {
            agents::Questions questions;
            questions["sure"] = "Sure?";
            questions["really"] = "Really?";
            (void)co_await sink.ask(std::move(questions));
        }
        if (!waits) co_return agents::Answer{json::value("done"), {}};
        Signal never(co_await this_executor(), clock_);
        (void)co_await never.wait_until(kNever);
        agents::Failure failure;
        failure.error = Error{Code::Cancelled, "Cancelled."};
        co_return std::unexpected(std::move(failure));
    }
    Async<Status> probe(MonoTime) override { co_return Status{}; }

  private:
    Clock& clock_;
};

struct Threads {
    static constexpr std::size_t kThreads = 3;

    Threads() {
        for (auto& context : contexts) {
            guards.emplace_back(context.get_executor());
            threads.emplace_back([&context] { context.run(); });
        }
    }
    ~Threads() {
        guards.clear();
        for (auto& thread : threads) thread.join();
    }

    std::array<asio::io_context, kThreads> contexts{asio::io_context{1}, asio::io_context{1},
                                                    asio::io_context{1}};
    std::vector<asio::executor_work_guard<Executor>> guards;
    std::vector<std::thread> threads;
};

/// Counts down to zero; the test's own thread waits for it.
class Countdown {
  public:
    explicit Countdown(int count) : left_(count) {}
    void done() {
        if (--left_ == 0) left_.notify_all();
    }
    void wait() {
        for (int now = left_; now > 0; now = left_) left_.wait(now);
    }

  private:
    std::atomic<int> left_;
};

/// Reads a task's log to its ending, and answers what it asks; so does whoever has the same task.
Async<void> follow_to_the_end(TaskExecutor& executor, task::TaskLog& log, TaskId id) {
    task::Follower follower(log, co_await this_executor(), kCaller.tenant, id, Seq{});
    while (!follower.is_finished()) {
        auto news = co_await follower.next(kNever);
        if (!news) co_return;
        for (const auto& event : *news) {
            const auto* asked = std::get_if<task::InputRequired>(&event.body);
            if (!asked) continue;
            agents::Answers answers;
            answers[asked->key] = true;
            (void)co_await executor.answer(kCaller, id, std::move(answers));
        }
    }
}

Async<void> client(TaskExecutor& executor, task::TaskLog& log, int number, std::atomic<int>& refused,
                   Countdown& done) {
    task::Request request;
    const bool waits = number % 3 == 0;
    request.input = waits ? "wait" : number % 3 == 1 ? "ask" : "go";
    auto task = co_await executor.submit(kCaller, request, "key" + std::to_string(number / 2));
    const bool is_conflict = !task && task.error().code == Code::Conflict;
    if (!task && !is_conflict) ++refused;
    if (task && waits) (void)co_await executor.cancel(kCaller, task->id, "enough");
    const bool asks = request.input == "ask";
    const auto policy = asks ? task::OnDisconnect::Continue : task::OnDisconnect::Cancel;
    if (task) executor.attach(kCaller.tenant, task->id, policy).reset();
    (void)executor.stats();
    if (task) co_await follow_to_the_end(executor, log, task->id);
    done.done();
}

/// Statistics follow the log by a moment: a follower may see an ending before
/// the thread that wrote it has counted it.
void wait_until_all_are_counted(const TaskExecutor& executor) {
    for (;;) {
        const auto stats = executor.stats();
        if (stats.completed + stats.failed + stats.cancelled >= stats.submitted) return;
        std::this_thread::yield();
    }
}

Async<void> drain(TaskExecutor& executor, Countdown& done) {
    co_await executor.drain(std::chrono::seconds(30));
    done.done();
}

TEST(Threads, SubmissionsCancellationsAndAnswersFromEveryThreadAllEnd) {
    constexpr int kClients = 300;
    TestLoop idle;  // for the tools nobody uses
    NoNetwork network(idle);
    SystemClock clock;
    SystemRandom random;
    MemoryLog lines;
    Metrics metrics;
    store::MemoryEngine engine(clock);
    task::TaskLog log(engine, clock, random, lines);
    Registry registry(engine, clock, random, lines, metrics);
    Router router(registry, clock);
    agents::Spec spec;
    spec.name = "quick";
    spec.url = "https://quick.example";
    spec.capabilities = {"text_generation"};
    spec.max_concurrent_tasks = 5;
    ASSERT_TRUE(registry.configure({spec}));
    Threads threads;
    std::vector<Place> places;
    for (auto& context : threads.contexts) places.push_back({context.get_executor(), network.tools()});
    ExecutorLimits limits;
    limits.running_tasks = 8;
    TaskExecutor executor(
        log, registry, router, places,
        [&clock](const agents::Spec&, agents::Tools) -> Result<std::unique_ptr<agents::Adapter>> {
            return std::make_unique<QuickAdapter>(clock);
        },
        limits, clock, random, lines, metrics);

    std::atomic<int> refused = 0;
    Countdown clients(kClients);
    std::vector<std::unique_ptr<Scope>> scopes;
    for (auto& context : threads.contexts)
        scopes.push_back(std::make_unique<Scope>(context.get_executor(), clock, lines));
    for (int i = 0; i < kClients; ++i) {
        auto& scope = *scopes[static_cast<std::size_t>(i) % scopes.size()];
        asio::post(scope.executor(), [&scope, &executor, &log, &refused, &clients, i] {
            scope.spawn("client", client(executor, log, i, refused, clients));
        });
    }
    // Each client has seen its task's ending: draining leaves what has not begun to the next start.
    clients.wait();
    wait_until_all_are_counted(executor);
    Countdown drained(1);
    asio::post(scopes[0]->executor(), [&] { scopes[0]->spawn("drain", drain(executor, drained)); });
    drained.wait();

    EXPECT_EQ(refused, 0);
    const auto stats = executor.stats();
    EXPECT_EQ(stats.running, 0U);
    EXPECT_EQ(stats.queued, 0U);
    EXPECT_EQ(stats.submitted, static_cast<std::uint64_t>(kClients / 2));
    EXPECT_EQ(stats.completed + stats.failed + stats.cancelled, stats.submitted);
    EXPECT_EQ(registry.get(kCaller.tenant, "quick")->running, 0);
}

}  // namespace
}  // namespace meshai::mesh
