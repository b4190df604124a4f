#include <atomic>
#include <random>
#include <set>
#include <thread>

#include "store/contract_test.h"

namespace meshai::store {
namespace {

using Load = Contract;
INSTANTIATE_TEST_SUITE_P(Engine, Load, testing::Values(Kind::Memory, Kind::Sqlite),
                         [](const auto& one) { return name_of(one.param); });

constexpr int kThreads = 4;
constexpr int kCommits = 60;

const TenantId kAcme{"acme"};

Unit one_event(const std::string& log, std::uint64_t after, const std::string& id) {
    return {kAcme, {{TaskId{log}, Seq{after}, {{EventId{id}, WallTime{}, id, false}}}}, {}};
}

// Appends behind whatever is there, as often as it takes, until it has won `wins` times.
Async<int> fight(Engine& engine, std::string log, std::string name, int wins) {
    int conflicts = 0;
    std::uint64_t last = 0;
    for (int won = 0; won < wins;) {
        const auto outcome = co_await engine.commit(one_event(log, last, name + std::to_string(won)), kNever);
        if (outcome) {
            ++won;
            ++last;
            continue;
        }
        EXPECT_EQ(outcome.error().code, Code::Conflict) << outcome.error().cause;
        ++conflicts;
        for (;;) {
            const auto news = co_await engine.read(kAcme, TaskId{log}, Seq{last}, 999);
            if (!news || news->empty()) break;
            last = news->back().seq.value;
        }
    }
    co_return conflicts;
}

TEST_P(Load, ManyThreadsOnOneLogLeaveNoGapAndNoDuplicate) {
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t)
        threads.emplace_back([this, t, &own = another_loop()] {
            own.run(fight(*engine, "arena", "w" + std::to_string(t) + "-", kCommits));
        });
    for (auto& thread : threads) thread.join();
    const auto records = loop.run(engine->read(kAcme, TaskId{"arena"}, Seq{0}, 999));
    ASSERT_TRUE(records);
    ASSERT_EQ(records->size(), static_cast<std::size_t>(kThreads * kCommits));
    std::set<std::string> ids;
    for (std::size_t i = 0; i < records->size(); ++i) {
        EXPECT_EQ(records->at(i).seq, Seq{i + 1});
        EXPECT_TRUE(ids.insert(records->at(i).record.bytes).second);
    }
}

TEST_P(Load, AConflictFailsItsOwnUnitAndNoOtherOfTheGroup) {
    constexpr int kUnits = 300;
    std::vector<std::optional<Status>> outcomes(kUnits);
    for (int i = 0; i < kUnits; ++i) {
        auto unit = one_event("t" + std::to_string(i), i % 3 == 0 ? 5 : 0, "e" + std::to_string(i));
        if (i % 5 == 1) unit.appends[0].records[0].id = EventId{"the same id"};  // one of them may have it
        loop.start<Status>(engine->commit(std::move(unit), kNever), [&outcomes, i](Status outcome) {
            outcomes[static_cast<std::size_t>(i)] = std::move(outcome);
        });
    }
    loop.finish();
    int had_the_id = 0;
    for (int i = 0; i < kUnits; ++i) {
        const auto& outcome = *outcomes[static_cast<std::size_t>(i)];
        if (i % 3 == 0) {
            EXPECT_EQ(outcome.error().code, Code::Conflict);
        } else if (i % 5 == 1) {
            had_the_id += outcome ? 1 : 0;
        } else {
            EXPECT_TRUE(outcome) << i << " " << outcome.error().cause;
        }
        EXPECT_EQ(read("t" + std::to_string(i)) != "NOT_FOUND", outcome.has_value()) << i;
    }
    EXPECT_EQ(had_the_id, 1);
}

TEST_P(Load, OnlyOneOfManyTerminalEventsIsTaken) {
    ASSERT_EQ(commit(append("t", 0, {"a"})), kFine);
    int taken = 0;
    for (int i = 0; i < 50; ++i) {
        auto unit = one_event("t", 1, "end" + std::to_string(i));
        unit.appends[0].records[0].last = true;
        loop.start<Status>(engine->commit(std::move(unit), kNever),
                           [&taken](Status outcome) { taken += outcome ? 1 : 0; });
    }
    loop.finish();
    EXPECT_EQ(taken, 1);
}

Async<int> follow(Engine& engine, Signal news, int until, MonoTime deadline) {
    int seen = 0;
    const auto watch = engine.watch(kAcme, TaskId{"t"}, news);
    while (seen < until) {
        const auto records =
            co_await engine.read(kAcme, TaskId{"t"}, Seq{static_cast<std::uint64_t>(seen)}, 7);
        if (records && !records->empty()) {
            for (const auto& one : *records) EXPECT_EQ(one.seq.value, static_cast<std::uint64_t>(++seen));
            continue;
        }
        if (co_await news.wait_until(deadline) != Wake::Notified) co_return seen;
    }
    co_return seen;
}

TEST_P(Load, ABellRingsAfterItsEventsCanBeRead) {
    // No reader here polls: a ring that came before its events could be read
    // would leave one of them waiting for ever.
    constexpr int kReaders = 5;
    std::vector<std::thread> readers;
    std::atomic<int> complete = 0;
    for (int r = 0; r < kReaders; ++r)
        readers.emplace_back([this, &complete, &own = another_loop()] {
            Signal news(own.ex(), own.clock);
            complete += own.run(follow(*engine, news, kCommits, own.clock.in(60s))) == kCommits ? 1 : 0;
        });
    for (int i = 0; i < kCommits; ++i)
        ASSERT_EQ(commit(append("t", static_cast<std::uint64_t>(i), {"x"})), kFine);
    for (auto& reader : readers) reader.join();
    EXPECT_EQ(complete, kReaders);
}

TEST_P(Load, AWatchHearsOfItsOwnLogOnlyAndNothingAfterItsEnd) {
    Signal news(loop.ex(), loop.clock);
    const auto is_rung = [&] { return loop.run(news.wait_until(loop.clock.now())) == Wake::Notified; };
    auto watch = engine->watch(kAcme, TaskId{"t"}, news);
    ASSERT_EQ(commit(append("other", 0, {"x"})), kFine);
    ASSERT_EQ(commit(append("t", 0, {"theirs"}), TenantId{"other"}), kFine);
    EXPECT_FALSE(is_rung());
    ASSERT_EQ(commit(append("t", 0, {"a"})), kFine);
    ASSERT_EQ(commit(append("u", 0, {"barrier"})), kFine);
    EXPECT_TRUE(is_rung());
    watch.reset();
    ASSERT_EQ(commit(append("t", 1, {"b"})), kFine);
    ASSERT_EQ(commit(append("u", 1, {"barrier"})), kFine);
    EXPECT_FALSE(is_rung());
    watch = engine->watch(kAcme, TaskId{"t"}, news);
    engine.reset();  // a watch may outlive its engine
}

// A small model of the whole contract, against which random units are checked.
TEST_P(Load, ARandomHistoryIsWhatAModelSays) {
    std::mt19937 random(7);
    std::map<std::string, std::vector<std::string>> logs;
    std::map<std::string, std::pair<std::uint64_t, std::string>> rows;
    std::set<std::string> closed;
    for (int step = 0; step < 400; ++step) {
        const auto name = "t" + std::to_string(random() % 5);
        const auto key = "k" + std::to_string(random() % 5);
        const bool closes = random() % 20 == 0;
        Unit unit{kAcme,
                  {append(name, logs[name].size() - (random() % 6 == 0 && !logs[name].empty() ? 1 : 0),
                          {std::to_string(step)}, closes)},
                  {}};
        const auto version = rows.contains(key) ? rows[key].first : 0;
        const bool removes = random() % 4 == 0;
        unit.puts.push_back({Table::Agents, key, random() % 6 == 0 ? version + 1 : version,
                             removes ? std::nullopt : std::optional(std::to_string(step))});
        const bool should_work = unit.appends[0].expected_last.value == logs[name].size() &&
                                 !closed.contains(name) && unit.puts[0].expected_version == version;
        ASSERT_EQ(commit(unit) == kFine, should_work) << step;
        if (should_work) {
            logs[name].push_back(std::to_string(step));
            if (closes) closed.insert(name);
            if (removes)
                rows.erase(key);
            else
                rows[key] = {version + 1, std::to_string(step)};
        }
        if (step % 97 == 0) reopen();
    }
    for (const auto& [name, texts] : logs) {
        std::string expected = texts.empty() ? "NOT_FOUND" : "";
        for (std::size_t i = 0; i < texts.size(); ++i)
            expected += (i > 0 ? " " : "") + std::to_string(i + 1) + ":" + texts[i];
        EXPECT_EQ(read(name), expected);
    }
    for (const auto& [key, row] : rows) EXPECT_EQ(get(key), (Row{key, row.first, row.second}));
}

}  // namespace
}  // namespace meshai::store
