#include "doors/live/statistics.h"

#include <gtest/gtest.h>

namespace meshai::doors::live {
namespace {

const AgentId kWriter{"a_1"};

struct Counting {
    MonoTime now{std::chrono::hours(1)};
    WallTime wall = wall_of(1737028800000);
    Statistics statistics{{}, now, wall};
    std::map<std::string, std::uint64_t> seqs;

    void passes(Duration span) {
        now += span;
        wall += std::chrono::duration_cast<Millis>(span);
    }
    void happens(const std::string& task, task::Body body, bool is_composite = false) {
        task::FeedItem item{TaskId{task}, {}, {Seq{++seqs[task]}, {}, wall, std::move(body)}, ""};
        item.origin.is_composite = is_composite;
        statistics.note(item, now);
    }
    void runs_for(const std::string& task, Duration span, task::Usage usage = {}) {
        happens(task, task::Submitted{});
        happens(task, task::Started{1, kWriter, "writer", ""});
        passes(span);
        happens(task, task::Completed{"x", usage, kWriter, 1});
    }
    std::string at(std::string_view group, std::string_view key) {
        return json::serialize(statistics.snapshot(now).at(group).at(key));
    }
};

TEST(TheNumbersOfATenant, KnowInWhichStateEachTaskIs) {
    Counting count;
    count.happens("a", task::Submitted{});
    EXPECT_EQ(count.at("tasks", "queued"), "1");
    count.happens("a", task::Started{1, kWriter, "writer", ""});
    EXPECT_EQ(count.at("tasks", "queued"), "0");
    EXPECT_EQ(count.at("tasks", "running"), "1");
    count.happens("a", task::InputRequired{"k", "?", {}});
    count.happens("a", task::InputRequired{"l", "?", {}});
    count.happens("a", task::InputGiven{"k", "!", {}});
    EXPECT_EQ(count.at("tasks", "waiting"), "1");
    count.happens("a", task::InputGiven{"l", "!", {}});
    EXPECT_EQ(count.at("tasks", "running"), "1");
    count.happens("a", task::Cancelled{});
    EXPECT_EQ(count.at("tasks", "running"), "0");
    EXPECT_EQ(count.at("totals", "cancelled"), "1");
}

TEST(TheNumbersOfATenant, GivePercentilesByNearestRank) {
    Counting count;
    for (int i = 1; i <= 100; ++i) count.runs_for("t" + std::to_string(i), Millis(i));
    EXPECT_EQ(count.at("execution_ms", "count"), "100");
    EXPECT_EQ(count.at("execution_ms", "p50"), "50");
    EXPECT_EQ(count.at("execution_ms", "p95"), "95");
    EXPECT_EQ(count.at("execution_ms", "p99"), "99");
    count.passes(60s);
    EXPECT_EQ(count.at("execution_ms", "p50"), "null");
}

TEST(TheNumbersOfATenant, CountTokensOnceAlsoWhereTheyWereToldBeforeTheEnd) {
    Counting count;
    count.happens("a", task::Submitted{});
    count.happens("a", task::Started{1, kWriter, "writer", ""});
    count.happens("a", task::Spent{{10, 20, 0.5}, 1});
    EXPECT_EQ(count.at("totals", "output_tokens"), "20");
    count.happens("a", task::Completed{"x", {15, 30, 0.75}, kWriter, 1});
    EXPECT_EQ(count.at("totals", "input_tokens"), "15");
    EXPECT_EQ(count.at("totals", "output_tokens"), "30");
    EXPECT_EQ(count.at("totals", "cost"), "7.5E-1");
}

TEST(TheNumbersOfATenant, LeaveWhatAWorkflowSumsUpToItsChildren) {
    Counting count;
    count.happens("w", task::Submitted{}, true);
    count.happens("w", task::Started{}, true);
    EXPECT_EQ(count.at("tasks", "workflows"), "1");
    EXPECT_EQ(count.at("tasks", "running"), "0");
    count.runs_for("child", 5ms, {1, 2, 0});
    count.happens("w", task::Completed{"x", {1, 2, 0}, {}, 1}, true);
    EXPECT_EQ(count.at("totals", "output_tokens"), "2");
    EXPECT_EQ(count.at("execution_ms", "count"), "1");
    EXPECT_EQ(count.at("totals", "completed"), "2");
}

TEST(TheNumbersOfATenant, BeginWithTheTasksThatWereOpen) {
    Counting count;
    task::Summary running;
    running.id = TaskId{"old"};
    running.state = task::State::Executing;
    running.started_at = count.wall;
    count.statistics = Statistics({running}, count.now, count.wall);
    count.passes(3s);
    count.happens("old", task::Completed{"x", {}, kWriter, 1});
    EXPECT_EQ(count.at("execution_ms", "p50"), "3000");
    EXPECT_EQ(count.at("totals", "submitted"), "0");
}

TEST(TheNumbersOfATenant, HaveRatesOverWhatWasSeenSoFar) {
    Counting count;
    for (int i = 0; i < 6; ++i) count.happens("t" + std::to_string(i), task::Submitted{});
    EXPECT_EQ(count.at("rates", "submitted"), "6");
    count.passes(2s);
    EXPECT_EQ(count.at("rates", "submitted"), "3");
    count.passes(7s);
    EXPECT_EQ(count.at("rates", "submitted"), "6.7E-1");
    count.passes(1s);
    EXPECT_EQ(count.at("rates", "submitted"), "0");
}

}  // namespace
}  // namespace meshai::doors::live
